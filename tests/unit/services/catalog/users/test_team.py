"""Members, invitations, resets and roles over the management API, by keys and by users."""

from typing import Any

import pytest

from schemas.privileges import ROLES
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.users.signing import (
    ME,
    NOBODY,
    OWNER,
    PASSWORD,
    PROJECT,
    create_owner,
    person_with,
    sign_in,
    try_to_sign_in,
)
from tests.unit.services.world import MANAGEMENT, World

OTHER = {"X-Management-Id": "man2", "X-Management-Token": "t-man2"}
#: A second project's key manages that one alone; here both are the installation's own.
LINK = {"email": "Bea@shop.test", "role": "USER"}


async def _manage(world: World, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return await world.call(method, f"{PROJECT}{path}", body, headers or MANAGEMENT)


async def _accept(world: World, token: str, **more: Any) -> Any:
    body = {"token": token, "name": "Bea B", "password": PASSWORD} | more
    return await world.call("POST", "/users/v1/invitations/accept", body, NOBODY)


async def _user_id(world: World, email: str) -> str:
    members = (await _manage(world, "GET", "/users")).json()["data"]
    return str(next(each["id"] for each in members if each["email"] == email))


async def test_somebody_is_invited_by_a_link_and_comes(world: World) -> None:
    invited = (await _manage(world, "POST", "/invitations", LINK)).json()
    assert (invited["email"], invited["role"]) == ("bea@shop.test", "USER")
    token = invited["url_token"]
    assert token not in repr(world.ledger.records) + repr(world.ledger.commands)
    [listed] = (await _manage(world, "GET", "/invitations")).json()["data"]
    assert "url_token" not in listed
    seen = await world.call("POST", "/users/v1/invitations/look", {"token": token}, NOBODY)
    assert seen.json()["projects"] == [{"id": "proj", "name": "proj", "role": "USER"}]
    assert seen.json()["known"] is False
    assert (await _accept(world, token)).json()["email"] == "bea@shop.test"
    assert refused(await _accept(world, token)) == (404, "link_not_valid")
    bea = await sign_in(world, "bea@shop.test")
    assert (await bea.ask("GET", ME)).json()["projects"][0]["role"] == "USER"
    again = await _manage(world, "POST", "/invitations", LINK)
    assert refused(again) == (409, "duplicate_found")


async def test_whoever_may_read_logs_knows_callers_by_name_and_no_more_of_them(
    world: World,
) -> None:
    await create_owner(world)
    viewer = await person_with(world, "VIEWER")
    told = (await viewer.ask("GET", f"{PROJECT}/callers")).json()["data"]
    members = [each for each in told if each["kind"] == "user"]
    assert [each["name"] for each in members] == ["Ada Lovelace"] * 2
    assert {each["id"] for each in members} >= {await _user_id(world, OWNER)}
    assert {each["kind"] for each in told} == {"user", "server", "client", "management"}
    assert all(set(each) == {"id", "object", "kind", "name"} for each in told)
    assert refused(await viewer.ask("GET", f"{PROJECT}/users"))[0] == 403


async def test_the_same_request_again_shows_the_same_link(world: World) -> None:
    headers = MANAGEMENT | {"Idempotency-Key": "k"}
    first = await world.call("POST", f"{PROJECT}/invitations", LINK, headers)
    again = await world.call("POST", f"{PROJECT}/invitations", LINK, headers)
    assert first.json() == again.json()
    other = await world.call("POST", f"{PROJECT}/invitations", LINK | {"role": "ADMIN"}, headers)
    assert refused(other) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"password": "short"}, ".password"),
        ({"password": None}, ".password"),
        ({"name": None}, ".name"),
    ],
)
async def test_who_comes_needs_name_and_password(
    world: World, more: dict[str, Any], named: str
) -> None:
    token = (await _manage(world, "POST", "/invitations", LINK)).json()["url_token"]
    answer = await _accept(world, token, **more)
    assert refused(answer) == (400, "invalid_payload")
    assert named in answer.json()["details"]


async def test_who_is_known_needs_neither(world: World) -> None:
    await create_owner(world)
    link = {"email": OWNER, "role": "VIEWER"}
    project2 = "/management/v1/projects/proj2"
    token = (await world.call("POST", f"{project2}/invitations", link, OTHER)).json()["url_token"]
    look = await world.call("POST", "/users/v1/invitations/look", {"token": token}, NOBODY)
    assert look.json()["known"] is True
    accept = await world.call("POST", "/users/v1/invitations/accept", {"token": token}, NOBODY)
    assert accept.status_code == 200
    me = (await (await sign_in(world)).ask("GET", ME)).json()
    assert [each["id"] for each in me["projects"]] == ["proj", "proj2"]


async def test_an_invitation_is_taken_back(world: World) -> None:
    invited = (await _manage(world, "POST", "/invitations", LINK)).json()
    path = f"/invitations/{invited['id']}"
    assert (await _manage(world, "DELETE", path)).status_code == 204
    assert (await _manage(world, "DELETE", path)).status_code == 404
    assert refused(await _accept(world, invited["url_token"]))[0] == 404


async def test_the_contract_s_invitation_answers_nothing(world: World) -> None:
    await create_owner(world)
    path = "/management/v1/projects/users/invite"
    body = {"email": "c@shop.test", "first_name": "Cy", "last_name": "Dee"}
    projects = {"projects": {"proj": "VIEWER", "proj2": "USER"}}
    answer = await world.call("POST", path, body | projects, MANAGEMENT)
    assert (answer.status_code, answer.content) == (204, b"")
    [listed] = (await _manage(world, "GET", "/invitations")).json()["data"]
    assert listed["email"] == "c@shop.test"
    ada = await sign_in(world)
    # a user invites to the project that the request names
    assert (await ada.ask("POST", path, body | projects)).status_code == 404
    alone = body | {"email": "d@shop.test", "projects": {"proj": "USER"}}
    assert (await ada.ask("POST", path, alone)).status_code == 204


async def test_members_are_listed_changed_and_taken_out(world: World) -> None:
    await create_owner(world)
    await person_with(world, "USER")
    listed = (await _manage(world, "GET", "/users")).json()
    assert {each["role"] for each in listed["data"]} == {"ADMIN", "USER"}
    user_id = await _user_id(world, "user@shop.test")
    path = f"/users/{user_id}"
    shown = (await _manage(world, "GET", path)).json()
    assert (shown["first_name"], shown["last_name"]) == ("Ada", "Lovelace")
    changed = (await _manage(world, "PUT", path, {"role": "VIEWER"})).json()
    assert changed["projects"] == {"proj": "VIEWER"}
    assert (await _manage(world, "PUT", path, changed)).json() == changed
    assert (await _manage(world, "DELETE", path)).status_code == 204
    for method, body in (("GET", None), ("PUT", {"role": "USER"}), ("DELETE", None)):
        assert (await _manage(world, method, path, body)).status_code == 404
    back = await _manage(world, "POST", "/users", {"id": user_id, "role": "USER"})
    assert back.json()["role"] == "USER"


async def test_the_last_administrator_stays(world: World) -> None:
    await create_owner(world)
    path = f"/users/{await _user_id(world, OWNER)}"
    assert refused(await _manage(world, "DELETE", path)) == (400, "last_administrator")
    down = await _manage(world, "PUT", path, {"role": "USER"})
    assert refused(down) == (400, "last_administrator")


@pytest.mark.parametrize(
    "body",
    [
        {"role": "USER"},
        {"id": "user_x", "login": OWNER, "role": "USER"},
        {"login": "no address", "role": "USER"},
        {"login": OWNER},
        {"login": OWNER, "role": "KING"},
    ],
)
async def test_an_assignment_names_one_user_and_a_role(world: World, body: dict[str, Any]) -> None:
    await create_owner(world)
    assert refused(await _manage(world, "POST", "/users", body)) == (400, "invalid_payload")


async def test_a_password_is_reset_by_a_link_once(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    path = f"/users/{await _user_id(world, OWNER)}/password-reset"
    token = (await _manage(world, "POST", path)).json()["url_token"]
    assert token not in repr(world.ledger.records) + repr(world.ledger.commands)
    accept = "/users/v1/password-resets/accept"
    weak = await world.call("POST", accept, {"token": token, "password": "x"}, NOBODY)
    assert refused(weak) == (400, "invalid_payload")
    body = {"token": token, "password": "a password after that"}
    assert (await world.call("POST", accept, body, NOBODY)).status_code == 204
    assert refused(await world.call("POST", accept, body, NOBODY)) == (404, "link_not_valid")
    assert refused(await ada.ask("GET", ME))[0] == 401
    assert (await try_to_sign_in(world, password=body["password"])).status_code == 200


async def test_a_role_of_a_project_s_own_holds_at_once(world: World) -> None:
    roles = (await _manage(world, "GET", "/roles")).json()["data"]
    assert [each["id"] for each in roles] == list(ROLES)
    body = {"name": "Support", "privileges": ["vouchers.read", "vouchers.read"]}
    role = (await _manage(world, "POST", "/roles", body)).json()
    assert role["privileges"] == ["vouchers.read"]
    person = await person_with(world, role["id"])
    assert (await person.ask("GET", "/v1/vouchers/none")).status_code == 404
    denied = await person.ask("POST", "/v1/vouchers/X", {})
    assert refused(denied) == (403, "missing_required_permission")
    assert "vouchers.write" in denied.json()["details"]
    path = f"/roles/{role['id']}"
    await _manage(world, "PUT", path, {"privileges": ["vouchers.write"]})
    assert (await person.ask("POST", "/v1/vouchers/X", {})).status_code == 400
    assert (await person.ask("GET", "/v1/vouchers/X")).status_code == 403
    assert (await _manage(world, "GET", path)).json()["privileges"] == ["vouchers.write"]
    assert refused(await _manage(world, "DELETE", path)) == (400, "resource_in_use")
    me = (await person.ask("GET", ME)).json()
    assert me["projects"][0]["role_name"] == "Support"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/roles", {"name": "x", "privileges": ["fly"]}, 400),
        ("POST", "/roles", {"name": "", "privileges": []}, 400),
        ("POST", "/roles", {"name": "ADMIN", "privileges": []}, 409),
        ("PUT", "/roles/ADMIN", {"privileges": []}, 400),
        ("DELETE", "/roles/ADMIN", None, 400),
        ("GET", "/roles/VIEWER", None, 200),
        ("GET", "/roles/role_x", None, 404),
        ("PUT", "/roles/role_x", {"name": "y"}, 404),
        ("DELETE", "/roles/role_x", None, 404),
        ("GET", "/users/user_x", None, 404),
        ("POST", "/users/user_x/password-reset", None, 404),
        ("POST", "/invitations", {"email": "x", "role": "USER"}, 400),
        ("POST", "/invitations", {"email": "x@y", "role": "KING"}, 400),
    ],
)
async def test_what_is_refused(
    world: World, method: str, path: str, body: Any, status: int
) -> None:
    assert (await _manage(world, method, path, body)).status_code == status


async def test_a_user_manages_the_project_that_is_named_and_no_other(world: World) -> None:
    admin = await person_with(world, "ADMIN")
    for path in ("", "/users", "/roles", "/invitations", "/webhooks"):
        assert (await admin.ask("GET", f"{PROJECT}{path}")).status_code == 200
        assert (await admin.ask("GET", f"/management/v1/projects/proj2{path}")).status_code == 404
    listed = (await admin.ask("GET", "/management/v1/projects")).json()
    assert [each["id"] for each in listed["data"]] == ["proj"]


async def test_who_makes_a_project_administers_it_and_may_delete_it(world: World) -> None:
    admin = await person_with(world, "ADMIN")
    body = {"name": "New", "timezone": "Etc/UTC", "currency": "EUR", "case_sensitive_codes": True}
    made = (await admin.ask("POST", "/management/v1/projects", body)).json()
    me = (await admin.ask("GET", ME)).json()
    assert [(each["name"], each["role"]) for each in me["projects"]] == [
        ("New", "ADMIN"),
        ("proj", "ADMIN"),
    ]
    path = f"/management/v1/projects/{made['id']}"
    assert (await admin.ask("DELETE", path)).status_code == 404
    admin.headers["X-Project-Id"] = made["id"]
    assert (await admin.ask("DELETE", path)).status_code == 204
    assert refused(await admin.ask("GET", "/v1/vouchers")) == (403, "forbidden")
