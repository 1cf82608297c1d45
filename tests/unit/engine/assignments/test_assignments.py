"""What sets of validation rules bind: assigned, shown, and gone with either end."""

import msgspec
import pytest

from engine.answers.answer import render_answer
from engine.assignments.decide import assignments_of, shown_assignments
from engine.expiry import SWEEP_MAX, next_due
from engine.kernel import tables
from schemas.actions import ActionProgressed, RunChunk
from schemas.assignments import ASSIGNMENTS_MAX, AssignmentsDropped, RuleAssigned, UnassignRule
from schemas.campaigns import DeleteCampaign
from schemas.expiry import ExpireDue
from schemas.records import Decided
from schemas.rules import DeleteValidationRule
from schemas.voucher_events import VoucherUpdated
from schemas.vouchers import CreateVoucher, DeleteVoucher, UpdateVoucher, Voucher
from tests.unit.engine.bound_world import assign, campaign, create, refusal_of
from tests.unit.engine.world import World, found, redeem, voucher


@pytest.fixture
def world() -> World:
    """A project with the voucher TEN."""
    return World().given(voucher())


def assigned(record: Decided) -> str:
    """The id of the assignment that a record made."""
    return next(each for each in record.events if isinstance(each, RuleAssigned)).assignment.id


def voucher_of(world: World, campaign_id: str) -> Voucher:
    """The campaign's first voucher."""
    voucher_id = found(world.view.get(tables.CAMPAIGN_VOUCHERS, campaign_id, f"{0:010d}"))
    return found(world.view.get(tables.VOUCHERS, voucher_id))


def test_a_voucher_is_bound_by_its_code_and_knows_it(world: World) -> None:
    made = create(world)
    record = assign(world, made.id, "TEN")
    answer = render_answer(record, "server").body
    assert answer == {
        "id": assigned(record),
        "rule_id": made.id,
        "related_object_id": "v_TEN",
        "related_object_type": "voucher",
        "created_at": "2025-01-15T12:00:00.000Z",
        "object": "validation_rules_assignment",
    }
    assert world.voucher().rule_ids == (made.id,)
    assert found(world.view.get(tables.RULES, made.id)).assignments_count == 1


def test_an_object_is_bound_by_a_set_once(world: World) -> None:
    made = create(world)
    first = assigned(assign(world, made.id, "TEN"))
    again = assign(world, made.id, "v_TEN")
    assert refusal_of(again) == (
        "duplicate_found",
        f"Duplicated validation_rules_assignment exists with id {first}",
    )
    assert found(again.refusal).status == 409


def test_an_object_is_bound_by_so_many_sets_at_most(world: World) -> None:
    ids = [create(world).id for _ in range(ASSIGNMENTS_MAX + 1)]
    for rule_id in ids[:-1]:
        assert assign(world, rule_id, "TEN").refusal is None
    assert refusal_of(assign(world, ids[-1], "TEN"))[0] == "invalid_validation_rules"
    world.when(DeleteValidationRule(ids[0]))
    assert assign(world, ids[-1], "TEN").refusal is None


def test_what_was_unassigned_binds_no_more(world: World) -> None:
    made = create(world)
    assignment = assigned(assign(world, made.id, "TEN"))
    record = world.when(UnassignRule(made.id, assignment))
    assert render_answer(record, "server").status == 204
    assert world.voucher().rule_ids == ()
    assert found(world.view.get(tables.RULES, made.id)).assignments_count == 0
    assert assign(world, made.id, "TEN").refusal is None


def test_a_voucher_is_created_bound_and_shows_it(world: World) -> None:
    first, second = create(world).id, create(world).id
    asked = CreateVoucher(voucher("NEW"), validation_rules=(first, second, first))
    body = found(render_answer(world.when(asked), "server").body)
    shown = body["validation_rules_assignments"]
    assert [each["rule_id"] for each in shown["data"]] == [first, second]
    assert shown["total"] == 2
    made = found(world.view.get(tables.VOUCHERS, body["id"]))
    assert made.rule_ids == (first, second)
    assert [each.id for each in assignments_of(world.view, made)] == [
        each["id"] for each in shown["data"]
    ]


def test_an_unknown_set_creates_nothing(world: World) -> None:
    key, details = refusal_of(
        world.when(CreateVoucher(voucher("NEW"), validation_rules=(create(world).id, "val_0")))
    )
    assert (key, details) == ("not_found", "Cannot find validation_rules with id val_0")


def test_an_answer_shows_what_binds_whatever_the_request_was(world: World) -> None:
    made = create(world)
    assign(world, made.id, "TEN")
    record = world.when(UpdateVoucher("TEN", msgspec.Raw(b'{"active":false}')))
    shown = found(render_answer(record, "server").body)["validation_rules_assignments"]
    assert [each["rule_id"] for each in shown["data"]] == [made.id]


def test_a_campaign_binds_its_vouchers_and_they_show_it(world: World) -> None:
    made = create(world)
    bound = campaign(world, made.id)
    assert bound.rule_ids == (made.id,)
    one = voucher_of(world, bound.id)
    (shown,) = shown_assignments(world.view, one)
    assert (shown.related_object_type, shown.related_object_id) == ("campaign", bound.id)
    refused = world.when(redeem(one.code, order=5000)).refusal
    assert found(refused).key == "order_rules_violated"
    assert world.when(redeem(one.code, order=5001)).refusal is None


def test_no_copy_in_an_event_unbinds(world: World) -> None:
    before = world.voucher()
    made = create(world)
    assign(world, made.id, "TEN")
    world.given(VoucherUpdated(before))
    assert world.voucher().rule_ids == (made.id,)
    bound = campaign(world)
    assign(world, made.id, "Spring", "campaign")
    world.when(redeem(voucher_of(world, bound.id).code, order=6000))
    assert found(world.view.get(tables.CAMPAIGNS, bound.id)).rule_ids == (made.id,)


@pytest.mark.parametrize("force", [True, False])
def test_assignments_end_with_their_object(world: World, force: bool) -> None:
    made = create(world)
    bound = campaign(world, made.id)
    assign(world, made.id, "TEN")
    world.when(DeleteVoucher("TEN", force))
    world.when(DeleteCampaign(bound.id, force))
    assert list(world.view.scan(tables.ASSIGNMENTS)) == []
    assert list(world.view.scan(tables.ASSIGNED)) == []
    assert found(world.view.get(tables.RULES, made.id)).assignments_count == 0


def test_a_deleted_set_binds_nothing_from_then_on(world: World) -> None:
    made = create(world)
    assign(world, made.id, "TEN")
    assert world.when(redeem("TEN", order=100)).refusal is not None
    record = world.when(DeleteValidationRule(made.id))
    assert render_answer(record, "server").status == 204
    assert shown_assignments(world.view, world.voucher()) == ()
    assert world.when(redeem("TEN", order=100)).refusal is None


def test_what_a_deleted_set_bound_is_swept_in_bounded_steps(world: World) -> None:
    made = create(world)
    count = SWEEP_MAX + 3
    for number in range(count):
        world.given(voucher(f"V{number}"))
        assign(world, made.id, f"V{number}")
    assert next_due(world.view) > world.now
    world.when(DeleteValidationRule(made.id))
    sizes: list[int] = []
    while next_due(world.view) <= world.now:
        (event,) = world.when(ExpireDue()).events
        assert isinstance(event, AssignmentsDropped)
        sizes.append(len(event.assignments))
    assert sizes == [SWEEP_MAX, 3]
    assert list(world.view.scan(tables.ASSIGNMENTS)) == []
    assert world.voucher("V0").rule_ids == ()
    assert next_due(world.view) > world.now


def test_a_sweep_has_nothing_left_where_the_objects_went_before(world: World) -> None:
    made = create(world)
    assign(world, made.id, "TEN")
    world.when(DeleteValidationRule(made.id))
    world.when(DeleteVoucher("TEN"))
    assert next_due(world.view) > world.now


def test_the_end_of_a_campaign_ends_what_binds_its_vouchers(world: World) -> None:
    made = create(world)
    bound = campaign(world, count=3)
    for number in (0, 2):
        voucher_id = found(world.view.get(tables.CAMPAIGN_VOUCHERS, bound.id, f"{number:010d}"))
        assign(world, made.id, voucher_id)
    world.when(DeleteCampaign(bound.id, force=True))
    (action,) = world.view.scan(tables.OPEN_ACTIONS)
    (dropped, _, progressed) = world.when(RunChunk(action.id, 0)).events
    assert isinstance(dropped, AssignmentsDropped)
    assert dropped.counts == {made.id: 0}
    assert isinstance(progressed, ActionProgressed)
    assert progressed.action.status == "DONE"
    assert list(world.view.scan(tables.ASSIGNMENTS)) == []
