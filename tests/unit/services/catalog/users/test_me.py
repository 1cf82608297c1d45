"""The own account: what users see and change of themselves."""

from typing import Any

import pytest

from engine.users.store import find_user_by_email
from schemas.projects import CONTROL_PROJECT
from schemas.user_commands import CreateUser
from services.catalog.users.throttle import FREE
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.users.signing import (
    HASHED,
    ME,
    OWNER,
    PASSWORD,
    SESSIONS,
    create_owner,
    sign_in,
    try_to_sign_in,
)
from tests.unit.services.world import World

NEW = "another long password"


async def test_a_user_is_shown_with_what_may_be_done_where(world: World) -> None:
    await create_owner(world, "VIEWER")
    me = (await (await sign_in(world)).ask("GET", ME)).json()
    [project] = me["projects"]
    assert (project["id"], project["role"], project["timezone"]) == ("proj", "VIEWER", "Etc/UTC")
    assert "vouchers.read" in project["privileges"]
    assert "vouchers.write" not in project["privileges"]


async def test_only_what_is_named_changes(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    await ada.ask("PUT", ME, {"name": " Ada King ", "theme": "dark"})
    me = (await ada.ask("PUT", ME, {"language": "pl", "density": "compact"})).json()
    shown = (me["name"], me["theme"], me["language"], me["density"])
    assert shown == ("Ada King", "dark", "pl", "compact")
    # as it is shown it may be sent back
    assert (await ada.ask("PUT", ME, me)).json() == me


async def test_the_release_whose_news_was_read_is_the_user_s_own(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    me = (await ada.ask("GET", ME)).json()
    # to who comes for the first time nothing is news
    assert (me["release_installed"], me["release_read"]) == ("1.2.3", "1.2.3")
    await ada.ask("PUT", ME, {"release_read": "1.2.0"})
    await ada.ask("PUT", ME, {"theme": "dark"})
    again = await sign_in(world)
    assert (await again.ask("GET", ME)).json()["release_read"] == "1.2.0"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"theme": "pink"}, "theme"),
        ({"density": 3}, "density"),
        ({"language": "polish"}, "language"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"release_read": "1.2"}, "release_read"),
        ({"release_read": "1.2.3\n"}, "release_read"),
    ],
)
async def test_what_cannot_be_is_named(world: World, body: dict[str, Any], named: str) -> None:
    await create_owner(world)
    answer = await (await sign_in(world)).ask("PUT", ME, body)
    assert refused(answer) == (400, "invalid_payload")
    assert named in answer.json()["details"]


async def test_the_password_changes_and_other_sessions_end(world: World) -> None:
    await create_owner(world)
    ada, elsewhere = await sign_in(world), await sign_in(world)
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert (await ada.ask("POST", f"{ME}/password", body)).status_code == 204
    assert (await ada.ask("GET", ME)).status_code == 200
    assert refused(await elsewhere.ask("GET", ME))[0] == 401
    assert refused(await try_to_sign_in(world))[0] == 401
    assert (await try_to_sign_in(world, password=NEW)).status_code == 200
    acts = (await ada.ask("GET", f"{ME}/activity")).json()["data"]
    assert {"password_changed", "session_ended"} <= {each["type"] for each in acts}


@pytest.mark.parametrize("new", ["short", "x" * 129, OWNER, "a" * 20, PASSWORD])
async def test_a_password_that_is_easy_to_guess_is_refused(world: World, new: str) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    body = {"current_password": PASSWORD, "new_password": new}
    answer = await ada.ask("POST", f"{ME}/password", body)
    assert refused(answer) == (400, "invalid_payload")
    assert ".new_password" in answer.json()["details"]
    assert new not in answer.text


async def test_guesses_at_the_password_before_are_slowed(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    body = {"current_password": "wrong", "new_password": NEW}
    for _ in range(FREE):
        assert refused(await ada.ask("POST", f"{ME}/password", body))[1] == "wrong_password"
    assert refused(await ada.ask("POST", f"{ME}/password", body))[0] == 429
    assert refused(await try_to_sign_in(world))[0] == 429


async def test_a_first_password_has_to_be_changed_before_anything_else(world: World) -> None:
    command = CreateUser(OWNER, "Ada", HASHED, {"proj": "ADMIN"})
    await world.ledger.send(CONTROL_PROJECT, command, key_kind="system")
    ada = await sign_in(world)
    assert (await ada.ask("GET", ME)).json()["must_change_password"] is True
    for method, path in (
        ("PUT", ME),
        ("GET", f"{ME}/sessions"),
        ("POST", f"{ME}/two-factor"),
        ("GET", "/v1/vouchers"),
        ("GET", "/management/v1/projects"),
    ):
        answer = await ada.ask(method, path, {} if method != "GET" else None)
        assert refused(answer) == (403, "password_change_required"), path
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert (await ada.ask("POST", f"{ME}/password", body)).status_code == 204
    assert (await ada.ask("GET", f"{ME}/sessions")).status_code == 200
    assert (await ada.ask("DELETE", f"{SESSIONS}/current")).status_code == 204


async def test_sessions_are_seen_and_ended(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    world.ledger.now += 1
    others = [await sign_in(world), await sign_in(world)]
    listed = (await ada.ask("GET", f"{ME}/sessions")).json()["data"]
    assert [each["current"] for each in listed] == [False, False, True]
    path = f"{ME}/sessions/{listed[0]['id']}"
    assert (await ada.ask("DELETE", path)).status_code == 204
    assert refused(await ada.ask("DELETE", path)) == (404, "not_found")
    assert sorted([(await each.ask("GET", ME)).status_code for each in others]) == [200, 401]
    assert (await ada.ask("DELETE", f"{ME}/sessions")).status_code == 204
    assert {(await each.ask("GET", ME)).status_code for each in others} == {401}
    assert (await ada.ask("GET", f"{ME}/sessions")).json()["total"] == 1


async def test_a_second_factor_wants_the_password_and_a_code(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    assert refused(await ada.ask("POST", f"{ME}/two-factor", {"password": "no"}))[0] == 400
    nothing = await ada.ask("POST", f"{ME}/two-factor/confirm", {"code": "123456"})
    assert refused(nothing) == (400, "invalid_payload")


async def test_where_a_host_on_this_machine_asks_it_says_for_whom(world: World) -> None:
    await create_owner(world)
    for said, seen in (
        ("10.1.2.3", "10.1.2.3"),
        ("9.9.9.9, 10.1.2.3", "10.1.2.3"),
        ("nonsense", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
    ):
        headers = {"X-Forwarded-For": said, "User-Agent": "a" * 400}
        body = {"email": OWNER, "password": PASSWORD}
        token = (await world.call("POST", SESSIONS, body, headers)).json()["token"]
        shown = await world.call("GET", f"{ME}/activity", None, {"X-Session-Token": token})
        assert shown.json()["data"][0]["ip"] == seen
        assert len(shown.json()["data"][0]["agent"]) == 256


async def test_of_a_user_who_is_gone_a_session_is_worth_nothing(world: World) -> None:
    assert find_user_by_email(world.ledger.view(CONTROL_PROJECT), OWNER) is None
    assert refused(await world.call("GET", ME, None, {"X-Session-Token": "t"}))[0] == 401
