"""The time zone and the currency of a project over the management API: what they are, what they bind."""

from typing import Any

import pytest

from engine.kernel import tables
from runtime.base.faults import NotSent
from runtime.replica.command_sender import Answered
from tests.unit.services.catalog.projects.managing import PROJECTS, failed, key, made
from tests.unit.services.world import MANAGEMENT, World


@pytest.mark.parametrize("wrong", [{"timezone": "Mars/Olympus"}, {"currency": "QQQ"}])
async def test_what_is_no_zone_and_no_currency_is_named(
    world: World, wrong: dict[str, Any]
) -> None:
    answer = await world.call("PUT", f"{PROJECTS}/proj", wrong, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")
    assert f"`.{next(iter(wrong))}`" in answer.json()["details"]


async def test_a_new_project_reckons_in_its_zone(world: World) -> None:
    body = await made(world, timezone="Pacific/Kiritimati")
    headers = key(body, "server")
    world.ledger.now = 1_736_942_400_000  # Wednesday noon in UTC, Thursday on Kiritimati
    for code, day in (("WED", 3), ("THU", 4)):
        voucher = {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 1},
            "validity_day_of_week": [day],
        }
        assert (await world.call("POST", f"/v1/vouchers/{code}", voucher, headers)).is_success
        redeemables = {"redeemables": [{"object": "voucher", "id": code}]}
        answer = await world.call("POST", "/v1/validations", redeemables, headers)
        assert answer.json()["valid"] is (day == 4)


async def test_a_change_of_the_zone_says_what_it_does(world: World) -> None:
    await world.voucher("THU", validity_day_of_week=[4])
    world.ledger.now = 1_736_942_400_000
    asked = {"redeemables": [{"object": "voucher", "id": "THU"}]}
    assert (await world.call("POST", "/v1/validations", asked)).json()["valid"] is False
    path = f"{PROJECTS}/proj"
    answer = await world.call("PUT", path, {"timezone": "Pacific/Auckland"}, MANAGEMENT)
    assert answer.json()["timezone"] == "Pacific/Auckland"
    change = answer.json()["timezone_change"]
    assert change["running"]["day"] == {
        "began_at": "2025-01-15T00:00:00.000Z",
        "until": "2025-01-16T11:00:00.000Z",
    }
    assert "running campaigns" in change["message"]
    assert (await world.call("POST", "/v1/validations", asked)).json()["valid"] is True
    again = await world.call("PUT", path, {"timezone": "Pacific/Auckland"}, MANAGEMENT)
    assert "timezone_change" not in again.json()


async def test_a_change_of_the_zone_that_was_cut_off_is_completed_by_the_next(
    world: World,
) -> None:
    decide = world.ledger.send

    async def cut_off(project: str, *args: Any, **named: Any) -> Answered:
        if project == "proj":
            raise NotSent
        return await decide(project, *args, **named)

    world.ledger.send = cut_off  # type: ignore[method-assign]
    path = f"{PROJECTS}/proj"
    answer = await world.call("PUT", path, {"timezone": "Pacific/Auckland"}, MANAGEMENT)
    assert answer.status_code == 503
    world.ledger.send = decide  # type: ignore[method-assign]
    answer = await world.call("PUT", path, {"timezone": "Pacific/Auckland"}, MANAGEMENT)
    assert "timezone_change" in answer.json()
    opened = world.ledger.view("proj").get(tables.OPENED, "proj")
    assert opened is not None
    assert opened.timezone == "Pacific/Auckland"
