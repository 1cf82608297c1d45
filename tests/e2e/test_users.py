"""People on the running system: invited, signed in, allowed what their role allows, and out at once.

The story ends with a search for every password and token that it had, in the topics and the logs.
"""

import asyncio
import base64
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from schemas.topics import API_CALLS, COMMANDS, LEDGER
from services.catalog.users.codes import STEP_MS, code_at
from tests.contract.answers import client
from tests.e2e.kafka_log import Log
from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, asked
from tests.e2e.system import System, eventually

PASSWORD = "a long password of Bea"
LATER = "a later password of Bea"
WRONG = "what somebody guessed"
ME = "/users/v1/me"
SESSIONS = "/users/v1/sessions"


class People:
    """Plain HTTP of people, and every secret that they had."""

    def __init__(self, system: System) -> None:
        self.keys = system.keys
        self.project = self.keys["project_id"]
        self.path = f"/management/v1/projects/{self.project}"
        self.secrets = {PASSWORD, LATER, WRONG, self.keys["dashboard_password"]}
        self.http = client(base_url=system.url, patient=True)

    def manage(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """A request with the management key."""
        headers = {
            "X-Management-Id": self.keys["management_id"],
            "X-Management-Token": self.keys["management_token"],
        }
        return self.http.request(method, f"{self.path}{path}", json=body, headers=headers)

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> httpx.Response:
        """A request of somebody who is signed in, or of nobody."""
        headers = {"X-Session-Token": token, "X-Project-Id": self.project} if token else {}
        return self.http.request(method, path, json=body, headers=headers)

    def invited(self, email: str, role: str) -> str:
        """The id of somebody who was invited, and came."""
        link = self.manage("POST", "/invitations", {"email": email, "role": role}).json()
        token = self.kept(link["url_token"])
        look = self.ask("POST", "/users/v1/invitations/look", {"token": token}).json()
        assert (look["email"], look["known"]) == (email, False)
        body = {"token": token, "name": "Bea Bell", "password": PASSWORD}
        accepted = self.ask("POST", "/users/v1/invitations/accept", body)
        assert accepted.status_code == 200, accepted.text
        return str(accepted.json()["id"])

    def try_to_sign_in(self, email: str, password: str, **more: str) -> httpx.Response:
        """The answer to somebody who signs in."""
        return self.ask("POST", SESSIONS, {"email": email, "password": password} | more)

    def signed_in(self, email: str, password: str = PASSWORD, **more: str) -> str:
        """The token of somebody who signed in."""
        answer = self.try_to_sign_in(email, password, **more)
        assert answer.status_code == 200, answer.text
        return self.kept(answer.json()["token"])

    def kept(self, secret: str) -> str:
        """A secret, which is searched for in the end."""
        self.secrets.add(secret)
        return secret


@pytest.fixture
def people(system: System) -> Iterator[People]:
    """Somebody without a key of their own."""
    made = People(system)
    yield made
    made.http.close()
    for name, text in system.logs().items():
        found = [secret for secret in made.secrets if secret in text]
        assert found == [], name
    log = Log(system.bootstrap)
    for topic in (COMMANDS, LEDGER, API_CALLS):
        lying = asyncio.run(log.read(topic))
        for entry in lying:
            found = [secret for secret in made.secrets if secret in entry.text]
            assert found == [], (topic, entry.offset)


def test_the_first_user_has_to_change_the_password_before_anything_else(people: People) -> None:
    token = people.signed_in(people.keys["dashboard_email"], people.keys["dashboard_password"])
    me = people.ask("GET", ME, token=token).json()
    assert me["must_change_password"] is True
    assert [(each["id"], each["role"]) for each in me["projects"]] == [(people.project, "ADMIN")]
    for path in ("/v1/vouchers", people.path, f"{ME}/sessions"):
        answer = people.ask("GET", path, token=token)
        assert refused(answer) == (403, "password_change_required")
    assert people.ask("DELETE", f"{SESSIONS}/current", token=token).status_code == 204


def test_somebody_comes_by_a_link_and_may_do_what_the_role_allows(
    people: People, shop: Shop, plain: Plain
) -> None:
    user_id = people.invited("merchant@shop.test", "MERCHANT")
    token = people.signed_in("merchant@shop.test")
    code = shop.discount().code
    # of the api host, then of the one behind it
    for path in (f"/v1/vouchers/{code}", "/v1/vouchers", "/v1/audit/api-calls", people.path):
        assert people.ask("GET", path, token=token).status_code == 200
    redeemed = people.ask("POST", "/v1/redemptions", asked((code,), {}), token=token)
    channel = redeemed.json()["redemptions"][0]["channel"]
    assert channel == {"channel_id": user_id, "channel_type": "USER"}
    denied = people.ask("POST", "/v1/vouchers/BY-A-MERCHANT", {}, token=token)
    assert refused(denied) == (403, "missing_required_permission")
    assert "vouchers.write" in denied.json()["details"]
    listed = plain.get("/v1/redemptions", **{"filters[user_login][conditions][$is]": user_id})
    assert [each["voucher"]["code"] for each in listed["redemptions"]] == [code]

    def calls() -> Any:
        filters = {"filters[key_kind][conditions][$is]": "user"}
        found = plain.get("/v1/audit/api-calls", **filters)["data"]
        return [each for each in found if each["key"] == {"id": user_id, "kind": "user"}]

    eventually(lambda: any(each["path"] == "/v1/redemptions" for each in calls()))


def test_a_rule_knows_who_asks(people: People, plain: Plain) -> None:
    people.invited("rita@shop.test", "USER")
    token = people.signed_in("rita@shop.test")
    rule = {
        "name": "By Rita, twice",
        "rules": {
            "1": {"name": "redemption.user.login", "conditions": {"$is": ["rita@shop.test"]}},
            "2": {"name": "redemption.count.per_user", "conditions": {"$less_than_or_equal": [2]}},
            "logic": "1 and 2",
        },
    }
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 100}}
    voucher = people.ask("POST", "/v1/vouchers", body, token=token).json()
    rule_id = people.ask("POST", "/v1/validation-rules", rule, token=token).json()["id"]
    related = {"related_object_id": voucher["code"], "related_object_type": "voucher"}
    path = f"/v1/validation-rules/{rule_id}/assignments"
    assert people.ask("POST", path, related, token=token).status_code == 200
    order = asked((voucher["code"],), {})
    assert plain.ask("POST", "/v1/redemptions", json=order).status_code == 400
    statuses = [
        people.ask("POST", "/v1/redemptions", order, token=token).status_code for _ in range(3)
    ]
    assert statuses == [200, 200, 400]


def test_a_second_factor_asks_for_a_code_that_works_once(people: People) -> None:
    people.invited("device@shop.test", "VIEWER")
    token = people.signed_in("device@shop.test")
    made = people.ask("POST", f"{ME}/two-factor", {"password": PASSWORD}, token).json()
    secret = base64.b32decode(people.kept(made["secret"]))
    code = code_at(secret, _step())
    confirmed = people.ask("POST", f"{ME}/two-factor/confirm", {"code": code}, token)
    codes = [people.kept(each) for each in confirmed.json()["recovery_codes"]]
    missing = people.try_to_sign_in("device@shop.test", PASSWORD)
    assert refused(missing) == (401, "second_factor_required")
    used = people.try_to_sign_in("device@shop.test", PASSWORD, code=code)
    assert refused(used) == (401, "invalid_code")
    people.signed_in("device@shop.test", code=code_at(secret, _step() + 1))
    people.signed_in("device@shop.test", code=codes[0])
    again = people.try_to_sign_in("device@shop.test", PASSWORD, code=codes[0])
    assert refused(again) == (401, "invalid_code")
    off = people.ask("DELETE", f"{ME}/two-factor", {"password": PASSWORD}, token)
    assert off.status_code == 204


def test_what_is_taken_away_works_nowhere_after_a_second(people: People) -> None:
    user_id = people.invited("leaver@shop.test", "USER")
    first, second = people.signed_in("leaver@shop.test"), people.signed_in("leaver@shop.test")
    paths = ("/v1/vouchers/none", "/v1/vouchers", people.path)

    def statuses(token: str) -> set[int]:
        return {people.ask("GET", path, token=token).status_code for path in paths}

    assert statuses(first) == statuses(second) == {200, 404}
    assert people.ask("DELETE", f"{ME}/sessions", token=first).status_code == 204
    time.sleep(1)
    assert statuses(second) == {401}
    viewer = people.manage("PUT", f"/users/{user_id}", {"role": "VIEWER"})
    assert viewer.json()["role"] == "VIEWER"
    time.sleep(1)
    denied = people.ask("POST", "/v1/vouchers", {}, first)
    assert refused(denied) == (403, "missing_required_permission")
    assert people.manage("DELETE", f"/users/{user_id}").status_code == 204
    time.sleep(1)
    assert statuses(first) == {403}
    assert people.ask("GET", ME, token=first).json()["projects"] == []


def test_a_forgotten_password_is_set_anew_by_a_link(people: People) -> None:
    user_id = people.invited("forgetful@shop.test", "USER")
    token = people.signed_in("forgetful@shop.test")
    link = people.manage("POST", f"/users/{user_id}/password-reset").json()["url_token"]
    body = {"token": people.kept(link), "password": LATER}
    assert people.ask("POST", "/users/v1/password-resets/accept", body).status_code == 204
    again = people.ask("POST", "/users/v1/password-resets/accept", body)
    assert refused(again) == (404, "link_not_valid")
    assert people.ask("GET", ME, token=token).status_code == 401
    people.signed_in("forgetful@shop.test", LATER)


def test_guesses_are_slowed_and_can_be_seen(people: People) -> None:
    people.invited("guessed@shop.test", "USER")
    token = people.signed_in("guessed@shop.test")
    for _ in range(5):
        answer = people.try_to_sign_in("guessed@shop.test", WRONG)
        assert refused(answer) == (401, "invalid_credentials")
    slowed = people.try_to_sign_in("guessed@shop.test", PASSWORD)
    assert refused(slowed) == (429, "too_many_requests")
    time.sleep(int(slowed.headers["retry-after"]))
    people.signed_in("guessed@shop.test")

    def failures() -> int:
        acts = people.ask("GET", f"{ME}/activity", token=token).json()["data"]
        return [each["type"] for each in acts].count("sign_in_failed")

    eventually(lambda: failures() == 5)


def _step() -> int:
    return int(time.time() * 1000) // STEP_MS
