"""What an operator finds: processes, keys, health, the log; and what nobody may find."""

import json
import re
import stat

from deploy.embedded.home import Home
from deploy.embedded.start import Installation
from schemas.topics import CUSTOMER_KEYS, LEDGER, VALIDATIONS
from tests.architecture.markdown import codes, read_table
from tests.e2e.kafka_log import Log
from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, asked, new_code
from tests.e2e.system import System

KEYS = [
    "project_id",
    "app_id",
    "app_token",
    "client_app_id",
    "client_token",
    "management_id",
    "management_token",
    "dashboard_email",
    "dashboard_password",
]
RESIDENT_BYTES_MAX = 1_600_000_000


def test_each_process_tells_its_host_and_all_fit_into_memory(system: System) -> None:
    found = {host: system.process(host) for host in (*system.hosts, "broker")}
    assert len({process.pid for process in found.values()}) == len(found)
    resident = sum(process.memory_info().rss for process in found.values())
    assert resident < RESIDENT_BYTES_MAX
    assert system.command("status").returncode == 0


def test_the_keys_are_for_their_owner_only(system: System) -> None:
    file = system.home / "keys.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(json.loads(file.read_text("utf-8"))) == KEYS


def test_health_names_every_part_that_is_documented(system: System) -> None:
    assert_health_is_documented(system)


def assert_health_is_documented(system: System) -> None:
    """All is well, and the parts of each host are those of the page, as it was started."""
    found = Installation.of(Home(system.files))
    assert found is not None
    rows = read_table("docs/operations.md", "part", "of", "state is not `ok` when")
    for host in system.hosts:
        well, body = found.health_of(host)
        assert (well, body["status"]) == (True, "ok")
        assert {part["state"] for part in body["parts"].values()} == {"ok"}
        told = {part for parts, of, _ in rows if _has(host, of, found) for part in codes(parts)}
        assert {_numbered(part) for part in body["parts"]} == told


def _has(host: str, of: str, installation: Installation) -> bool:
    """Whether the host is among them: everywhere, or where commands are decided as it says."""
    named = re.search(rf"`{host}`(?: \((\w+)\))?", of)
    return named is not None and named[1] in (None, installation.ledger)


def _numbered(part: str) -> str:
    """The name of a part as the page has it."""
    return re.sub(r"\d+$", "N", re.sub(r"^sink .*/", "sink TOPIC/", part))


def test_a_second_start_of_what_runs_changes_nothing(system: System) -> None:
    before = {host: system.process(host).pid for host in system.hosts}
    again = system.command("up")
    assert again.returncode == 0
    assert system.url in again.stdout
    assert {host: system.process(host).pid for host in system.hosts} == before


async def test_neither_tokens_nor_persons_lie_open_in_the_ledger(
    system: System, shop: Shop, plain: Plain
) -> None:
    person = f"{new_code()}@shop.test"
    customer = {"source_id": person, "name": f"Ann {person}", "metadata": {"nick": person}}
    code = shop.discount().code
    shop.validate(code, customer=customer)
    redeemed = shop.redeem(code, customer=customer).redemptions[0].id
    other = shop.redeem(code, customer={"source_id": f"2{person}"}).redemptions[0].customer_id
    for wrong in (
        customer | {"name": f"Ben {person}", "phone": 5},
        {"id": f"3{person}"},
        {"id": other, "source_id": person},
    ):
        body = asked((code,), {"customer": wrong})
        assert refused(plain.ask("POST", "/v1/redemptions", json=body))[0] in (400, 404)
        lock = body | {"session": {"type": "LOCK"}}
        assert plain.ask("POST", "/v1/validations", json=lock).status_code in (200, 400)
        path = f"/v1/redemptions/{redeemed}/rollback"
        assert refused(plain.ask("POST", path, json={"customer": wrong}))[0] in (400, 404)
    log = Log(system.bootstrap)
    topics = (LEDGER, VALIDATIONS, CUSTOMER_KEYS)
    stored = [each.text for topic in topics for each in await log.read(topic)]
    assert any(redeemed in text for text in stored)
    tokens = [value for name, value in system.keys.items() if name.endswith("_token")]
    for text in stored:
        assert not any(hidden in text for hidden in (person, *tokens)), text


def test_the_ledger_is_read_in_words(system: System, shop: Shop) -> None:
    code = shop.discount().code
    redemption = shop.redeem(code).redemptions[0].id
    words = system.command("tail", "--last", "5")
    assert words.returncode == 0, words.stderr
    assert f"redemption.succeeded {code} -500" in words.stdout
    lines = system.command("tail", "--last", "5", "--json").stdout.splitlines()
    shown = [json.loads(line) for line in lines]
    assert any(redemption in json.dumps(each["record"]) for each in shown)


def test_a_whole_system_is_verified_while_it_runs(system: System) -> None:
    verified = system.command("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "chain whole" in verified.stdout
