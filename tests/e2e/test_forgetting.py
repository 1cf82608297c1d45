"""A customer who is forgotten cannot be read any more: not by the API, and in no file.

The story searches every file of the installation for what was personal, the records of the topics
and the rows of the tables, before and after everything was built anew from the log.
"""

import asyncio
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from rocksdict import AccessType, Options, Rdict

from schemas.topics import COMMANDS, TOPICS
from tests.e2e.kafka_log import Log
from tests.e2e.plain import Plain, refused
from tests.e2e.system import System, eventually

ANN, BEN = "ann.forgotten@shop.test", "ben@shop.test"
#: Who has nothing but an address.
GUEST = "guest.forgotten@shop.test"
#: Who worked in the shop and was deleted.
MEMBER = "member.forgotten@shop.test"
#: What nobody may find of them afterwards: her source id, name, phone, city and free metadata; and
#: the addresses of the guest and the member.
PERSONAL = (
    ANN,
    "Ann-Katrin Vergessen",
    "+43 664 9876543",
    "Untertulln",
    "likes-green-tea",
    GUEST,
    MEMBER,
)
SAID = {
    "source_id": ANN,
    "email": ANN,
    "name": PERSONAL[1],
    "phone": PERSONAL[2],
    "address": {"city": PERSONAL[3]},
    "metadata": {"taste": PERSONAL[4]},
}
FORGET = "/v1/customers/{}/permanent-deletion"


@pytest.fixture
def system(tmp_path: Path) -> System:
    """One of its own, whose files belong to the story alone."""
    return System(tmp_path / "home")


def _plain(system: System) -> Plain:
    return Plain(system.url, system.server_key)


def _story(plain: Plain) -> str:
    """Ann does whatever a customer does, beside Ben; her id."""

    def post(path: str, body: Any, **more: Any) -> Any:
        answer = plain.ask("POST", path, json=body, **more)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()

    for code in ("TEN", "TWO"):
        terms = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 300}}
        post(f"/v1/vouchers/{code}", terms)
    ann = post("/v1/customers", SAID)["id"]
    post("/v1/customers", {"source_id": BEN, "name": "Ben"})
    for who in (ANN, BEN):
        asked = {"redeemables": [{"object": "voucher", "id": "TEN"}], "order": {"amount": 900}}
        post("/v1/redemptions", asked | {"customer": {"source_id": who}})
        post("/v1/events", {"event": "seen", "customer": {"source_id": who}})
        post("/v1/orders", {"amount": 100, "status": "PAID", "customer": {"source_id": who}})
    post("/v1/publications", {"voucher": "TWO", "customer": {"source_id": ANN}})
    # the rows of an import are sealed with a key of their own
    rows = f"Name,Email,Source_id\n{PERSONAL[1]},{ANN},{ANN}\n"
    started = post("/v1/customers/importCSV", None, files={"file": ("c.csv", rows, "text/csv")})
    action = f"/v1/async-actions/{started['async_action_id']}"
    eventually(lambda: plain.get(action)["status"] == "DONE")
    return str(ann)


def _forgotten_guest(plain: Plain) -> str:
    """The id of the guest, who was known however the address is written and is forgotten again."""
    written = (GUEST, f" {GUEST.upper()} ")
    (guest,) = {
        plain.ask("POST", "/v1/customers", json={"email": each}).json()["id"] for each in written
    }

    def is_done() -> bool:
        key = {"Idempotency-Key": f"forget-{guest}"}
        answer = plain.ask("POST", FORGET.format(guest), headers=key)
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["status"] == "DONE")

    eventually(is_done)
    return str(guest)


def _forget_member(system: System) -> None:
    """Deletes somebody who came by a link, was invited elsewhere, and failed to sign in."""
    keys = system.keys
    headers = {
        "X-Management-Id": keys["management_id"],
        "X-Management-Token": keys["management_token"],
    }
    path = f"/management/v1/projects/{keys['project_id']}"
    with closing(Plain(system.url, headers)) as manager:

        def post(path: str, body: Any, status: int = 200) -> Any:
            answer = manager.ask("POST", path, json=body)
            assert answer.status_code == status, answer.text
            return answer.json() if answer.content else None

        link = post(f"{path}/invitations", {"email": MEMBER, "role": "USER", "name": PERSONAL[1]})
        accepted = {"token": link["url_token"], "password": "a long password of a member"}
        user = post("/users/v1/invitations/accept", accepted)["id"]
        post("/users/v1/sessions", {"email": MEMBER, "password": "wrong"}, 401)
        post(f"{path}/users/{user}/permanent-deletion", None, 204)


def _read(plain: Plain, ann: str) -> dict[str, bytes]:
    """What the API tells of everything that stays, by path."""
    found = {}
    for path in ("customers", "redemptions", "orders", "publications", "vouchers", "async-actions"):
        answer = plain.ask("GET", f"/v1/{path}", params={"limit": 100})
        assert answer.status_code == 200, answer.text
        found[path] = answer.content
    for path in (f"customers/{BEN}", f"customers/{BEN}/activity", "vouchers/TEN", "vouchers/TWO"):
        found[path] = plain.ask("GET", f"/v1/{path}").content
    for named in (ann, ANN):
        for part in ("", "/activity", "/redeemables"):
            path = f"customers/{named}{part}"
            assert refused(plain.ask("GET", f"/v1/{path}")) == (404, "not_found")
    return found


def _files(system: System) -> Iterator[tuple[Path, bytes]]:
    """Every file, but for the segments of the commands, which are bounded by time."""
    for file, content in system.contents():
        if not re.match(rf"{COMMANDS}-\d+$", file.parent.name):
            yield file, content


def _forms(text: str) -> Iterator[bytes]:
    yield text.encode()
    yield text.encode().hex().encode()
    yield text.encode().hex().upper().encode()


def _found(system: System) -> list[str]:
    """Where something personal of Ann stands, in files as they lie there and in states as they read."""
    wanted = [form for text in PERSONAL for form in _forms(text)]
    found = [
        str(file.relative_to(system.home))
        for file, content in _files(system)
        if any(form in content for form in wanted)
    ]
    stores = [each for name in ("state", "past") for each in (system.home / name).rglob("CURRENT")]
    for current in stores:
        mode = AccessType.read_only(error_if_log_file_exist=False)
        store = Rdict(str(current.parent), Options(raw_mode=True), access_type=mode)
        for key, value in store.items():
            row = bytes(key) + bytes(value)  # type: ignore[arg-type]
            if any(form in row for form in wanted):
                found.append(f"{current.parent}: {key!r}")
        store.close()
    return found


async def _in_topics(system: System) -> list[str]:
    log = Log(system.bootstrap)
    return [
        f"{topic.name}/{each.partition}/{each.offset}"
        for topic in TOPICS
        for each in await log.read(topic.name)
        if any(form in each.value + each.key for text in PERSONAL for form in _forms(text))
    ]


def test_nobody_can_read_a_forgotten_customer(system: System) -> None:
    with system.running():
        plain = _plain(system)
        ann = _story(plain)
        asked = {"redeemables": [{"object": "voucher", "id": "TEN"}], "order": {"amount": 900}}
        made = plain.get(f"/v1/customers/{ann}")["created_at"]
        then = plain.ask("POST", "/v1/validations", params={"as_of": made}, json=asked)
        assert then.json()["valid"], then.text
        assert any("/past/" in each for each in _found(system))
        # what the front decides itself comes to the topics sealed, and in no other way
        assert asyncio.run(_in_topics(system)) == []
        told: dict[str, Any] = {}

        def is_done() -> bool:
            nonlocal told
            # the same request with its key again is the same deletion, as far as it is by now
            key = {"Idempotency-Key": "forget-ann"}
            answer = plain.ask("POST", FORGET.format(ANN), headers=key)
            assert answer.status_code == 200, answer.text
            before, told = told, answer.json()
            assert before == {} or told | {"status": ""} == before | {"status": ""}
            return bool(told["status"] == "DONE")

        eventually(is_done)
        guest = _forgotten_guest(plain)
        _forget_member(system)
        assert told["related_object_id"] == ann
        assert (told["object"], told["data_json"]["customer"]) == ("pernament_deletion", 1)
        # nothing tells how far the deletion of a member is
        eventually(lambda: _found(system) == [])
        assert asyncio.run(_in_topics(system)) == []
        for named in (ann, ANN):
            assert refused(plain.ask("POST", FORGET.format(named))) == (404, "not_found")
        _forget_while_the_front_dies(system)
        live = _read(plain, ann)
        orders = plain.get("/v1/orders")["orders"]
        assert ann in [each["customer_id"] for each in orders]
        (redeemed,) = [
            each
            for each in plain.get("/v1/redemptions")["redemptions"]
            if each["customer_id"] == ann
        ]
        assert redeemed["customer"] is None
        verified = system.command("verify")
        assert verified.returncode == 0, verified.stdout
        plain.close()
    assert _found(system) == []
    for folder in ("state", "clickhouse"):
        shutil.rmtree(system.home / folder)
    with system.apart(), system.running():
        _read_anew(system, ann, live, guest)


def _read_anew(system: System, ann: str, live: dict[str, bytes], guest: str) -> None:
    """Built anew from the log it is what it was; and what is begun ends, whoever dies over it."""
    plain = _plain(system)

    def is_complete() -> bool:
        listed = plain.ask("GET", "/v1/redemptions")
        return listed.status_code == 200 and len(listed.json()["redemptions"]) == 2

    eventually(is_complete)
    assert _read(plain, ann) == live
    verified = system.command("verify")
    assert verified.returncode == 0, verified.stdout
    # the address and the source id are free, and who has them now is somebody else
    assert _forgotten_guest(plain) != guest
    again = plain.ask("POST", "/v1/customers", json=SAID).json()
    assert again["id"] != ann
    assert asyncio.run(_in_topics(system))
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(plain.ask, "POST", FORGET.format(ANN))
        time.sleep(0.05)
        for host in ("ledger", "insight"):
            system.process(host).kill()
        answer = asked.result()
    # what was begun ends by itself
    assert answer.status_code == 200, answer.text
    eventually(lambda: not _found(system))
    eventually(lambda: not asyncio.run(_in_topics(system)))
    eventually(system.is_healthy)
    plain.close()


def _forget_while_the_front_dies(system: System) -> None:
    """Who asks again is told of the same deletion, which ends by itself."""
    plain = _plain(system)
    again = plain.ask("POST", "/v1/customers", json=SAID)
    assert again.status_code == 200, again.text
    key = {"Idempotency-Key": "forget-again"}
    with ThreadPoolExecutor() as pool, suppress(httpx.TransportError):
        asked = pool.submit(plain.ask, "POST", FORGET.format(ANN), headers=key)
        time.sleep(0.05)
        system.process("api").kill()
        asked.result()
    eventually(system.is_healthy)

    def is_forgotten() -> bool:
        answer = plain.ask("POST", FORGET.format(ANN), headers=key)
        return answer.status_code == 200 and answer.json()["status"] == "DONE"

    eventually(is_forgotten)
    assert _found(system) == []
    assert asyncio.run(_in_topics(system)) == []
    plain.close()
