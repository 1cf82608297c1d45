"""What the operator's commands tell of a running system, and what they copy of it."""

import json
import stat
import subprocess
from pathlib import Path
from typing import Any

from tests.e2e.kafka_log import Log
from tests.e2e.shop import Shop, new_code
from tests.e2e.system import System, eventually


def _said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _records(system: System, *words: str) -> list[dict[str, Any]]:
    said = _said(system.command("tail", "--json", *words))
    return [json.loads(each)["record"] for each in said.splitlines()]


def _state(system: System, *words: str) -> dict[str, Any]:
    project = system.keys["project_id"]
    said = _said(system.command("state", "--json", "--project", project, *words))
    found: dict[str, Any] = json.loads(said)
    return found


def test_tail_shows_what_it_is_asked_for(system: System, shop: Shop) -> None:
    code = shop.discount().code
    shop.redeem(code)
    project = system.keys["project_id"]
    created = _records(
        system, "--project", project, "--type", "voucher.created", "--from", "10m", "--last", "500"
    )
    assert any(each["events"][0]["voucher"]["code"] == code for each in created)
    made = [[event["type"] for event in each["events"]] for each in created]
    assert all("voucher.created" in types for types in made)
    redeemed = _records(system, "--type", "redemption.*", "--from", "10m")
    assert any(code in json.dumps(each) for each in redeemed)
    assert _records(system, "--project", "nobody") == []
    assert _records(system, "--from", "0s") == []
    (one,) = _records(system, "--partition", "0", "--offset", "0", "--to", "0s", "--last", "1")
    assert one["at"] > 0
    for wrong in (("--offset", "1"), ("--from", "soon"), ("--follow", "--to", "1m")):
        refused = system.command("tail", *wrong)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith("tessera: ")


def test_state_shows_an_entity_and_the_records_that_made_it(system: System, shop: Shop) -> None:
    customer = {"source_id": new_code(), "name": "Ann Secret"}
    voucher = shop.gift(5000)
    redeemed = shop.redeem(voucher.code, customer=customer, order={"amount": 100})
    found = eventually(lambda: _after(system, "voucher", voucher.code, 2))
    assert found["entity"]["gift"]["balance"] == 4900
    assert _state(system, "voucher", voucher.id) == found
    types = [each["record"]["command_type"] for each in found["records"]]
    assert types == ["create_voucher", "redeem_stack"]
    person = _state(system, "customer", customer["source_id"])
    assert person["entity"]["personal"]["data"]["name"] == "***"
    assert "Ann Secret" not in json.dumps(person)
    revealed = _state(system, "customer", customer["source_id"], "--reveal")
    assert revealed["entity"]["personal"]["data"]["name"] == "Ann Secret"
    entry = redeemed.redemptions[0]
    for kind, entity_id in (("redemption", entry.id), ("order", redeemed.order.id)):
        assert _state(system, kind, entity_id)["entity"]["id"] == entity_id
    readable = _said(
        system.command("state", "--project", system.keys["project_id"], "voucher", voucher.code)
    )
    assert "2 records name it:" in readable
    assert _state(system, "key", system.keys["app_id"])["entity"]["token_hash"] == "***"


def _after(system: System, kind: str, named: str, records: int) -> dict[str, Any]:
    found = _state(system, kind, named)
    return found if len(found["records"]) >= records else {}


def test_state_of_what_is_gone_or_never_was(system: System, shop: Shop) -> None:
    voucher = shop.discount()
    shop.vouchers.delete_voucher(voucher.code, force=True)
    gone = eventually(lambda: _gone(system, voucher.code))
    assert [each["record"]["command_type"] for each in gone["records"]] == [
        "create_voucher", "delete_voucher",
    ]  # fmt: skip
    project = system.keys["project_id"]
    never = system.command("state", "--project", project, "voucher", new_code())
    assert never.returncode == 1
    assert "no record names one" in never.stderr
    unknown = system.command("state", "--project", "nobody", "voucher", "x")
    assert "There is no project nobody" in unknown.stderr


def _gone(system: System, code: str) -> dict[str, Any]:
    found = _state(system, "voucher", code)
    return found if found["entity"] is None else {}


def test_diff_shows_what_requests_changed(system: System, shop: Shop) -> None:
    customer = {"source_id": new_code(), "name": "Ann Secret"}
    voucher = shop.gift(5000)
    shop.redeem(voucher.code, customer=customer, order={"amount": 100})
    project = system.keys["project_id"]
    said = _said(system.command("diff", "--from", "1h", "--project", project, "--json"))
    found = [json.loads(each) for each in said.splitlines()]
    assert {each["project"] for each in found} == {project}
    (changed,) = [
        each for each in found if each["table"] == "voucher" and voucher.id in each["key"]
    ]
    assert (changed["before"], changed["after"]["gift"]["balance"]) == (None, 4900)
    assert "Ann Secret" not in said
    revealed = _said(system.command("diff", "--from", "1h", "--table", "customer", "--reveal"))
    assert "Ann Secret" in revealed
    assert _said(system.command("diff", "--from", "0s")) == ""
    for wrong in (("--from", "7"), ("--from", "soon"), ("--from", "0", "--partition", "99")):
        refused = system.command("diff", *wrong)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith("tessera: ")


async def test_replay_copies_to_the_terminal_a_file_and_a_topic(
    system: System, shop: Shop, tmp_path: Path
) -> None:
    code = shop.discount().code
    shop.redeem(code)
    chosen = ("--project", system.keys["project_id"], "--from", "10m")
    shown = _said(system.command("replay", "ledger", "--json", *chosen)).splitlines()
    assert any(code in each for each in shown)
    file = tmp_path / "ledger.jsonl"
    copied = system.command("replay", "ledger", *chosen, "--to-file", str(file))
    assert copied.stdout == ""
    count = int(copied.stderr.splitlines()[-1].split()[0])
    lines = [json.loads(each) for each in file.read_text("utf-8").splitlines()]
    assert len(lines) == count >= len(shown)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    topic = f"copy-{new_code()}"
    last = lines[-1]
    place = ("--partition", str(last["partition"]), "--offset", str(last["offset"]))
    for _ in range(2):
        _said(system.command("replay", "ledger", *place, "--to-topic", topic))
    copies = [each.text for each in await Log(system.bootstrap).read(topic)]
    assert copies.count(last["value"]) == 2
    refused = system.command("replay", "ledger", "--to-topic", "commands")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert system.command("replay", "ledger", "--to-file", str(file)).returncode == 1


def test_rebuild_fills_tables_anew_while_they_are_read(system: System, shop: Shop) -> None:
    code = shop.discount().code
    shop.redeem(code)
    for service in ("audit", "analytics"):
        said = _said(system.command("rebuild", service))
        assert said.startswith(f"{service}: rebuilt from ")
        shop.redeem(code)
    assert shop.listed(voucher_code=code).total == 3
    refused = system.command("rebuild", "everything")
    assert refused.returncode == 2


def test_states_are_rebuilt_while_the_system_runs_and_taken_when_it_starts_again(
    system: System, shop: Shop
) -> None:
    code = shop.discount().code
    said = _said(system.command("rebuild", "state"))
    assert "state api/0: " in said
    assert "its host takes it at its next start" in said
    shop.redeem(code)
    system.down()
    stopped = _said(system.command("rebuild", "state"))
    assert stopped.count("; taken") == said.count("next start")
    system.up()
    shop.redeem(code)
    verified = system.command("verify")
    assert verified.returncode == 0, verified.stdout
    assert "state api/0: " in verified.stdout
    assert "state distribution/0: " in verified.stdout
