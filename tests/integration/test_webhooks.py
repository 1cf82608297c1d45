"""Webhooks over a real ledger in memory and real HTTP: order, tries, crashes, signatures."""

import asyncio
import hmac
import time

import pytest
from standardwebhooks import Webhook as StandardWebhook

from engine.kernel import tables
from engine.webhooks.ids import event_id
from schemas.projects import OpenProject
from schemas.webhooks import (
    TEST_NAME,
    WEBHOOKS_MAX,
    DeleteWebhook,
    RedeliverEvent,
    SendTestEvent,
    UpdateWebhook,
)
from services.distribution.webhooks.delivery import PROJECT_ATTEMPTS_AT_ONCE
from services.distribution.webhooks.signing import sign_body
from services.distribution.webhooks.turns import Turns
from tests.integration.webhook_world import TOKEN, Received, installation, receiver, until
from tests.unit.runtime.replica.test_commands import PROJECT

OTHER = "proj_other"


def test_the_signature_is_that_of_the_contracts_example() -> None:
    expected = "a17d2ac229d1ebbb5f10e839c7985c4818e5986eab297f7e5979196d4d7d3ed2"
    assert sign_body("secretKey", b'{"a":1}') == expected


async def test_an_event_comes_signed_twice_over_and_is_noted() -> None:
    async with installation() as world, receiver() as shop, world.sending():
        webhook = await world.webhook(shop.url)
        await world.voucher("ONE")
        await until(lambda: len(shop.got) == 1)
        (got,) = shop.got
        assert StandardWebhook(TOKEN).verify(got.body.decode(), got.headers) == got.event
        expected = hmac.new(TOKEN.encode(), got.body, "sha256").hexdigest()
        assert got.headers["x-voucherify-signature"] == expected
        assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 60
        event = got.event
        assert event["id"] == got.headers["webhook-id"]
        assert (event["project_id"], event["type"]) == (PROJECT, "voucher.created")
        assert event["data"]["voucher"]["code"] == "ONE"
        (attempt,) = await world.noted(1)
        assert (attempt.webhook_id, attempt.event_id) == (webhook.id, event["id"])
        assert (attempt.result, attempt.attempt, attempt.http_status) == ("delivered", 1, 200)


async def test_each_endpoint_gets_what_it_wants_in_order_from_its_beginning_on() -> None:
    async with installation() as world, receiver() as shop, world.sending():
        await world.voucher("BEFORE")
        await world.webhook(shop.url)
        await world.webhook(shop.url + "two", "voucher.created", "voucher.deleted")
        codes = [f"C{n:03d}" for n in range(100)]
        for code in codes:
            await world.voucher(code)
        await until(lambda: len(shop.got) == 200)
        assert shop.codes("/") == codes == shop.codes("/two")


async def test_a_slow_endpoint_holds_up_no_other() -> None:
    async with installation() as world, receiver() as slow, receiver() as quick:
        slow.open.clear()
        async with world.sending(timeout_seconds=60.0):
            await world.webhook(slow.url)
            await world.webhook(quick.url)
            for n in range(10):
                await world.voucher(f"C{n}")
            await until(lambda: len(quick.got) == 10)
            assert slow.got == []
            slow.open.set()
            await until(lambda: len(slow.got) == 10)


async def test_a_project_whose_endpoints_all_hang_holds_up_no_other() -> None:
    """With a turn for each of them in all, so that only the share of a project leaves one free."""
    async with installation() as world, receiver() as hanging, receiver() as quick:
        hanging.open.clear()
        await world.when(OpenProject(), OTHER)
        turns = Turns(WEBHOOKS_MAX, PROJECT_ATTEMPTS_AT_ONCE)
        async with world.sending(timeout_seconds=60.0, turns=turns):
            for _ in range(WEBHOOKS_MAX):
                await world.webhook(hanging.url)
            await world.webhook(quick.url, project=OTHER)
            await world.voucher("HELD")
            await until(lambda: hanging.waiting == PROJECT_ATTEMPTS_AT_ONCE)
            codes = [f"C{n}" for n in range(20)]
            for code in codes:
                await world.voucher(code, OTHER)
            await until(lambda: len(quick.got) == 20)
            assert quick.codes() == codes
            assert (hanging.got, hanging.waiting) == ([], PROJECT_ATTEMPTS_AT_ONCE)
            hanging.open.set()
            await until(lambda: len(hanging.got) == WEBHOOKS_MAX)


async def test_what_fails_is_tried_again_before_anything_behind_it() -> None:
    def refuse_twice(_: Received) -> str:
        return "503 Service Unavailable" if len(shop.got) <= 2 else "204 No Content"

    async with installation() as world, receiver() as shop, world.sending():
        shop.answer = refuse_twice
        await world.webhook(shop.url)
        await world.voucher("A")
        await world.voucher("B")
        await until(lambda: len(shop.got) == 4)
        assert shop.codes() == ["A", "A", "A", "B"]
        assert len({each.headers["webhook-id"] for each in shop.got[:3]}) == 1
        await asyncio.sleep(0.1)
        attempts = await world.attempts()
        assert [(each.result, each.attempt) for each in attempts] == [
            ("failed", 1),
            ("failed", 2),
            ("delivered", 3),
            ("delivered", 1),
        ]
        assert attempts[0].error == "the answer was 503"
        pauses = [each.next_attempt_at - each.at for each in attempts[:2] if each.next_attempt_at]
        assert pauses[0] >= 10 and pauses[1] >= 20


async def test_after_the_last_try_the_endpoint_is_off_and_an_event_comes_again_when_asked() -> None:
    async with installation() as world, receiver() as shop, world.sending():
        shop.answer = lambda _: "500 Internal Server Error"
        webhook = await world.webhook(shop.url)
        await world.voucher("A")
        await world.voucher("B")

        def stored() -> object:
            fold = world.backbone.followed.replica.fold
            return fold.view(PROJECT).get(tables.WEBHOOKS, webhook.id)  # type: ignore[attr-defined]

        await until(lambda: not stored().active)  # type: ignore[attr-defined]
        await asyncio.sleep(0.2)
        assert shop.codes() == ["A"] * 4
        attempts = await world.attempts()
        assert [each.result for each in attempts] == ["failed", "failed", "failed", "dead"]
        assert stored().disabled_reason == "the answer was 500"  # type: ignore[attr-defined]
        await world.voucher("MEANWHILE")
        shop.answer = lambda _: "200 OK"
        await world.when(UpdateWebhook(webhook.id, shop.url, ("voucher.created",), active=True))
        await until(lambda: shop.codes()[4:] == ["B"])
        await world.when(RedeliverEvent(webhook.id, attempts[0].event_id))
        await until(lambda: shop.codes()[4:] == ["B", "A"])
        assert shop.got[-1].headers["webhook-id"] == shop.got[0].headers["webhook-id"]
        await asyncio.sleep(0.1)
        last = (await world.attempts())[-1]
        assert (last.result, last.redelivery, last.attempt) == ("delivered", True, 1)


async def test_an_event_that_never_was_is_given_up_without_harm() -> None:
    async with installation() as world, receiver() as shop, world.sending():
        webhook = await world.webhook(shop.url)
        await world.when(RedeliverEvent(webhook.id, event_id(PROJECT, 0, 63)))
        await world.voucher("A")
        await until(lambda: shop.codes() == ["A"])
        first = (await world.attempts())[0]
        assert (first.result, first.error) == ("dead", "there is no such event")


@pytest.mark.parametrize("gently", [True, False])
async def test_a_restart_loses_nothing_and_keeps_the_order(gently: bool) -> None:
    async with installation() as world, receiver() as shop:
        await world.webhook(shop.url)
        codes = [f"C{n:03d}" for n in range(60)]
        for start in range(0, 60, 20):
            async with world.sending(gently=gently):
                for code in codes[start : start + 20]:
                    await world.voucher(code)
                await until(lambda start=start: len(shop.got) > start)  # type: ignore[misc]
        async with world.sending():
            await until(lambda: set(shop.codes()) == set(codes))
        seen = list(dict.fromkeys(shop.codes()))
        assert seen == codes
        if gently:
            assert len(shop.got) == 60
        else:
            # what was under way comes again, with the same id
            assert len(shop.got) <= 63
            assert len({each.headers["webhook-id"] for each in shop.got}) == 60


async def test_a_lost_folder_sends_nothing_again() -> None:
    async with installation() as world, receiver() as shop:
        await world.webhook(shop.url)
        async with world.sending():
            for n in range(5):
                await world.voucher(f"C{n}")
            await until(lambda: len(shop.got) == 5)
        world.folder.wipe()
        await world.voucher("NEXT")
        async with world.sending():
            await until(lambda: len(shop.got) > 5)
            await asyncio.sleep(0.2)
        assert shop.codes() == ["C0", "C1", "C2", "C3", "C4", "NEXT"]


async def test_tries_are_counted_on_after_a_restart() -> None:
    async with installation() as world, receiver() as shop:
        shop.answer = lambda _: "500 Internal Server Error"
        await world.webhook(shop.url)
        await world.voucher("A")
        async with world.sending(retry_seconds=0.2):
            await until(lambda: len(shop.got) == 2)
        async with world.sending():
            await until(lambda: len(shop.got) == 4)
            await asyncio.sleep(0.3)
        assert [each.attempt for each in await world.attempts()] == [1, 2, 3, 4]


async def test_a_deleted_endpoint_gets_nothing_more() -> None:
    async with installation() as world, receiver() as shop:
        shop.answer = lambda _: "500 Internal Server Error"
        webhook = await world.webhook(shop.url)
        await world.voucher("A")
        await world.voucher("B")
        async with world.sending(retry_seconds=0.3):
            await until(lambda: len(shop.got) == 1)
            await world.when(DeleteWebhook(webhook.id))
            await asyncio.sleep(0.6)
        assert shop.codes() == ["A"]


async def test_nothing_goes_into_a_private_network_unless_that_is_allowed() -> None:
    async with installation() as world, receiver() as shop:
        async with world.sending(allow_private=False):
            await world.webhook(shop.url)
            await world.webhook(shop.url.replace("127.0.0.1", "localhost"))
            await world.voucher("A")
            await world.noted(8)
        assert shop.got == []
        reasons = {each.error for each in await world.attempts()}
        assert reasons == {"an address in a public network is wanted"}


async def test_redirects_are_not_followed_and_a_long_answer_is_cut() -> None:
    async with installation() as world, receiver() as shop, world.sending(attempts_max=1):
        shop.answer = lambda _: f"302 Found\r\nlocation: {shop.url}elsewhere"
        await world.webhook(shop.url)
        await world.voucher("A")
        attempts = await world.noted(1)
        assert (attempts[0].result, attempts[0].http_status) == ("dead", 302)
        assert [each.path for each in shop.got] == ["/"]


async def test_a_project_without_webhooks_has_no_attempts() -> None:
    async with installation() as made, made.sending() as service:
        for n in range(3):
            await made.voucher(f"C{n}")
        assert (await made.attempts()) == []
        assert all(part.state in ("ok", "behind") for part in service.health().values())


async def test_a_test_is_sent_once_to_the_endpoint_alone_and_switches_nothing_off() -> None:
    async with installation() as world, receiver() as shop, world.sending():
        webhook = await world.webhook(shop.url)
        other = await world.webhook(shop.url + "other")
        await world.when(SendTestEvent(webhook.id))
        await until(lambda: len(shop.got) == 1)
        (got,) = shop.got
        assert (got.path, got.event["type"]) == ("/", TEST_NAME)
        assert got.event["data"]["webhook"]["id"] == webhook.id
        assert StandardWebhook(TOKEN).verify(got.body.decode(), got.headers) == got.event
        shop.answer = lambda _: "500 No"
        await world.when(SendTestEvent(other.id))
        good, bad = await world.noted(2)
        assert (good.webhook_id, good.event, good.result) == (webhook.id, TEST_NAME, "delivered")
        assert (bad.webhook_id, bad.event, bad.result) == (other.id, TEST_NAME, "dead")
        assert (bad.attempt, bad.http_status) == (1, 500)
        shop.answer = lambda _: "200 OK"
        # it is still on
        await world.voucher("ONE")
        await until(lambda: len(shop.got) == 4)
