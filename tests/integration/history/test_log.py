"""One log of calls, work in the background, exports and send-outs, over a real engine."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from runtime.clickhouse.database import Query
from schemas.actions import ActionStarted, AsyncAction, DeleteCampaignVouchers
from schemas.exports import Export, ExportCreated
from schemas.observations import ApiCallsObserved
from schemas.webhooks import DeliveryAttempted
from tests.integration.history.test_api_calls import call
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import DAY, PROJECT, START, decided

PATH = "/v1/audit/log"


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def action(name: str, kind: str, at: int, status: Any = "DONE", project: str = PROJECT) -> Any:
    work = DeleteCampaignVouchers("camp_1")
    started = AsyncAction(name, kind, work, 5, START + at, status=status)
    return decided(ActionStarted(started), project=project)


def attempt(number: int, at: int, result: Any = "delivered") -> DeliveryAttempted:
    return DeliveryAttempted(
        f"wd_{number}", PROJECT, "wh_1", "ev_1", "voucher.created", 0, 0, 1, START + at, result, 12
    )


def tell(insight: Insight) -> None:
    """Two of each kind, by turns, and some of another project."""
    exported = Export("exp_1", "voucher", START + 3, "DONE")
    insight.world.append(
        action("a_1", "CAMPAIGN.VOUCHERS_GENERATE", 1),
        action("a_2", "VOUCHERS.IMPORT_CSV", 2, "FAILED"),
        decided(ExportCreated(exported)),
        decided(ExportCreated(Export("exp_2", "order", START + 6))),
        action("a_9", "VOUCHERS.IMPORT", 9, project="other"),
    )
    calls = (call(4), call(7, 404, body='{"word":"needle"}'))
    insight.world.called(ApiCallsObserved(PROJECT, calls), ApiCallsObserved("other", (call(8),)))
    # after a crash an attempt may be there twice
    insight.world.delivered(attempt(5, 5), attempt(5, 5), attempt(8, 8, "failed"))


NEWEST = ["wd_8", "v-7", "exp_2", "wd_5", "v-4", "exp_1", "a_2", "a_1"]


async def test_all_kinds_are_one_list_from_one_cursor(insight: Insight) -> None:
    tell(insight)
    await insight.filled()
    whole = await insight.get(f"{PATH}?limit=100")
    assert [each["id"] for each in whole["data"]] == NEWEST
    assert (whole["has_more"], "more_starting_after" in whole) == (False, False)
    for order, wanted in (("-created_at", NEWEST), ("created_at", NEWEST[::-1])):
        found: list[str] = []
        page = await insight.get(f"{PATH}?limit=3&order={order}")
        while True:
            found += [each["id"] for each in page["data"]]
            if not page["has_more"]:
                break
            after = page["more_starting_after"]
            page = await insight.get(f"{PATH}?limit=3&order={order}&starting_after_id={after}")
        assert found == wanted


async def test_a_page_does_not_look_for_doubles_in_the_whole_project(insight: Insight) -> None:
    insight.world.called(ApiCallsObserved(PROJECT, tuple(call(number) for number in range(3000))))
    insight.world.delivered(*(attempt(number, number) for number in range(300)))
    await insight.filled()
    # more than a page needs, and less than there are: the engine refuses beyond
    await insight.database.execute(Query("SET max_rows_in_distinct = 100"))
    for order in ("created_at", "-created_at"):
        page = await insight.get(f"{PATH}?limit=10&order={order}")
        assert (len(page["data"]), page["has_more"]) == (10, True)


async def test_an_entry_shows_what_its_own_list_shows(insight: Insight) -> None:
    tell(insight)
    await insight.filled()
    found = {each["id"]: each for each in (await insight.get(f"{PATH}?limit=100"))["data"]}
    told = {
        name: (each["kind"], each["type"], each["status"], each["outcome"])
        for name, each in found.items()
    }
    assert told == {
        "wd_8": ("webhook_sendout", "voucher.created", "failed", "failed"),
        "v-7": ("api_call", "vouchers", "404", "failed"),
        "exp_2": ("export", "order", "SCHEDULED", "open"),
        "wd_5": ("webhook_sendout", "voucher.created", "delivered", "ok"),
        "v-4": ("api_call", "vouchers", "200", "ok"),
        "exp_1": ("export", "voucher", "DONE", "ok"),
        "a_2": ("import", "VOUCHERS.IMPORT_CSV", "FAILED", "failed"),
        "a_1": ("task", "CAMPAIGN.VOUCHERS_GENERATE", "DONE", "ok"),
    }
    (one,) = (await insight.get("/v1/audit/api-calls?status=404"))["data"]
    assert found["v-7"]["entry"] == one
    assert found["a_1"]["entry"]["object"] == "async_action"
    assert found["wd_8"]["entry"]["webhook_id"] == "wh_1"
    assert found["exp_1"]["entry"]["exported_object"] == "voucher"
    assert {each["entry"]["id"] for each in found.values()} == set(found)


async def test_the_log_is_filtered(insight: Insight) -> None:
    tell(insight)
    await insight.filled()
    wanted = {
        "kind=api_call": ["v-7", "v-4"],
        "kind=task,import": ["a_2", "a_1"],
        "kind=import": ["a_2"],
        "kind=export": ["exp_2", "exp_1"],
        "kind=webhook_sendout&outcome=ok": ["wd_5"],
        "outcome=failed": ["wd_8", "v-7", "a_2"],
        "outcome=open": ["exp_2"],
        "status=DONE": ["exp_1", "a_1"],
        "type=vouchers": ["v-7", "v-4"],
        "text=NEEDLE": ["v-7"],
        "text=import": ["a_2"],
        "created_at[after]=2023-11-14T22:13:20.006Z": ["wd_8", "v-7"],
        "created_at[before]=2023-11-14T22:13:20.002Z": ["a_1"],
    }
    found = {
        query: [each["id"] for each in (await insight.get(f"{PATH}?{query}"))["data"]]
        for query in wanted
    }
    assert found == wanted


async def test_calls_that_changed_nothing_leave_the_log_and_what_is_wrong_is_named(
    insight: Insight,
) -> None:
    tell(insight)
    await insight.filled()
    insight.world.time = START + 91 * DAY
    found = (await insight.get(f"{PATH}?limit=100"))["data"]
    assert [each["id"] for each in found] == [each for each in NEWEST if each[:2] != "v-"]
    for query, named in (
        ("kind=call", "kind"),
        ("outcome=bad", "outcome"),
        ("order=id", "order"),
        ("page=2", "page"),
        ("starting_after_id=a_9", "starting_after_id"),
        ("kind=export&starting_after_id=v-4", "starting_after_id"),
    ):
        answer = await insight.get(f"{PATH}?{query}", status=400)
        assert (answer["key"], named in answer["details"]) == ("invalid_query_params", True)
