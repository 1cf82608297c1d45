"""Who gets in, to what, and for how long: asked as browsers ask, without one."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.browser.hostile import Hostile
from tests.browser.people import (
    SESSION_COOKIE,
    Person,
    invite,
    manager_key,
    new_person,
    session_token,
)
from tests.browser.test_redemptions import make_voucher, redeem
from tests.contract.answers import client
from tests.e2e.plain import Plain
from tests.e2e.system import System, eventually

OURS = {"Sec-Fetch-Site": "same-origin"}
#: A change of a session or a role is known to a page after that.
KNOWN_SECONDS_MAX = 60.0


def desk(system: System, token: str = "") -> httpx.Client:
    """The dashboard, asked with a session."""
    cookies = {SESSION_COOKIE: token} if token else {}
    return httpx.Client(
        base_url=system.dashboard_url, cookies=cookies, headers=OURS, timeout=120, trust_env=False
    )


@pytest.fixture(scope="module")
def other(system: System) -> Iterator[Hostile]:
    """A project of others."""
    made = Hostile(system)
    yield made
    made.close()


def ask_api(system: System, token: str, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"X-Session-Token": token, "X-Project-Id": system.keys["project_id"]}
    with client(base_url=system.url, headers=headers, patient=True) as http:
        return http.request(method, path, **more)


def test_things_of_another_project_are_unknown(
    system: System, admin: Person, other: Hostile
) -> None:
    make_voucher(other.plain, "OF-OTHERS", metadata={"mark": "secret-of-others"})
    done = redeem(other.plain, "OF-OTHERS")["redemptions"][0]["id"]
    exported = other.take(
        "/v1/exports", {"exported_object": "voucher", "parameters": {"fields": ["code"]}}
    )["id"]
    eventually(lambda: other.plain.get("/v1/redemptions", limit=1)["total"])
    with desk(system, session_token(system, admin)) as http:
        for address in (
            f"/redemptions/{done}",
            f"/redemptions?open={done}",
            f"/exports/{exported}",
            f"/exports/{exported}/state",
            f"/exports/{exported}/file",
            f"/redemptions?project={other.project}",
            f"/live?project={other.project}",
        ):
            answer = http.get(address)
            assert answer.status_code == 404, address
            assert "OF-OTHERS" not in answer.text
            assert "secret-of-others" not in answer.text
        for address in (f"/redemptions/{done}/rollback", f"/exports/{exported}/delete"):
            assert http.post(address, data={"reason": "x"}).status_code == 404, address
        http.cookies.set("tessera-project", other.project)
        shown = http.get("/redemptions")
        assert shown.status_code == 200
        assert "OF-OTHERS" not in shown.text
        assert other.project not in shown.text
    assert other.plain.get(f"/v1/redemptions/{done}")["status"] == "SUCCEEDED"


def test_a_role_does_what_it_is_for_and_no_more(system: System, plain: Plain) -> None:
    make_voucher(plain, "NOT-FOR-VIEWERS")
    done = redeem(plain, "NOT-FOR-VIEWERS")["redemptions"][0]["id"]
    viewer = session_token(system, new_person(system, "VIEWER"))
    with desk(system, viewer) as http:
        page = http.get(f"/redemptions/{done}")
        assert page.status_code == 200
        assert "Roll back" not in page.text
        refused = http.post(f"/redemptions/{done}/rollback", data={"reason": "x"})
        assert refused.status_code == 403
        assert http.get("/exports/new").status_code == 403
    assert plain.get(f"/v1/redemptions/{done}")["status"] == "SUCCEEDED"


def test_who_signs_out_is_out_of_the_api_too(system: System, admin: Person) -> None:
    token = session_token(system, admin)
    with desk(system, token) as http:
        assert http.get("/redemptions").status_code == 200
        left = http.post("/sign-out")
        assert (left.status_code, left.headers["location"]) == (303, "/sign-in")
    assert ask_api(system, token, "GET", "/users/v1/me").status_code == 401


@pytest.mark.parametrize("change", ["session ended", "role taken"])
def test_a_change_is_known_to_open_streams_and_pages(system: System, change: str) -> None:
    person = new_person(system)
    token, another = session_token(system, person), session_token(system, person)
    me = ask_api(system, token, "GET", "/users/v1/me").json()
    with desk(system, token) as http, http.stream("GET", "/live") as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines()
        assert any("event: rate" in each for each in lines)
        if change == "session ended":
            ended = f"/users/v1/me/sessions/{me['session_id']}"
            assert ask_api(system, another, "DELETE", ended).status_code == 204
        else:
            member = f"/management/v1/projects/{system.keys['project_id']}/users/{me['id']}"
            with client(base_url=system.url, headers=manager_key(system), patient=True) as manager:
                assert manager.delete(member).status_code == 204
        begun = time.monotonic()
        assert any("event: closed" in each for each in lines)
        assert time.monotonic() - begun < KNOWN_SECONDS_MAX
        shown = http.get("/redemptions")
        assert shown.status_code == (303 if change == "session ended" else 403)


def test_guesses_are_slowed_and_the_person_sees_them(system: System) -> None:
    person = new_person(system)
    token = session_token(system, person)
    with desk(system) as http:
        form = {"email": person.email, "password": "a guess at it"}
        told = [http.post("/sign-in", data=form) for _ in range(7)]
        assert [each.status_code for each in told[:5]] == [401] * 5
        assert told[-1].status_code == 429
        assert "Too many attempts" in told[-1].text
        assert "set-cookie" not in told[-1].headers
        unknown = http.post("/sign-in", data=form | {"email": "nobody@people.test"})
        assert unknown.status_code == 401
        assert "The e-mail or the password is wrong" in unknown.text

    def failures() -> int:
        rows = ask_api(system, token, "GET", "/users/v1/me/activity").json()["data"]
        return sum(each["type"] == "sign_in_failed" for each in rows)

    eventually(lambda: failures() >= 5)


def test_no_token_and_no_password_is_kept_anywhere(system: System) -> None:
    person = new_person(system)
    with desk(system) as http:
        form = {"email": person.email, "password": person.password}
        begun = http.post("/sign-in", data=form)
        token = begun.cookies[SESSION_COOKIE]
        http.get("/redemptions", params={"f": "voucher_code:is:X"})
        http.get("/sign-in")
        http.post("/sign-in", data=form | {"password": person.password + "!"})
        http.post("/sign-out")
        link = invite(system, system.keys["project_id"], "kept@people.test", "VIEWER")
        shown = http.post("/invitation", data={"link": f"/invitation#token={link}"})
        assert "You are invited" in http.get(shown.headers["location"]).text
    eventually(lambda: ask_api(system, token, "GET", "/users/v1/me").status_code == 401)
    time.sleep(1)
    hidden = (token.encode(), person.password.encode(), link.encode())
    found = [str(file) for file, content in system.contents() if any(h in content for h in hidden)]
    assert found == []
