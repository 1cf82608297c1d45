"""What becomes of exports: one by one, all together, and when somebody is forgotten."""

from typing import Any

import pytest

from engine.exports.body import export_body, filters_of
from engine.kernel import tables
from schemas.customers import Customer, CustomerCreated
from schemas.erasures import ForgetCustomer
from schemas.expiry import ExpireDue
from schemas.exports import (
    EXPORTS_MAX,
    KEPT_DAYS,
    OPEN_EXPORTS_MAX,
    CreateExport,
    DeleteExport,
    Export,
    ExportCreated,
    ExportsDropped,
    ReportExport,
)
from schemas.personal import Personal, PersonalData
from schemas.projects import CloseProject
from tests.unit.engine.world import DAY, PROJECT, SECOND, World

FILTERS = {"email": {"conditions": {"$is": ["ann@shop.test"]}}}


def asked(world: World, kind: Any = "voucher", **more: Any) -> Export:
    """A new export."""
    (event,) = [
        each
        for each in world.when(CreateExport(kind, **more), after=SECOND).events
        if isinstance(each, ExportCreated)
    ]
    return event.export


def ended(world: World, kind: Any = "voucher", status: Any = "DONE", **more: Any) -> Export:
    """An export whose file is there, or never will be."""
    export = asked(world, kind, **more)
    world.when(ReportExport(export.id, 0, status, 3, 3), after=SECOND)
    return stored(world, export)


def stored(world: World, export: Export) -> Export:
    found = world.view.get(tables.EXPORTS, export.id)
    assert found is not None
    return found


def known(world: World) -> set[str]:
    return {each.id for each in world.view.scan(tables.EXPORTS)}


def with_customer(world: World) -> str:
    """Somebody who can be forgotten."""
    data = PersonalData(source_id="ann")
    world.given(CustomerCreated(Customer("cust_1", Personal(f"{PROJECT}/cust_1", data), world.now)))
    return "cust_1"


def test_an_export_goes_from_asked_for_to_done() -> None:
    world = World()
    export = asked(world, fields=("code",), order="code")
    assert (export.status, export.rows, export.total) == ("SCHEDULED", 0, None)
    world.when(ReportExport(export.id, 0, "IN_PROGRESS", 500, 1000))
    body = export_body(stored(world, export))
    assert (body["status"], body["progress"], body["rows"]) == ("IN_PROGRESS", 50, 500)
    world.when(ReportExport(export.id, 0, "DONE", 1000, 1000))
    body = export_body(stored(world, export), "https://here")
    assert (body["status"], body["progress"]) == ("DONE", 100)
    assert body["result"] == {"url": "https://here"}
    assert body["parameters"] == {"fields": ["code"], "order": "code"}


def test_a_progress_that_is_not_the_end_is_below_a_hundred() -> None:
    world = World()
    export = asked(world)
    world.when(ReportExport(export.id, 0, "IN_PROGRESS", 7, 5))
    assert export_body(stored(world, export))["progress"] == 99


def test_what_failed_says_why() -> None:
    world = World()
    export = asked(world)
    world.when(ReportExport(export.id, 0, "ERROR", fault="x" * 1000))
    assert export_body(stored(world, export))["error"] == {"message": "x" * 300}


@pytest.mark.parametrize("status", ["DONE", "ERROR"])
def test_a_report_on_what_ended_does_nothing(status: Any) -> None:
    world = World()
    export = ended(world, status=status)
    assert world.when(ReportExport(export.id, 0, "IN_PROGRESS", 1, 9)).events == ()


def test_a_report_on_what_is_gone_does_nothing() -> None:
    assert World().when(ReportExport("exp_none", 0, "DONE")).events == ()


def test_a_deleted_export_is_gone_and_is_not_deleted_twice() -> None:
    world = World()
    export = asked(world)
    assert world.when(DeleteExport(export.id)).refusal is None
    assert known(world) == set()
    refusal = world.when(DeleteExport(export.id)).refusal
    assert refusal is not None
    assert (refusal.key, refusal.resource_type) == ("not_found", "export")


def test_so_many_are_open_at_once() -> None:
    world = World()
    first = asked(world)
    for _ in range(OPEN_EXPORTS_MAX - 1):
        asked(world)
    refusal = world.when(CreateExport("order")).refusal
    assert refusal is not None
    assert (refusal.status, refusal.key) == (429, "too_many_requests")
    world.when(ReportExport(first.id, 0, "DONE"))
    assert world.when(CreateExport("order")).refusal is None


def test_the_oldest_that_ended_makes_room() -> None:
    world = World()
    still = asked(world)
    oldest = ended(world)
    for _ in range(EXPORTS_MAX - 2):
        ended(world)
    newest = asked(world)
    assert len(known(world)) == EXPORTS_MAX
    assert oldest.id not in known(world)
    assert {still.id, newest.id} <= known(world)


def test_one_that_ended_is_kept_for_some_days() -> None:
    world = World()
    export, still = ended(world), asked(world)
    world.when(ExpireDue(), after=KEPT_DAYS * DAY - 2 * SECOND)
    assert export.id in known(world)
    (event,) = world.when(ExpireDue(), after=2 * SECOND).events
    assert event == ExportsDropped((export.id,), "expired")
    assert known(world) == {still.id}
    assert world.when(ExpireDue(), after=DAY).events == ()


def test_a_deleted_one_is_not_looked_for_when_its_time_is_over() -> None:
    world = World()
    world.when(DeleteExport(ended(world).id))
    assert not list(world.view.scan(tables.DUE))


def test_filters_that_name_a_person_are_sealed_and_their_key_goes_with_the_export() -> None:
    world = World()
    export = asked(world, "customer", filters=FILTERS, personal=True, seals=True)
    assert export.filters is None
    assert export.personal_filters is not None
    assert export.personal_filters.owner == f"{PROJECT}/{export.id}"
    assert filters_of(export) == FILTERS
    world.when(DeleteExport(export.id))
    (erasure,) = world.view.scan(tables.ERASURES)
    assert (erasure.id, erasure.kind) == (export.id, "export")


def test_other_filters_are_plain_and_leave_no_key() -> None:
    world = World()
    export = asked(world, filters={"code": {"conditions": {"$is": ["A"]}}})
    assert export.personal_filters is None
    world.when(DeleteExport(export.id))
    assert not list(world.view.scan(tables.ERASURES))


def test_whoever_is_forgotten_takes_the_files_that_may_show_them() -> None:
    world = World()
    person = with_customer(world)
    shows, plain = ended(world, "customer", personal=True), ended(world, "order")
    record = world.when(ForgetCustomer(person))
    assert ExportsDropped((shows.id,), "forgotten") in record.events
    assert known(world) == {plain.id}


def test_a_file_that_is_being_made_begins_again_when_somebody_is_forgotten() -> None:
    world = World()
    person = with_customer(world)
    running, waiting = (asked(world, "customer", personal=True) for _ in range(2))
    world.when(ReportExport(running.id, 0, "IN_PROGRESS", 5, 9))
    world.when(ForgetCustomer(person))
    again = stored(world, running)
    assert (again.status, again.attempt, again.rows, again.total) == ("SCHEDULED", 1, 0, None)
    # it had read nothing yet
    assert stored(world, waiting).attempt == 0
    # what the first attempt says does not count any more
    assert world.when(ReportExport(running.id, 0, "DONE", 9, 9)).events == ()
    world.when(ReportExport(running.id, 1, "DONE", 8, 8))
    assert stored(world, running).status == "DONE"


def test_a_closed_project_has_no_files() -> None:
    world = World()
    first, second = ended(world), asked(world)
    events = world.when(CloseProject()).events
    assert ExportsDropped((first.id, second.id), "closed") in events
    assert known(world) == set()
