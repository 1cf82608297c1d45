"""A date without a time is a day of the project's time zone: from its beginning, to its end."""

from typing import Any, Final

import pytest

from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.imports.uploading import done, upload, voucher
from tests.unit.services.world import MANAGEMENT, World, asked

DAY: Final = "2026-11-28"
DAYS: Final = {"start_date": DAY, "expiration_date": DAY}
#: When that day begins and ends in a project that is there.
ZONES: Final = {
    "Etc/UTC": ("2026-11-28T00:00:00.000Z", "2026-11-28T23:59:59.999Z"),
    "Europe/Warsaw": ("2026-11-27T23:00:00.000Z", "2026-11-28T22:59:59.999Z"),
    "Pacific/Kiritimati": ("2026-11-27T10:00:00.000Z", "2026-11-28T09:59:59.999Z"),
    "Pacific/Auckland": ("2026-11-27T11:00:00.000Z", "2026-11-28T10:59:59.999Z"),
    "America/St_Johns": ("2026-11-28T03:30:00.000Z", "2026-11-29T03:29:59.999Z"),
}
OFF: Final = {"discount": {"type": "AMOUNT", "amount_off": 5}}


async def in_zone(world: World, zone: str) -> None:
    path = "/management/v1/projects/proj"
    answer = await world.call("PUT", path, {"timezone": zone}, MANAGEMENT)
    assert answer.status_code == 200, answer.text


async def ok(world: World, method: str, path: str, body: Any) -> dict[str, Any]:
    answer = await world.call(method, path, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def bounds(shown: dict[str, Any]) -> tuple[str, str]:
    return shown["start_date"], shown["expiration_date"]


@pytest.mark.parametrize("zone", ZONES)
async def test_a_voucher_is_valid_through_its_last_day(world: World, zone: str) -> None:
    await in_zone(world, zone)
    made = await ok(world, "POST", "/v1/vouchers/A", {"type": "DISCOUNT_VOUCHER", **OFF, **DAYS})
    assert bounds(made) == ZONES[zone]
    changed = await ok(world, "PUT", "/v1/vouchers/A", {"expiration_date": "2026-11-29"})
    assert bounds(changed)[0] == ZONES[zone][0]
    assert bounds(changed)[1][:10] in ("2026-11-29", "2026-11-30")
    assert bounds(await ok(world, "PUT", "/v1/vouchers/A", DAYS)) == ZONES[zone]
    read = (await world.call("GET", "/v1/vouchers/A")).json()
    assert bounds(await ok(world, "PUT", "/v1/vouchers/A", read)) == ZONES[zone]


@pytest.mark.parametrize("zone", ZONES)
async def test_campaigns_tiers_and_what_is_added_to_them_mean_the_same_day(
    world: World, zone: str
) -> None:
    await in_zone(world, zone)
    body = {"name": "Spring", "voucher": OFF, **DAYS}
    made = await ok(world, "POST", "/v1/campaigns", body)
    assert bounds(made) == ZONES[zone]
    path = f"/v1/campaigns/{made['id']}"
    assert bounds(await ok(world, "PUT", path, DAYS)) == ZONES[zone]
    assert bounds(await ok(world, "POST", f"{path}/vouchers", DAYS)) == ZONES[zone]
    assert bounds(await ok(world, "POST", f"{path}/vouchers/ONE", DAYS)) == ZONES[zone]
    own = {"type": "DISCOUNT_VOUCHER", "campaign": "Spring", **DAYS}
    assert bounds(await ok(world, "POST", "/v1/vouchers/TWO", own)) == ZONES[zone]
    tier = {"name": "T", "action": OFF, **DAYS}
    body = {"name": "Sale", "campaign_type": "PROMOTION", "promotion": {"tiers": [tier]}}
    (first,) = (await ok(world, "POST", "/v1/campaigns", body))["promotion"]["tiers"]
    path = f"/v1/promotions/tiers/{first['id']}"
    assert bounds((await world.call("GET", path)).json()) == ZONES[zone]
    assert bounds(await ok(world, "PUT", path, DAYS)) == ZONES[zone]
    second = await ok(world, "POST", f"/v1/promotions/{first['campaign_id']}/tiers", tier)
    assert bounds(second) == ZONES[zone]


@pytest.mark.parametrize("zone", ZONES)
async def test_imports_mean_the_same_day_in_json_and_in_files(world: World, zone: str) -> None:
    await in_zone(world, zone)
    await ok(world, "POST", "/v1/campaigns", {"name": "C", "voucher": OFF})
    rows = [{"code": "JSON", **OFF, **DAYS}]
    await done(world, await world.call("POST", "/v1/vouchers/import", rows))
    rows = [{"code": "OF_CAMPAIGN", **DAYS}]
    await done(world, await world.call("POST", "/v1/campaigns/C/import", rows))
    header = "Code,Value,Discount Type,Start Date,Expiration Date\n"
    file = f"{header}FILE,5,AMOUNT,{DAY},{DAY}\n"
    await done(world, await upload(world, "/v1/vouchers/importCSV", file))
    file = f"Code,Start Date,Expiration Date\nFILE_OF_CAMPAIGN,{DAY},{DAY}\n"
    await done(world, await upload(world, "/v1/campaigns/C/importCSV", file))
    for code in ("JSON", "OF_CAMPAIGN", "FILE", "FILE_OF_CAMPAIGN"):
        assert bounds(await voucher(world, code)) == ZONES[zone], code


@pytest.mark.parametrize("zone", ZONES)
async def test_an_order_was_created_at_the_beginning_of_its_day(world: World, zone: str) -> None:
    await in_zone(world, zone)
    order = {"source_id": "o", "amount": 5, "created_at": DAY}
    assert (await ok(world, "POST", "/v1/orders", order))["created_at"] == ZONES[zone][0]
    assert (await ok(world, "PUT", "/v1/orders/o", order))["created_at"] == ZONES[zone][0]
    rows = [{**order, "source_id": "p"}]
    await done(world, await world.call("POST", "/v1/orders/import", rows))
    imported = (await world.call("GET", "/v1/orders/p")).json()
    assert imported["created_at"] == ZONES[zone][0]


async def test_it_can_be_redeemed_up_to_the_last_millisecond_of_the_day(world: World) -> None:
    await in_zone(world, "Pacific/Kiritimati")
    await ok(world, "POST", "/v1/vouchers/A", {"type": "DISCOUNT_VOUCHER", **OFF, **DAYS})
    first, last = 1_795_773_600_000, 1_795_859_999_999  # 10:00 to 09:59:59.999 in UTC
    for now, valid in ((first - 1, False), (first, True), (last, True), (last + 1, False)):
        world.ledger.now = now
        answer = await world.call("POST", "/v1/validations", asked("A"))
        assert answer.json()["valid"] is valid, now


async def test_a_time_is_an_instant_wherever_the_project_is(world: World) -> None:
    await in_zone(world, "Pacific/Kiritimati")
    for text, shown in (
        ("2026-11-28T00:00:00Z", "2026-11-28T00:00:00.000Z"),
        ("2026-11-28T00:00:00", "2026-11-28T00:00:00.000Z"),
        ("2026-11-28T00:00:00+14:00", "2026-11-27T10:00:00.000Z"),
        ("2030-01-01T00:00:00.123456789Z", "2030-01-01T00:00:00.123Z"),
    ):
        terms = {"type": "DISCOUNT_VOUCHER", **OFF, "expiration_date": text}
        made = await ok(world, "POST", "/v1/vouchers", terms)
        assert made["expiration_date"] == shown


@pytest.mark.parametrize("text", ["2026-11-31", "soon", "", "28.11.2026", "2026-11", 5, True])
async def test_what_is_no_date_is_refused_by_name(world: World, text: Any) -> None:
    body = {"type": "DISCOUNT_VOUCHER", **OFF, "expiration_date": text}
    answer = await world.call("POST", "/v1/vouchers", body)
    assert refused(answer) == (400, "invalid_payload")
    assert answer.json()["details"] == (
        "Property `.expiration_date` is not valid: an ISO 8601 date is wanted"
    )


async def test_a_day_that_ends_before_it_begins_is_refused(world: World) -> None:
    body = {"type": "DISCOUNT_VOUCHER", **OFF, **DAYS, "expiration_date": "2026-11-27"}
    answer = await world.call("POST", "/v1/vouchers", body)
    assert refused(answer) == (400, "invalid_expiration_date")


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_a_date_that_cannot_be_shown_is_refused(world: World, text: str) -> None:
    body = {"type": "DISCOUNT_VOUCHER", **OFF, "expiration_date": text}
    answer = await world.call("POST", "/v1/vouchers", body)
    assert refused(answer) == (400, "invalid_payload")
    assert "in the years 1 to 9999 in UTC" in answer.json()["details"]
