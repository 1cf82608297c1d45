"""Vouchers, as clients of the API are held to see them."""

import re
from typing import Any, Final

import pytest

from tests.unit.services.world import World, asked

UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
AMOUNT: Final = {"type": "AMOUNT", "amount_off": 1000}


def _pictures(voucher: Any) -> dict[str, Any]:
    """The pictures that a voucher names."""
    found: dict[str, Any] = voucher["assets"]
    assert list(found) == ["qr", "barcode"]
    for kind, asset in found.items():
        assert list(asset) == ["id", "url"]
        assert re.fullmatch(UUID, asset["id"])
        assert asset["url"].endswith(f"/assets/{kind}/{asset['id']}")
    assert found["qr"]["id"] != found["barcode"]["id"]
    return found


async def test_a_voucher_in_full_names_its_pictures_for_life(world: World) -> None:
    campaign = {"name": "Spring", "voucher": {"type": "DISCOUNT_VOUCHER", "discount": AMOUNT}}
    assert (await world.call("POST", "/v1/campaigns", campaign)).status_code == 200
    added = (await world.call("POST", "/v1/campaigns/Spring/vouchers")).json()
    path = f"/v1/vouchers/{added['code']}"
    named = _pictures(added)
    for method, where, body in (
        ("GET", path, None),
        ("POST", f"{path}/disable", None),
        ("POST", f"{path}/enable", None),
        ("PUT", path, {"metadata": {"a": 1}}),
        ("POST", "/v1/publications", {"voucher": added["code"], "customer": {"source_id": "ann"}}),
    ):
        shown = (await world.call(method, where, body)).json()
        assert _pictures(shown.get("voucher", shown)) == named, where
    other = (await world.call("POST", "/v1/campaigns/Spring/vouchers")).json()
    assert _pictures(other) != named


async def test_a_redemption_names_no_pictures(world: World) -> None:
    await world.voucher("A")
    answer = (await world.call("POST", "/v1/redemptions", asked("A"))).json()
    assert answer["redemptions"][0]["voucher"].get("assets") is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"discount": AMOUNT, "redemption": {"quantity": None}}, "DISCOUNT_VOUCHER"),
        ({"gift": {"amount": 500}}, "GIFT_VOUCHER"),
        ({"loyalty_card": {"points": 100}}, "LOYALTY_CARD"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/vouchers", "/v1/vouchers/A"])
async def test_what_a_voucher_gives_says_its_type(
    world: World, body: dict[str, Any], kind: str, path: str
) -> None:
    made = await world.call("POST", path, body)
    assert (made.status_code, made.json()["type"]) == (200, kind)
    assert made.json()["redemption"]["quantity"] is None


@pytest.mark.parametrize("said", ["DISCOUNT_VOUCHER", "GIFT_VOUCHER", "LOYALTY_CARD", None])
@pytest.mark.parametrize(
    ("terms", "kind"),
    [
        ({"loyalty_card": {"points": 100}}, "LOYALTY_CARD"),
        ({"gift": {"amount": 500}}, "GIFT_VOUCHER"),
        ({"discount": AMOUNT}, "DISCOUNT_VOUCHER"),
    ],
)
async def test_the_type_that_a_client_fills_in_by_itself_changes_nothing(
    world: World, terms: dict[str, Any], kind: str, said: str | None
) -> None:
    made = (await world.call("POST", "/v1/vouchers", terms)).json()
    path = f"/v1/vouchers/{made['id']}"
    dated = {"type": said, "expiration_date": "2030-01-01T00:00:00.123456789Z"}
    changed = await world.call("PUT", path, dated)
    assert (changed.status_code, changed.json()["type"]) == (200, kind)
    assert changed.json()["expiration_date"] == "2030-01-01T00:00:00.123Z"
    cleared = await world.call("PUT", path, {"type": said, "expiration_date": None})
    assert (cleared.status_code, cleared.json()["type"]) == (200, kind)
    assert cleared.json()["expiration_date"] is None


async def test_what_a_voucher_of_its_type_cannot_have_is_refused_whatever_type_is_said(
    world: World,
) -> None:
    await world.gift("CARD", 500)
    for body in ({"discount": AMOUNT}, {"type": "DISCOUNT_VOUCHER", "discount": AMOUNT}):
        answer = await world.call("PUT", "/v1/vouchers/CARD", body)
        assert (answer.status_code, answer.json()["key"]) == (400, "invalid_voucher")
