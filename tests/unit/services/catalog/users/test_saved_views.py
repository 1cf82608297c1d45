"""Lists that users saved, over HTTP."""

from typing import Any

import pytest

from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.users.signing import ME, create_owner, person_with, sign_in
from tests.unit.services.world import World

VIEWS = f"{ME}/views"
MINE: dict[str, Any] = {
    "project_id": "proj",
    "section": "redemptions",
    "name": "Refused",
    "query": "f=result%3Ais%3AFAILURE",
}


async def test_a_view_is_saved_listed_changed_and_deleted(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    saved = (await ada.ask("POST", VIEWS, MINE)).json()
    assert saved | MINE == saved
    assert saved["object"] == "saved_view"
    path = f"{VIEWS}/{saved['id']}"
    changed = (await ada.ask("PUT", path, {"name": " No "})).json()
    assert (changed["name"], changed["query"]) == ("No", MINE["query"])
    # as it is shown it may be sent back
    assert (await ada.ask("PUT", path, changed)).json()["name"] == "No"
    listed = (await ada.ask("GET", VIEWS)).json()
    assert [each["id"] for each in listed["data"]] == [saved["id"]]
    [shown] = (await ada.ask("GET", ME)).json()["projects"][0]["views"]
    assert shown == {key: changed[key] for key in ("id", "section", "name", "query")}
    assert (await ada.ask("DELETE", path)).status_code == 204
    assert refused(await ada.ask("DELETE", path)) == (404, "not_found")
    assert (await ada.ask("GET", VIEWS)).json()["total"] == 0


async def test_the_same_request_saves_once(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    ada.headers["Idempotency-Key"] = "once"
    first = (await ada.ask("POST", VIEWS, MINE)).json()
    assert (await ada.ask("POST", VIEWS, MINE)).json() == first


async def test_views_are_those_of_who_asks(world: World) -> None:
    await create_owner(world)
    ada, bea = await sign_in(world), await person_with(world, "VIEWER")
    saved = (await ada.ask("POST", VIEWS, MINE)).json()
    assert (await bea.ask("GET", VIEWS)).json()["data"] == []
    answer = await bea.ask("PUT", f"{VIEWS}/{saved['id']}", {"name": "Mine"})
    assert refused(answer) == (404, "not_found")
    # whoever sees anything may save it, under whatever name others have
    assert (await bea.ask("POST", VIEWS, MINE)).status_code == 200


async def test_a_name_is_new_in_its_section(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    await ada.ask("POST", VIEWS, MINE)
    again = await ada.ask("POST", VIEWS, MINE)
    assert refused(again) == (409, "duplicate_found")
    assert ".name" in again.json()["details"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"query": "f=a\x7f"}, "query"),
        ({"query": "x" * 2001}, "query"),
        ({"query": None}, "query"),
        ({"section": "Red"}, "section"),
        ({"section": "x" * 61}, "section"),
        ({"section": "../etc"}, "section"),
        ({"project_id": ""}, "project_id"),
    ],
)
async def test_what_cannot_be_is_named(world: World, changed: dict[str, Any], named: str) -> None:
    await create_owner(world)
    answer = await (await sign_in(world)).ask("POST", VIEWS, MINE | changed)
    assert refused(answer) == (400, "invalid_payload")
    assert named in answer.json()["details"]


async def test_a_project_of_others_is_not_known(world: World) -> None:
    await create_owner(world)
    answer = await (await sign_in(world)).ask("POST", VIEWS, MINE | {"project_id": "proj2"})
    assert refused(answer) == (404, "not_found")
