"""People who work with the dashboard: invited through the API, signed in by it or by hand."""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from tests.contract.answers import client
from tests.e2e.system import System

SESSION_COOKIE = "tessera"


class Person(NamedTuple):
    """Somebody who can sign in."""

    name: str
    email: str
    password: str


def new_person(system: System, role: str = "ADMIN", name: str = "Ada Byron") -> Person:
    """Somebody new, with a role in the first project."""
    return take_part(system, system.keys["project_id"], role, name)


def take_part(system: System, project: str, role: str, name: str) -> Person:
    """Somebody new, with a role in that project and in no other."""
    own = secrets.token_hex(6)
    person = Person(name, f"{own}@people.test", f"a long password {own}")
    token = invite(system, project, person.email, role)
    accepted = {"token": token, "name": person.name, "password": person.password}
    with client(base_url=system.url, patient=True) as http:
        _post(http, "/users/v1/invitations/accept", accepted)
    return person


def invite(system: System, project: str, email: str, role: str) -> str:
    """What opens the link of a new invitation."""
    path, said = f"/management/v1/projects/{project}/invitations", {"email": email, "role": role}
    with client(base_url=system.url, patient=True) as http:
        return str(_post(http, path, said, manager_key(system))["url_token"])


def manager_key(system: System) -> dict[str, str]:
    """The headers of the first management key."""
    keys = system.keys
    return {
        "X-Management-Id": keys["management_id"],
        "X-Management-Token": keys["management_token"],
    }


def session_token(system: System, person: Person) -> str:
    """The token of a new session of theirs."""
    with client(base_url=system.url, patient=True) as http:
        begun = _post(
            http, "/users/v1/sessions", {"email": person.email, "password": person.password}
        )
    return str(begun["token"])


def bring_session(context: BrowserContext, address: str, token: str) -> None:
    """Has the browser be signed in with it."""
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])


def sign_in(page: Page, person: Person) -> None:
    """Signs in by hand, as a person does; the first page is open afterwards."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation").first).to_be_visible()


def _post(
    http: httpx.Client, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Any:
    answer = http.post(path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()
