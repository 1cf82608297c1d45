"""Brands over the management API."""

from typing import Any

import pytest

from schemas.branding import PERMISSION_REMINDER
from tests.unit.services.catalog.projects.managing import PROJECTS, failed
from tests.unit.services.world import MANAGEMENT, World

PATH = f"{PROJECTS}/proj/branding"
BRAND: dict[str, Any] = {
    "brand": {"name": "Green Tea", "permission_reminder": "You asked for it."},
    "address": {"street": "Lindenweg 1", "city": "Berlin", "postal": "10115", "country": "Germany"},
    "contact": {"email": "hello@tea.test"},
}


def but(part: str, **members: Any) -> dict[str, Any]:
    return BRAND | {part: BRAND[part] | members}


async def test_a_brand_is_made_read_changed_and_deleted(world: World) -> None:
    brand = (await world.call("POST", PATH, BRAND, MANAGEMENT)).json()
    assert brand == {
        "id": brand["id"],
        "brand": BRAND["brand"]
        | {"privacy_policy_url": None, "terms_of_use_url": None, "website_url": None},
        "address": BRAND["address"] | {"state": ""},
        "contact": BRAND["contact"] | {"phone": None},
    }
    one = f"{PATH}/{brand['id']}"
    assert (await world.call("GET", one, headers=MANAGEMENT)).json() == brand
    listed = (await world.call("GET", PATH, headers=MANAGEMENT)).json()
    assert (listed["data"], listed["total"]) == ([brand], 1)
    assert failed(await world.call("POST", PATH, BRAND, MANAGEMENT)) == (409, "duplicate_found")
    change = {"brand": {"name": "Green Teas"}, "address": {"postal": None}}
    changed = (await world.call("PUT", one, change, MANAGEMENT)).json()
    assert changed == brand | {
        "brand": brand["brand"] | {"name": "Green Teas"},
        "address": brand["address"] | {"postal": None},
    }
    # as it was read
    assert (await world.call("PUT", one, changed, MANAGEMENT)).json() == changed
    assert (await world.call("DELETE", one, headers=MANAGEMENT)).status_code == 204
    for method in ("GET", "DELETE"):
        assert failed(await world.call(method, one, headers=MANAGEMENT)) == (404, None)
    assert failed(await world.call("PUT", one, change, MANAGEMENT)) == (404, None)


async def test_the_reminder_has_its_text_unless_another_is_said(world: World) -> None:
    body = but("brand", permission_reminder=None)
    brand = (await world.call("POST", PATH, body, MANAGEMENT)).json()
    assert brand["brand"]["permission_reminder"] == PERMISSION_REMINDER
    one = f"{PATH}/{brand['id']}"
    for said, shown in (("Hello.", "Hello."), (None, PERMISSION_REMINDER)):
        change = {"brand": {"permission_reminder": said}}
        answer = (await world.call("PUT", one, change, MANAGEMENT)).json()
        assert answer["brand"]["permission_reminder"] == shown


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"brand": {"name": "Green Tea"}},
        BRAND | {"contact": {}},
        BRAND | {"address": {"street": "a", "city": "b", "country": "c"}},
        BRAND | {"logo": "x"},
        but("brand", name=""),
        but("brand", name="x" * 301),
        but("brand", website_url="javascript:alert(1)"),
        but("brand", website_url="https://tea.test/\"onclick='x'"),
        but("brand", privacy_policy_url=5),
        but("address", city=None),
        but("contact", email="nobody"),
        but("contact", phone="1" * 65),
    ],
)
async def test_a_brand_that_makes_no_sense_is_refused(world: World, body: Any) -> None:
    answer = await world.call("POST", PATH, body, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")


@pytest.mark.parametrize(
    "change",
    [
        {"brand": {"name": None}},
        {"address": {"country": None}},
        {"contact": {"email": None}},
        {"contact": {"email": "x"}},
        {"brand": {"terms_of_use_url": "ftp://tea.test"}},
    ],
)
async def test_what_a_brand_needs_cannot_be_taken_away(world: World, change: Any) -> None:
    brand = (await world.call("POST", PATH, BRAND, MANAGEMENT)).json()
    answer = await world.call("PUT", f"{PATH}/{brand['id']}", change, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")
