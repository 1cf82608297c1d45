"""People who sign in to the API of a world, as browsers do."""

import base64
from typing import Any

import httpx

from engine.users.store import find_user_by_email
from schemas.projects import CONTROL_PROJECT
from schemas.user_commands import ChangePassword, CreateUser
from services.catalog.users.codes import STEP_MS, code_at
from tests.unit.services.world import MANAGEMENT, World, hash_cheaply

OWNER = "ada@shop.test"
PASSWORD = "correct horse battery"
HASHED = hash_cheaply(PASSWORD)
SESSIONS = "/users/v1/sessions"
ME = "/users/v1/me"
PROJECT = "/management/v1/projects/proj"
NOBODY: dict[str, str] = {}


class Person:
    """Somebody with a session; every request names the project `proj`."""

    def __init__(self, world: World, token: str, project: str = "proj") -> None:
        self.world = world
        self.token = token
        self.headers = {"X-Session-Token": token, "X-Project-Id": project}

    async def ask(self, method: str, path: str, body: Any = None, **named: Any) -> httpx.Response:
        """One request of this person."""
        return await self.world.call(method, path, body, self.headers, **named)


async def create_owner(world: World, role: str = "ADMIN", email: str = OWNER) -> None:
    """A user of the project, who need not change the password."""
    command = CreateUser(email, "Ada Lovelace", "none", {})
    await world.ledger.send(CONTROL_PROJECT, command, key_kind="system")
    await set_password(world, email)
    assigned = await world.call(
        "POST", f"{PROJECT}/users", {"login": email, "role": role}, MANAGEMENT
    )
    assert assigned.status_code == 200, assigned.text


async def set_password(world: World, email: str) -> None:
    """The user has the password, and has changed it."""
    user = find_user_by_email(world.ledger.view(CONTROL_PROJECT), email)
    assert user is not None
    command = ChangePassword(user.id, HASHED, user.credentials)
    await world.ledger.send(CONTROL_PROJECT, command, key_kind="user")


async def try_to_sign_in(
    world: World, email: str = OWNER, password: str = PASSWORD, **more: Any
) -> httpx.Response:
    """The answer to somebody who signs in."""
    return await world.call("POST", SESSIONS, {"email": email, "password": password} | more, NOBODY)


async def sign_in(world: World, email: str = OWNER, **more: Any) -> Person:
    """Somebody who signed in."""
    answer = await try_to_sign_in(world, email, **more)
    assert answer.status_code == 200, answer.text
    return Person(world, answer.json()["token"])


async def person_with(world: World, role: str) -> Person:
    """Somebody who has a role in the project."""
    email = f"{role.lower()}@shop.test"
    await create_owner(world, role, email)
    return await sign_in(world, email)


async def invite_person(world: World, role: str, email: str = "bea@shop.test") -> Person:
    """Somebody who came by a link, as all but the first user do."""
    body = {"email": email, "role": role, "name": "Bea"}
    link = (await world.call("POST", f"{PROJECT}/invitations", body, MANAGEMENT)).json()
    accepted = {"token": link["url_token"], "password": PASSWORD}
    done = await world.call("POST", "/users/v1/invitations/accept", accepted, NOBODY)
    assert done.status_code == 200, done.text
    return await sign_in(world, email)


def code_now(world: World, secret: str) -> str:
    """What a device shows."""
    return code_at(base64.b32decode(secret), world.ledger.now // STEP_MS)
