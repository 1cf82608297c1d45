"""Whatever is made, assigned and deleted in whatever order: both ends of an assignment agree."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.assignments.decide import assignments_of
from engine.expiry import next_due
from engine.kernel import tables
from schemas.assignments import AssignRule, UnassignRule
from schemas.expiry import ExpireDue
from schemas.rules import CreateValidationRule, DeleteValidationRule, ValidationRule
from schemas.voucher_events import VoucherUpdated
from schemas.vouchers import CreateVoucher, DeleteVoucher
from tests.unit.engine.world import World, voucher

CODES = ("A", "B", "C")
RULES = 3
#: What is done, to which voucher, with which of the sets that there are.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("assign", "unassign", "end set", "end voucher", "make", "stale", "sweep")),
        st.sampled_from(CODES),
        st.integers(0, RULES - 1),
    ),
    max_size=25,
)


@given(STEPS)
@settings(max_examples=40)
def test_an_object_a_set_and_their_assignment_agree(steps: list[tuple[str, str, int]]) -> None:
    world = World().given(*map(voucher, CODES))
    for _ in range(RULES):
        world.when(CreateValidationRule(ValidationRule("", "Set", 0)))
    ids = [each.id for each in world.view.scan(tables.RULES)]
    for step, code, number in steps:
        take(world, step, code, ids[number])
        assert_agreed(world, ids)
    while next_due(world.view) <= world.now:
        world.when(ExpireDue())
    assert_agreed(world, ids)
    living = {each.id for each in world.view.scan(tables.RULES)}
    assert {each.rule_id for each in world.view.scan(tables.ASSIGNMENTS)} <= living


def take(world: World, step: str, code: str, rule_id: str) -> None:
    """One step; what cannot be done is refused."""
    match step:
        case "assign":
            world.when(AssignRule(rule_id, code, "voucher"))
        case "unassign":
            for each in list(world.view.scan(tables.ASSIGNMENTS, rule_id))[:1]:
                world.when(UnassignRule(rule_id, each.id))
        case "end set":
            world.when(DeleteValidationRule(rule_id))
        case "end voucher":
            world.when(DeleteVoucher(code, force=True))
        case "make":
            world.when(CreateVoucher(voucher(code), validation_rules=(rule_id,)))
        case "stale":
            # a copy of before any assignment
            world.given(VoucherUpdated(voucher(code)))
        case _:
            world.when(ExpireDue())


def assert_agreed(world: World, rule_ids: list[str]) -> None:
    """Sets count what they bind, objects know what binds them, and each finds the other."""
    view = world.view
    kept = list(view.scan(tables.ASSIGNMENTS))
    assert sorted(view.scan(tables.ASSIGNED)) == sorted(each.id for each in kept)
    for each in view.scan(tables.VOUCHERS):
        bound_by = [kept_.rule_id for kept_ in kept if kept_.related_object_id == each.id]
        assert sorted(each.rule_ids) == sorted(bound_by)
        living = [rule_id for rule_id in bound_by if view.get(tables.RULES, rule_id) is not None]
        assert sorted(own.rule_id for own in assignments_of(view, each)) == sorted(living)
    objects = {each.id for each in view.scan(tables.VOUCHERS)}
    assert {each.related_object_id for each in kept} <= objects
    for rule_id in rule_ids:
        rule = view.get(tables.RULES, rule_id)
        if rule is not None:
            count = sum(each.rule_id == rule_id for each in kept)
            assert rule.assignments_count == count
