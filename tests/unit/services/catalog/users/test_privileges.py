"""Roles and routes: the table says of every route who may ask, and the gate does as it says."""

import re
from pathlib import Path
from typing import Final

import pytest

from runtime.http.auth import key_kind_of
from runtime.http.errors import ApiError
from schemas.privileges import ADMIN, KEYS_ALONE, PRIVILEGES, ROLES, ROUTES, privilege_of
from tests.contract.answers import ROUTES as CONTRACT
from tests.unit.services.catalog.users.signing import Person, person_with
from tests.unit.services.world import World

#: What only the host does, and what clients of shops' sites ask.
_SERVED: Final = sorted(
    route for route in CONTRACT if key_kind_of(route.partition(" ")[2]) in ("server", "management")
)
#: What only administrators ask, below a project.
_OF_TEAMS: Final = frozenset({"users", "roles", "invitations", "keys", "security"})


def _path(route: str) -> tuple[str, str]:
    """A request of the route; every name in it is that of nothing, but for the project."""
    method, path = route.split(" ")
    parts = ["proj" if part == "{projectId}" else part for part in path.split("/")]
    return method, "/".join("none" if part[:1] == "{" else part for part in parts)


def _may(role: str, method: str, path: str) -> bool:
    """Whether the description of the role allows it, without the table."""
    if path.startswith("/v1/oauth/"):
        return False
    if role == ADMIN:
        return True
    if path.startswith("/management/"):
        if not _OF_TEAMS.isdisjoint(path.split("/")):
            return False
        if (method, path) == ("POST", "/management/v1/projects"):
            return False
        if (method, path) == ("DELETE", "/management/v1/projects/proj"):
            return False
    if role == "USER" or path == "/v1/notifications/read":
        return True
    if path in ("/v1/validation-rules/try", "/v1/stacking-rules/try"):  # which record nothing
        return True
    if method == "GET" and path != "/v1/publications/create":
        return True
    return role == "MERCHANT" and _is_of_a_merchant(method, path)


def _is_of_a_merchant(method: str, path: str) -> bool:
    """Validate, redeem, roll back, publish, customers; and what belongs to that."""
    if path.startswith(("/v1/customers", "/v1/events")):
        return not path.endswith(("/importCSV", "/permanent-deletion"))
    words = path.split("/")
    last = words[-1]
    return (
        last in ("validate", "validation", "qualification", "qualifications", "validations")
        or last in ("redemption", "redemptions", "rollback", "rollbacks")
        or path in ("/v1/publications", "/v1/publications/create")
        # to join a program is to be given a card
        or re.fullmatch("/v1/loyalties/[^/]+/members", path) is not None
        or (method == "DELETE" and "sessions" in words)
    )


@pytest.mark.parametrize("route", _SERVED)
def test_every_route_is_in_a_line(route: str) -> None:
    assert privilege_of(*_path(route)) in {*PRIVILEGES, KEYS_ALONE}


def test_every_line_is_of_a_privilege_and_every_privilege_of_a_line() -> None:
    asked = {line.privilege for line in ROUTES} - {KEYS_ALONE}
    assert asked == set(PRIVILEGES)
    assert len(PRIVILEGES) == len(set(PRIVILEGES))


def test_roles_have_known_privileges_and_the_administrator_all() -> None:
    assert ROLES[ADMIN] == set(PRIVILEGES)
    for role in ROLES.values():
        assert role <= set(PRIVILEGES)


def test_a_viewer_changes_nothing() -> None:
    assert all(each.endswith(".read") for each in ROLES["VIEWER"])


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/none"), ("", "/v1/vouchers")])
def test_what_is_in_no_line_no_user_may_do(method: str, path: str) -> None:
    wanted = None if path == "/v1/none" else "vouchers.write"
    assert privilege_of(method, path) == wanted


@pytest.mark.parametrize("role", ROLES)
async def test_the_gate_lets_a_role_do_what_it_is_for_and_no_more(world: World, role: str) -> None:
    person = await person_with(world, role)
    wrong = []
    for route in _SERVED:
        method, path = _path(route)
        if await _admits(person, method, path) is not _may(role, method, path):
            wrong.append((route, privilege_of(method, path)))
    assert wrong == []


async def _admits(person: Person, method: str, path: str) -> bool:
    """Whether the real gate of the world lets the person ask."""
    gate = person.world.host._edge._gate
    headers = {name.lower().encode(): value.encode() for name, value in person.headers.items()}
    try:
        caller = await gate.admit(path, headers, b"", method)
    except ApiError as refused:
        return refused.refusal.status != 403
    assert caller is not None
    assert (caller.project, caller.kind) == ("proj", "user")
    return True


async def test_whoever_sells_lets_customers_join_and_moves_no_points(world: World) -> None:
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 5}}
    program = {"name": "L", "type": "AUTO_UPDATE", "voucher": card}
    assert (await world.call("POST", "/v1/loyalties", program)).status_code == 200
    person = await person_with(world, "MERCHANT")
    ann = {"customer": {"source_id": "ann"}}
    joined = await person.ask("POST", "/v1/loyalties/L/members", ann)
    assert joined.status_code == 200, joined.text
    member = f"/v1/loyalties/members/{joined.json()['code']}"
    assert (await person.ask("GET", member)).status_code == 200
    for method, path, body in (
        ("POST", f"{member}/balance", {"points": 5}),
        ("POST", "/v1/loyalties/L/earning-rules", []),
        ("PUT", "/v1/loyalties/L", {"description": "D"}),
        ("POST", "/v1/rewards", {"name": "R"}),
    ):
        assert (await person.ask(method, path, body)).status_code == 403, path


async def test_a_user_is_let_in_nowhere_else(world: World) -> None:
    person = await person_with(world, "ADMIN")
    assert (await person.ask("POST", "/client/v1/validations", {})).status_code == 401
    person.headers["X-Project-Id"] = "proj2"
    assert (await person.ask("GET", "/v1/vouchers")).status_code == 403
    person.headers["X-Project-Id"] = "none"
    assert (await person.ask("GET", "/v1/vouchers")).status_code == 403
    del person.headers["X-Project-Id"]
    assert (await person.ask("GET", "/v1/vouchers")).status_code == 403


def test_the_table_is_what_the_documentation_shows() -> None:
    """Every privilege is named where the roles are described."""
    text = Path("docs/api.md").read_text()
    missing = [each for each in PRIVILEGES if f"`{each}`" not in text]
    assert missing == []


@pytest.mark.parametrize("role", ["ADMIN", "USER", "VIEWER", "MERCHANT"])
async def test_what_signs_webhooks_is_shown_to_who_may_set_them_up(world: World, role: str) -> None:
    person = await person_with(world, role)
    shown = (await person.ask("GET", "/management/v1/projects/proj")).json()
    (listed,) = (await person.ask("GET", "/management/v1/projects")).json()["data"]
    assert bool(shown["webhook_token"]) == ("project.write" in ROLES[role])
    assert listed == shown
