"""Async actions: staged, started, done chunk by chunk, given up, swept."""

from typing import get_args

import pytest

from engine.background.body import action_body, action_with_result
from engine.kernel import tables
from engine.segments.following import CUSTOMERS_MAX, CUSTOMERS_MIN, customers_at_once
from engine.work import CHUNK_EVENT_BYTES_MAX, WORK
from schemas.actions import (
    FAILURES_KEPT_MAX,
    ActionProgressed,
    AsyncAction,
    GiveUpAction,
    ImportCustomers,
    ImportVouchers,
    Rows,
    RowsStaged,
    RunChunk,
    StagedRows,
    StagedRowsDropped,
    StageRows,
    StartAction,
    UpdateVouchers,
    Work,
)
from schemas.api import CustomerInput
from schemas.customers import UpsertCustomer
from schemas.erasures import EndErasures
from schemas.expiry import ExpireDue
from schemas.personal import Personal
from schemas.projects import CloseProject
from schemas.records import Decided
from schemas.segments import Segment, SegmentCreated
from tests.unit.engine.world import DAY, World, found, only, refused, voucher

ACTION = "aa_1"


def new(code: str) -> dict[str, object]:
    said = {"code": code, "discount": {"type": "AMOUNT", "amount_off": 100}}
    return {"code": code, "do": said}


def metadata(code: str, **said: object) -> dict[str, object]:
    return {"code": code, "do": {"code": code, "metadata": said}}


def started(world: World, work: Work, *sets: Rows) -> AsyncAction:
    """Stages the sets and starts the action."""
    first = 1
    for number, rows in enumerate(sets):
        assert world.when(StageRows(ACTION, number, rows, first)).refusal is None
        first += len(rows)
    start = StartAction(ACTION, "VOUCHERS.IMPORT", work, first - 1, len(sets), "v-1")
    assert world.when(start).refusal is None
    return state(world)


def state(world: World) -> AsyncAction:
    return found(world.view.get(tables.ACTIONS, ACTION))


def run(world: World, number: int) -> Decided:
    return world.when(RunChunk(ACTION, number))


def test_every_kind_of_work_has_its_function() -> None:
    assert set(WORK) == set(get_args(Work))


def test_rows_are_done_chunk_by_chunk_and_leave_the_state() -> None:
    world = World()
    action = started(world, ImportVouchers(), (new("A"), new("B")), (new("C"),))
    assert (action.status, action.total, action.next_chunk) == ("ENQUEUED", 3, 0)
    assert [each.id for each in world.fold.open_actions()] == [ACTION]

    run(world, 0)
    action = state(world)
    assert (action.status, action.done, action.next_chunk) == ("IN_PROGRESS", 2, 1)
    assert action_body(action)["progress"] == 66
    run(world, 1)
    action = state(world)
    assert (action.status, action.done, action.failed) == ("DONE", 3, 0)
    assert all(world.view.get(tables.VOUCHER_CODES, code) is not None for code in "ABC")
    assert list(world.view.scan(tables.STAGED, ACTION)) == []
    assert list(world.view.scan(tables.STAGED_AT, ACTION)) == []
    assert list(world.view.scan(tables.DUE)) == []
    assert world.fold.open_actions() == []


@pytest.mark.parametrize("number", [1, 7])
def test_a_chunk_that_is_not_the_next_does_nothing(number: int) -> None:
    world = World()
    started(world, ImportVouchers(), (new("A"),), (new("B"),))
    before = state(world)
    assert run(world, number).events == ()
    assert state(world) == before
    run(world, 0)
    assert run(world, 0).events == ()
    assert state(world).done == 1


def test_a_row_sees_what_the_rows_before_it_did() -> None:
    world = World().given(voucher("TAKEN"))
    started(world, ImportVouchers(), (new("A"), new("A"), new("TAKEN"), new("B")))
    run(world, 0)
    action = state(world)
    assert (action.done, action.failed) == (2, 2)
    assert [(each.row, each.code, each.key) for each in action.failures] == [
        (2, "A", "duplicate_found"),
        (3, "TAKEN", "duplicate_found"),
    ]
    ids = {found(world.view.get(tables.VOUCHER_CODES, code)) for code in "AB"}
    assert len(ids) == 2


def test_failures_are_counted_over_all_rows_and_kept_within_a_bound() -> None:
    world = World()
    bad = {"fault": "Column `Value`: a number is wanted", "column": "Value", "code": "X"}
    started(world, ImportVouchers(), (new("A"), bad), (bad,) * (FAILURES_KEPT_MAX + 10))
    run(world, 0)
    run(world, 1)
    action = state(world)
    assert (action.done, action.failed) == (1, FAILURES_KEPT_MAX + 11)
    assert len(action.failures) == FAILURES_KEPT_MAX
    assert [each.row for each in action.failures[:2]] == [2, 3]
    result = action_with_result(action)["result"]
    assert result["failed_count"] == FAILURES_KEPT_MAX + 11
    assert result["failed"][0] == {
        "row": 2,
        "reason": "Column `Value`: a number is wanted",
        "code": "X",
        "column": "Value",
    }


def test_a_row_that_is_not_what_its_work_wants_fails_alone() -> None:
    world = World()
    strange = ({"do": {"nonsense": 1}}, {"do": {"code": "A", "discount": 7}}, new("B"))
    started(world, ImportVouchers(), strange)
    run(world, 0)
    action = state(world)
    assert (action.status, action.done, action.failed) == ("DONE", 1, 2)
    assert action.failures[0].reason == "Property `.code` is required"


def test_a_set_whose_outcome_is_too_large_for_a_record_takes_several_chunks() -> None:
    long = "x" * 9000
    vouchers = [voucher(f"V{n}", metadata={"a": long}) for n in range(80)]
    world = World().given(*vouchers)
    rows = tuple(metadata(each.code, n=n) for n, each in enumerate(vouchers))
    action = started(world, UpdateVouchers(), rows)
    chunks = 0
    while action.status != "DONE":
        record = run(world, action.next_chunk)
        assert record.refusal is None
        action, chunks = state(world), chunks + 1
    assert (action.done, action.failed) == (80, 0)
    assert chunks == -(-80 * 9200 // CHUNK_EVENT_BYTES_MAX)
    assert world.voucher("V79").metadata == {"a": long, "n": 79}


def test_what_all_rows_share_is_said_once() -> None:
    world = World().given(voucher("A", metadata={"old": 1}), voucher("B"))
    rows = tuple({"code": code, "do": {"code": code}} for code in ("A", "B", "C"))
    world.when(StageRows(ACTION, 0, rows, 1, {"metadata": {"new": 2}}))
    world.when(StartAction(ACTION, "VOUCHERS.METADATA_UPDATE", UpdateVouchers(), 3, 1))
    run(world, 0)
    assert world.voucher("A").metadata == {"old": 1, "new": 2}
    assert world.voucher("B").metadata == {"new": 2}
    result = action_with_result(state(world))["result"]
    assert result["errors"] == [
        {
            "message": "Resource not found",
            "details": "Cannot find voucher with id C",
            "key": "not_found",
            "code": "C",
            "row": 3,
        }
    ]


def test_customers_of_one_chunk_are_the_same_by_source_id() -> None:
    world = World()
    world.when(UpsertCustomer(CustomerInput(source_id="alice", name="Alice")))
    rows = (
        {"do": {"source_id": "alice", "email": "a@x"}},
        {"do": {"source_id": "bob", "name": "Bob"}},
        {"do": {"source_id": "bob", "email": "b@x"}},
    )
    started(world, ImportCustomers(), rows)
    run(world, 0)
    assert state(world).done == 3
    data = {
        each.personal.data.source_id: each.personal.data
        for each in world.view.scan(tables.CUSTOMERS)
        if each.personal.data is not None
    }
    assert (data["alice"].name, data["alice"].email) == ("Alice", "a@x")
    assert (data["bob"].name, data["bob"].email) == ("Bob", "b@x")


def test_an_action_needs_all_of_its_sets_and_starts_once() -> None:
    world = World()
    world.when(StageRows(ACTION, 0, (new("A"),)))
    start = StartAction(ACTION, "VOUCHERS.IMPORT", ImportVouchers(), 2, 2)
    assert refused(world.when(start)) == "not_found"
    world.when(StageRows(ACTION, 1, (new("B"),), 2))
    assert world.when(start).refusal is None
    assert refused(world.when(start)) == "duplicate_found"
    assert refused(world.when(StageRows(ACTION, 1, (new("C"),)))) == "duplicate_found"


def test_rows_whose_action_never_started_are_dropped_after_a_day() -> None:
    world = World()
    world.when(StageRows(ACTION, 0, (new("A"),)))
    world.when(StageRows(ACTION, 1, (new("B"),), 2))
    assert world.when(ExpireDue(), after=DAY - 1).events == ()
    dropped = only(world.when(ExpireDue(), after=1), StagedRowsDropped)
    assert (dropped.action_id, dropped.numbers) == (ACTION, (0, 1))
    assert list(world.view.scan(tables.STAGED, ACTION)) == []
    assert list(world.view.scan(tables.STAGED_AT, ACTION)) == []
    assert list(world.view.scan(tables.DUE)) == []


def test_rows_of_an_action_that_takes_long_stay() -> None:
    world = World()
    started(world, ImportVouchers(), (new("A"),))
    assert world.when(ExpireDue(), after=2 * DAY).events == ()
    run(world, 0)
    assert state(world).done == 1


def test_an_action_that_cannot_go_on_is_given_up() -> None:
    world = World()
    started(world, ImportVouchers(), (new("A"),), (new("B"),), (new("C"),))
    run(world, 0)
    assert world.when(GiveUpAction(ACTION, 0, "late")).events == ()
    event = only(world.when(GiveUpAction(ACTION, 1, "broken")), ActionProgressed)
    assert (event.action.status, event.consumed) == ("FAILED", (1, 2))
    assert list(world.view.scan(tables.STAGED, ACTION)) == []
    assert list(world.view.scan(tables.STAGED_AT, ACTION)) == []
    assert run(world, 1).events == ()
    body = action_with_result(state(world))
    assert (body["status"], body["operation_status"]) == ("FAILED", "FAILED")
    assert body["result"]["message"] == "broken"
    assert body["result"]["done_count"] == 1


def test_a_set_that_cannot_be_read_takes_no_row_of_the_next_with_it() -> None:
    world = World()
    long = "x" * (CHUNK_EVENT_BYTES_MAX // 2)
    world.given(*(voucher(code) for code in "ABC"))
    unreadable = StagedRows(ACTION, 0, Personal(f"{world.project}/{ACTION}", None))
    world.given(RowsStaged(unreadable))
    rows = tuple(metadata(code, a=long) for code in "ABC")
    assert world.when(StageRows(ACTION, 1, rows, 3)).refusal is None
    start = StartAction(ACTION, "VOUCHERS.METADATA_UPDATE", UpdateVouchers(), 5, 2)
    assert world.when(start).refusal is None
    while (action := state(world)).status != "DONE":
        run(world, action.next_chunk)
    assert (action.done, action.failed, action.cursor) == (3, 0, 5)
    assert all(world.voucher(code).metadata == {"a": long} for code in "ABC")


def test_rows_are_not_staged_while_the_key_of_those_before_is_being_destroyed() -> None:
    world = World()
    world.when(StageRows(ACTION, 0, (new("A"),)))
    world.when(ExpireDue(), after=DAY)
    assert [each.id for each in world.fold.erasures(9)] == [ACTION]
    again = StageRows(ACTION, 0, (new("A"),))
    assert refused(world.when(again)) == "unavailable"
    world.when(EndErasures((ACTION,)))
    assert world.when(again).refusal is None
    assert world.fold.erasures(9) == []


def test_the_end_of_a_project_leaves_nothing_to_be_done_and_no_rows() -> None:
    world = World()
    started(world, ImportVouchers(), (new("A"),), (new("B"),))
    run(world, 0)
    assert world.when(CloseProject()).refusal is None
    assert refused(run(world, 1)) == "not_found"
    assert world.fold.open_actions() == []
    assert list(world.view.scan(tables.STAGED, ACTION)) == []
    assert [each.id for each in world.fold.erasures(9)] == [ACTION]


def test_an_unknown_action_is_not_found() -> None:
    assert refused(World().when(RunChunk("aa_x", 0))) == "not_found"
    assert refused(World().when(GiveUpAction("aa_x", 0, ""))) == "not_found"


def test_the_same_chunk_decided_again_makes_the_same() -> None:
    def ids() -> list[str]:
        world = World()
        started(world, ImportVouchers(), (new("A"), new("B")))
        world.when(RunChunk(ACTION, 0), n=9)
        return [found(world.view.get(tables.VOUCHER_CODES, code)) for code in "AB"]

    assert ids() == ids()


def follows(count: int, filter_: str = "{}") -> list[SegmentCreated]:
    """So many segments that are followed, with this filter."""
    return [
        SegmentCreated(Segment(f"seg_{n:03}", "S", 0, type="auto-update", filter=filter_))
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "characters", "customers"),
    [
        (0, 2, CUSTOMERS_MAX),
        (20, 199, CUSTOMERS_MAX),
        (25, 2, 400),
        (100, 2, 100),
        (100, 200, 50),
        (100, 2000, CUSTOMERS_MIN),
    ],
)
def test_the_more_there_is_to_ask_the_fewer_customers_are_changed_at_once(
    count: int, characters: int, customers: int
) -> None:
    world = World().given(*follows(count, "{}".ljust(characters)))
    assert customers_at_once(world.view) == customers


def test_a_set_of_customers_takes_several_chunks_where_many_segments_are_followed() -> None:
    world = World().given(*follows(100, "{}".ljust(2000)))
    rows = tuple({"do": {"source_id": f"s{n}"}} for n in range(CUSTOMERS_MIN + 2))
    started(world, ImportCustomers(), (*rows[:3], {"fault": "wrong"}, *rows[3:]))
    run(world, 0)
    assert (state(world).done, state(world).failed) == (CUSTOMERS_MIN - 1, 1)
    run(world, 1)
    action = state(world)
    assert (action.status, action.done) == ("DONE", len(rows))
    assert [each.row for each in action.failures] == [4]
    assert len(list(world.view.scan(tables.CUSTOMERS))) == len(rows)
