"""Webhooks over the management API."""

from typing import Any

import pytest

from engine.webhooks.ids import event_id
from tests.unit.services.catalog.projects.managing import PROJECTS, failed
from tests.unit.services.world import MANAGEMENT, World

HOOK = {"target_url": "https://shop.test/hook", "events": ["voucher.created"]}


async def test_a_webhook_is_made_read_changed_and_deleted(world: World) -> None:
    path = f"{PROJECTS}/proj2/webhooks"
    hook = (await world.call("POST", path, HOOK, MANAGEMENT)).json()
    assert hook == HOOK | {
        "id": hook["id"],
        "active": True,
        "created_at": hook["created_at"],
        "object": "webhook",
    }
    one = f"{path}/{hook['id']}"
    assert (await world.call("GET", one, headers=MANAGEMENT)).json() == hook
    listed = (await world.call("GET", path, headers=MANAGEMENT)).json()
    assert (listed["data"], listed["total"]) == ([hook], 1)
    off = HOOK | {"active": False, "events": []}
    assert (await world.call("PUT", one, off, MANAGEMENT)).json() == hook | off
    # Another project knows nothing of it.
    elsewhere = f"{PROJECTS}/proj/webhooks/{hook['id']}"
    assert failed(await world.call("GET", elsewhere, headers=MANAGEMENT)) == (404, None)
    assert (await world.call("DELETE", one, headers=MANAGEMENT)).status_code == 204
    assert failed(await world.call("GET", one, headers=MANAGEMENT)) == (404, None)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.test",
        "ftp://shop.test/",
        "http://",
        "http://user:secret@shop.test/",
        "http://shop.test/#part",
        "http://shop test/",
        "http://127.0.0.1/",
        "http://localhost:8000/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://shop.test:99999/",
        "http://" + "a" * 2050,
    ],
)
async def test_an_address_that_nothing_may_go_to_is_refused(world: World, url: str) -> None:
    path = f"{PROJECTS}/proj/webhooks"
    answer = await world.call("POST", path, HOOK | {"target_url": url}, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "wrong", [{"events": ["voucher.bought"]}, {"events": "all"}, {"active": "yes"}, {"secret": "x"}]
)
async def test_a_wrong_webhook_is_refused(world: World, wrong: dict[str, Any]) -> None:
    answer = await world.call("POST", f"{PROJECTS}/proj/webhooks", HOOK | wrong, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")


async def test_a_redelivery_is_asked_for(world: World) -> None:
    path = f"{PROJECTS}/proj/webhooks"
    hook = (await world.call("POST", path, HOOK, MANAGEMENT)).json()
    again = f"{path}/{hook['id']}/redeliveries"
    answer = await world.call("POST", again, {"event_id": "event_none"}, MANAGEMENT)
    assert failed(answer) == (404, None)


async def test_a_test_is_sent_to_an_endpoint_that_is_on(world: World) -> None:
    path = f"{PROJECTS}/proj2/webhooks"
    hook = (await world.call("POST", path, HOOK, MANAGEMENT)).json()
    answer = await world.call("POST", f"{path}/{hook['id']}/test", headers=MANAGEMENT)
    assert answer.status_code == 202
    told = event_id("proj2", len(world.ledger.records) - 1, 0)
    assert answer.json() == {"event_id": told, "webhook_id": hook["id"], "event": "webhook.test"}
    off = HOOK | {"active": False}
    await world.call("PUT", f"{path}/{hook['id']}", off, MANAGEMENT)
    answer = await world.call("POST", f"{path}/{hook['id']}/test", {}, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")
    answer = await world.call("POST", f"{path}/none/test", headers=MANAGEMENT)
    assert failed(answer) == (404, None)
    elsewhere = f"{PROJECTS}/proj/webhooks/{hook['id']}/test"
    assert failed(await world.call("POST", elsewhere, headers=MANAGEMENT)) == (404, None)
