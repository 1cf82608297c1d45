"""Files made of real tables: what is in them, and what becomes of those that nobody wants."""

import asyncio
import csv
import io
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from runtime.clickhouse import sink
from schemas.base import DAY_MS
from schemas.customers import Customer, CustomerCreated
from schemas.erasures import ForgetCustomer
from schemas.expiry import ExpireDue
from schemas.exports import KEPT_DAYS, DeleteExport, Export, ReportExport
from schemas.notifications import ReadNotifications
from schemas.personal import Personal, PersonalData
from schemas.projects import CloseProject
from schemas.voucher_events import VoucherDeleted
from services.audit.exports import sorting, writing
from services.audit.exports.files import FileName
from services.audit.exports.objects import OBJECTS
from services.audit.exports.progress import CannotExport
from tests.integration.exports_world import Shelf, shelf, until
from tests.integration.insight_world import many
from tests.unit.services.audit.examples import PROJECT, decided, generated


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records are read as they come: nobody else waits for anything here."""
    monkeypatch.setattr(sink, "GATHER_SECONDS", 0.01)


@pytest.fixture
async def stocked(tmp_path: Path) -> AsyncIterator[Shelf]:
    async with shelf(tmp_path) as made:
        many(made.world, 24)
        yield made


def is_(*values: Any, operator: str = "$in") -> dict[str, Any]:
    return {"conditions": {operator: list(values)}}


def place(made: Shelf, export: Export, attempt: int = 0) -> Path:
    return made.files.place(FileName(PROJECT, export.id, attempt))


def customer(made: Shelf, name: str) -> str:
    """Somebody whom the ledger and the tables know."""
    data = PersonalData(source_id=name, name=name)
    personal = Personal(f"{PROJECT}/cust_{name}", data)
    event = CustomerCreated(Customer(f"cust_{name}", personal, made.engine.now))
    made.engine.given(event)
    made.take(decided(event))
    return f"cust_{name}"


async def gone(path: Path) -> None:
    """Returns once the file is gone."""
    await until(lambda: not path.exists())


@pytest.mark.parametrize("kind", OBJECTS)
async def test_every_column_in_every_order_of_every_kind(stocked: Shelf, kind: Any) -> None:
    fields = tuple(OBJECTS[kind].columns)
    files = {}
    for order in OBJECTS[kind].orders:
        up = await stocked.lines(kind, fields=fields, order=order)
        down = await stocked.lines(kind, fields=fields, order=f"-{order}")
        assert up[0] == down[0] == ",".join(fields)
        assert up[1:] == down[:0:-1], order
        files[order] = sorted(up)
    assert len({tuple(each) for each in files.values()}) == 1


async def test_small_pages_give_the_same_file(
    stocked: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {}
    for kind in OBJECTS:
        wanted[kind] = await stocked.lines(kind)
    monkeypatch.setattr(writing, "KEYS_MAX", 2)
    monkeypatch.setattr(writing, "ROWS_MAX", 1)
    for kind in OBJECTS:
        assert await stocked.lines(kind) == wanted[kind]
    assert len(wanted["redemption"]) > 10


async def test_filters_are_those_of_the_list(stocked: Shelf) -> None:
    stocked.take(decided(generated("G1", "G2", "X3")))
    codes = await stocked.lines("voucher", fields=("code",), filters={"code": is_("C0", "G2")})
    assert sorted(codes[1:]) == ["C0", "G2"]
    either = {"code": is_("G", operator="$starts_with"), "id": is_("v_X3"), "junction": "or"}
    codes = await stocked.lines("voucher", fields=("code",), filters=either, order="code")
    assert codes[1:] == ["G1", "G2", "X3"]
    codes = await stocked.lines("voucher", fields=("code",), campaign_id="c1", order="-code")
    assert codes[1:] == ["X3", "G2", "G1"]
    filters = {"result": is_("failure"), "customer": is_("nobody", operator="$is_not")}
    failed = await stocked.lines("redemption", fields=("result",), filters=filters)
    assert set(failed[1:]) == {"FAILURE"}


async def test_what_is_gone_is_not_in_a_file(stocked: Shelf) -> None:
    stocked.take(decided(VoucherDeleted("v_C0", "C0")))
    assert "C0" not in await stocked.lines("voucher", fields=("code",))


async def test_a_file_is_streamed_to_whoever_asks_for_its_project(stocked: Shelf) -> None:
    export = await stocked.ended(stocked.ask("voucher"))
    answer = await stocked.get(f"/v1/exports/{export.id}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{export.id}.csv"'
    assert answer.headers["cache-control"] == "private, no-store"
    plain = await stocked.get(f"/v1/exports/{export.id}", accept="text/plain,application/json")
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"
    assert plain.text == answer.text
    headers = {"x-tessera-project": "proj_2"}
    other = await stocked.get(f"/v1/exports/{export.id}", **headers)
    assert other.status_code == 404
    assert place(stocked, export).stat().st_mode & 0o777 == 0o600


async def test_a_deleted_export_takes_its_file_along(stocked: Shelf) -> None:
    export, kept = [await stocked.ended(stocked.ask("voucher")) for _ in range(2)]
    stocked.decide(DeleteExport(export.id))
    assert (await stocked.get(f"/v1/exports/{export.id}")).status_code == 404
    await gone(place(stocked, export))
    assert place(stocked, kept).exists()


async def test_one_that_is_being_made_is_stopped_when_it_is_deleted(
    stocked: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, never = asyncio.Event(), asyncio.Event()

    async def hold(export: Export, project: str, reads: Any, file: Any, note: Any) -> Any:
        file.write(b"half of it")
        reached.set()
        await never.wait()

    object.__setattr__(stocked.exporter._outfit, "write", hold)
    export = stocked.ask("voucher")
    await reached.wait()
    (name,) = stocked.files.names()
    assert name.export_id == export.id
    found = stocked.stored(export)
    assert found is not None
    assert found.status == "IN_PROGRESS"
    stocked.decide(DeleteExport(export.id))
    await until(lambda: not list(stocked.files.names()))
    object.__setattr__(stocked.exporter._outfit, "write", writing.write_export)
    assert (await stocked.ended(stocked.ask("voucher"))).status == "DONE"


async def test_a_closed_project_leaves_no_file(stocked: Shelf) -> None:
    export = await stocked.ended(stocked.ask("voucher"))
    stocked.decide(CloseProject())
    await gone(place(stocked, export))
    assert not place(stocked, export).parent.exists()


async def test_a_file_goes_when_its_time_is_over(stocked: Shelf) -> None:
    export = await stocked.ended(stocked.ask("voucher"))
    stocked.engine.now += KEPT_DAYS * DAY_MS
    stocked.decide(ExpireDue())
    await gone(place(stocked, export))
    assert stocked.stored(export) is None


async def test_whoever_is_forgotten_is_in_no_file_that_is_left(stocked: Shelf) -> None:
    person = customer(stocked, "ann")
    shows = await stocked.ended(stocked.ask("customer", personal=True))
    plain = await stocked.ended(stocked.ask("order"))
    assert "ann" in place(stocked, shows).read_text()
    stocked.decide(ForgetCustomer(person))
    assert await stocked.exporter.has_tidied()
    assert not place(stocked, shows).exists()
    assert place(stocked, plain).exists()


async def test_a_file_in_which_somebody_is_forgotten_begins_again(stocked: Shelf) -> None:
    person = customer(stocked, "bob")
    reached, further = asyncio.Event(), asyncio.Event()

    async def hold(*given: Any) -> Any:
        if not reached.is_set():
            reached.set()
            await further.wait()
        return await writing.write_export(*given)

    object.__setattr__(stocked.exporter._outfit, "write", hold)
    export = stocked.ask("customer", personal=True)
    await reached.wait()
    stocked.decide(ForgetCustomer(person))
    found = await stocked.ended(export)
    assert (found.status, found.attempt) == ("DONE", 1)
    assert "bob" not in place(stocked, found, 1).read_text()
    assert [each.attempt for each in stocked.files.names()] == [1]


async def test_a_restart_makes_what_was_begun_from_its_first_row(tmp_path: Path) -> None:
    made = Shelf(tmp_path)
    many(made.world, 24)
    export = made.ask("voucher", fields=("code",))
    made.decide(ReportExport(export.id, 0, "IN_PROGRESS", 5, 9))
    name = FileName(PROJECT, export.id, 0)
    with made.files.open_partial(name) as file:
        file.write(b"code\r\nhalf,of")
    stale = FileName(PROJECT, "exp_gone", 3)
    with made.files.open_partial(stale) as file:
        made.files.complete(stale, file)
    async with shelf(tmp_path, made):
        found = await made.ended(export)
        assert found.status == "DONE"
        assert made.files.place(name).read_text().startswith("code\nC")
        await gone(made.files.place(stale))
        assert list(made.files.names()) == [name]


async def test_what_the_ledger_did_not_hear_is_said_again(
    stocked: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.audit.exports.reports.ANSWER_SECONDS", 0.05)
    stocked.lost = 3
    assert (await stocked.ended(stocked.ask("voucher"))).status == "DONE"


async def test_a_full_disk_ends_it_with_a_reason(stocked: Shelf) -> None:
    stocked.short = "full"
    export = await stocked.ended(stocked.ask("voucher"))
    assert (export.status, export.fault) == ("ERROR", "There is too little space on the disk")
    assert list(stocked.files.names()) == []


async def test_filters_that_nobody_can_read_any_more_end_it(stocked: Shelf) -> None:
    filters = {"email": is_("ann@shop.test")}
    export = stocked.ask("customer", filters=filters, seals=True, personal=True)
    found = await stocked.ended(export)
    assert found.status == "DONE"
    blank = Personal(f"{PROJECT}/{export.id}", None)
    reads: Any = None
    with pytest.raises(CannotExport):
        await writing.write_export(
            structs.replace(found, personal_filters=blank), PROJECT, reads, io.BytesIO(), print
        )


async def test_what_ended_is_told_with_the_link_and_marked_as_read(stocked: Shelf) -> None:
    done = await stocked.ended(stocked.ask("voucher"))
    stocked.short = "full"
    failed = await stocked.ended(stocked.ask("order"))

    async def told(query: str = "") -> dict[str, Any]:
        answer = await stocked.get(f"/v1/notifications?{query}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    body = await told()
    assert (body["total"], body["unread"]) == (2, 2)
    newest, oldest = body["notifications"]
    assert (newest["type"], newest["related_object"]["id"]) == ("export.failed", failed.id)
    assert newest["details"]["error"] == "There is too little space on the disk"
    assert oldest["type"] == "export.done"
    assert oldest["result"]["url"].startswith(f"https://shop.test/v1/exports/{done.id}?token=")
    stocked.decide(ReadNotifications((oldest["id"],)))
    body = await told()
    assert [each["read"] for each in body["notifications"]] == [False, True]
    assert body["unread"] == 1
    assert [each["id"] for each in (await told("read=false"))["notifications"]] == [newest["id"]]
    assert [each["id"] for each in (await told("read=true"))["notifications"]] == [oldest["id"]]
    assert (await told("type=export.failed"))["total"] == 1
    await _read_by_each(stocked, newest["id"])
    stocked.decide(ReadNotifications())
    assert (await told())["unread"] == 0
    stocked.decide(DeleteExport(done.id))
    assert "result" not in (await told())["notifications"][1]


async def _read_by_each(stocked: Shelf, notification_id: str) -> None:
    """What somebody read, others did not: one by its id, another all that there are."""

    async def unread(reader: str) -> int:
        headers = {"x-tessera-key-id": reader, "x-tessera-key-kind": "user"}
        answer = await stocked.get("/v1/notifications", **headers)
        return int(answer.json()["unread"])

    assert [await unread(each) for each in ("ann", "bob", "an")] == [1, 1, 1]
    stocked.decide(ReadNotifications((notification_id,), "ann"))
    assert [await unread(each) for each in ("ann", "bob", "an")] == [0, 1, 1]
    stocked.decide(ReadNotifications(reader="bob"))
    assert [await unread(each) for each in ("ann", "bob", "an", "k")] == [0, 0, 1, 1]


async def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty thousand rows, of which the keys of a step, a page and a run lie in memory at a time."""
    monkeypatch.setattr(writing, "KEYS_MAX", 1000)
    monkeypatch.setattr(sorting, "RUN_BYTES_MAX", 256 * 1024)
    async with shelf(tmp_path) as made:
        for block in range(20):
            codes = [f"B{block:03d}-{n:04d}" for n in range(1000)]
            made.take(decided(generated(*codes)))
        await made.get("/v1/notifications")
        small = await _peak(made, filters={"code": is_("B000", operator="$starts_with")})
        large = await _peak(made)
        lines = large[1]
        assert len(lines) == 20_001
        assert len(set(lines)) == 20_001
        assert len(small[1]) == 1001
        # the keys of one step, the objects of one page, a run, and what merging reads ahead of each
        assert large[0] - small[0] < 2 * 1024 * 1024


async def _peak(made: Shelf, **parameters: Any) -> tuple[int, list[str]]:
    tracemalloc.start()
    try:
        export = made.ask(
            "voucher", fields=("code", "value", "campaign", "created_at"), **parameters
        )
        export = await made.ended(export)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert export.status == "DONE", export.fault
    with place(made, export).open(newline="") as file:
        return peak, [row[0] for row in csv.reader(file)]
