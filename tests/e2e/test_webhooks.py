"""Webhooks: every event of a long story once and in order, through restarts; failures; signatures."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
import voucherify as sdk
from standardwebhooks import Webhook as StandardWebhook

from tests.contract.answers import client
from tests.e2e.manager import Manager, Received, receiving
from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, new_code, told
from tests.e2e.system import System, eventually
from tests.integration.authority import Authority

STEPS = 240
ATTEMPTS_MAX = 4


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that the system trusts besides the public ones."""
    return Authority(tmp_path_factory.mktemp("tls") / "trusted")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[System]:
    """One whose webhooks may stay at home, and are tried again soon."""
    settings = {
        "TESSERA_WEBHOOKS_CA_FILE": str(authority.file),
        "TESSERA_WEBHOOKS_ALLOW_PRIVATE": "1",
        "TESSERA_WEBHOOKS_RETRY_SECONDS": "0.05",
        "TESSERA_WEBHOOKS_ATTEMPTS_MAX": str(ATTEMPTS_MAX),
    }
    with System(tmp_path_factory.mktemp("webhooks"), **settings).running() as started:
        yield started


@pytest.fixture
def shop(system: System) -> Iterator[Shop]:
    made = Shop(system.url, system.keys)
    yield made
    made.close()


@pytest.fixture
def manager(system: System) -> Iterator[Manager]:
    made = Manager(system.url, system.keys)
    yield made
    made.close()


@pytest.fixture
def plain(system: System) -> Iterator[Plain]:
    made = Plain(system.url, system.server_key)
    yield made
    made.close()


STORY = (
    "voucher.created",
    "voucher.updated",
    "voucher.disabled",
    "voucher.enabled",
    "redemption.succeeded",
    "redemption.rollback.succeeded",
    "redemption.failed",
    "voucher.deleted",
)


def told_story(shop: Shop, code: str, step: int) -> str:
    """One step with a code; the name of its event."""
    name = STORY[step % len(STORY)]
    match name:
        case "voucher.created":
            shop.discount(code=code)
        case "voucher.updated":
            body = sdk.VouchersUpdateRequestBody.from_dict({"metadata": {"step": step}})
            told(shop.vouchers.update_voucher, code, body)
        case "voucher.disabled":
            told(shop.vouchers.disable_voucher, code)
        case "voucher.enabled":
            told(shop.vouchers.enable_voucher, code)
        case "redemption.succeeded":
            shop.redeem(code)
        case "redemption.rollback.succeeded":
            (last,) = shop.listed(voucher_code=code, result="SUCCESS").redemptions
            told(shop.redemptions.rollback_redemption, last.id)
        case "redemption.failed":
            shop.not_redeemed(code, gift_missing())
        case _:
            told(shop.vouchers.delete_voucher, code, force=True)
    return name


def gift_missing() -> str:
    """A code that nobody has."""
    return new_code()


def subject(received: Received) -> tuple[str, str]:
    """The name of an event and the code that it is about."""
    event = received.event
    assert event["id"] == received.id
    (kind,) = (
        each for each in ("voucher", "redemption", "redemption_rollback") if each in event["data"]
    )
    data = event["data"][kind]
    return event["type"], data["code"] if kind == "voucher" else str(data.get("failure_code"))


def test_a_receiver_gets_every_event_once_and_in_order_through_two_restarts(
    system: System, shop: Shop, manager: Manager
) -> None:
    with receiving() as receiver:
        hook = manager.webhook(receiver.url, *STORY)
        expected: list[str] = []
        code = ""
        for step in range(STEPS):
            if step % len(STORY) == 0:
                code = new_code()
            expected.append(told_story(shop, code, step))
            if step == STEPS // 3:
                system.process("distribution").send_signal(signal.SIGKILL)
            if step == 2 * STEPS // 3:
                system.process("distribution").send_signal(signal.SIGTERM)
        eventually(lambda: len(receiver.once()) >= STEPS)
        eventually(system.is_healthy)
        assert [each.event["type"] for each in receiver.once()] == expected
        # only what a kill cut off between an answer and its note may come again
        assert len(receiver.got) - len(receiver.once()) <= 1
        token = project(manager)["webhook_token"]
        for each in receiver.got:
            StandardWebhook(token).verify(each.body.decode(), each.headers)
            assert each.event["project_id"] == manager.project
        told(manager.api.delete_webhook, manager.project, hook.id)


def project(manager: Manager) -> dict[str, Any]:
    """The installation's own project."""
    answer = manager.api.get_project_with_http_info(manager.project)
    return dict(answer.data.to_dict())


def test_over_https_only_the_right_certificate_gets_anything(
    shop: Shop, manager: Manager, plain: Plain, authority: Authority
) -> None:
    with (
        receiving(authority.server("127.0.0.1")) as right,
        receiving(authority.server("other.test")) as wrong,
    ):
        hooks = [manager.webhook(each.url, "voucher.created") for each in (right, wrong)]
        code = shop.discount().code
        eventually(lambda: right.got)
        assert subject(right.got[0]) == ("voucher.created", code)

        def failures() -> list[dict[str, Any]]:
            found = plain.get("/v1/webhook-deliveries", webhook_id=hooks[1].id)["data"]
            return [each for each in found if each["result"] == "dead"]

        (dead,) = eventually(failures)
        assert dead["error"].startswith("the certificate is not accepted: ")
        assert "not valid for '127.0.0.1'" in dead["error"]
        assert wrong.got == []
        for hook in hooks:
            told(manager.api.delete_webhook, manager.project, hook.id)


def test_who_fails_is_tried_again_then_switched_off_and_gets_it_when_asked(
    system: System, shop: Shop, manager: Manager, plain: Plain
) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: 503
        hook = manager.webhook(receiver.url, "voucher.created")
        code = shop.discount().code

        def switched_off() -> bool:
            return not told(manager.api.get_webhook, manager.project, hook.id).active

        eventually(switched_off)
        assert [each.event["data"]["voucher"]["code"] for each in receiver.got] == (
            [code] * ATTEMPTS_MAX
        )
        (event_id,) = {each.id for each in receiver.got}

        def listed() -> list[Any]:
            body = plain.get("/v1/webhook-deliveries", webhook_id=hook.id, limit=100)
            found: list[Any] = body["data"]
            return found if len(found) == ATTEMPTS_MAX else []

        attempts = eventually(listed)
        assert [each["result"] for each in attempts] == ["dead"] + ["failed"] * (ATTEMPTS_MAX - 1)
        assert {each["event_id"] for each in attempts} == {event_id}
        assert {each["http_status"] for each in attempts} == {503}
        receiver.answer = lambda _: 200
        again = f"/management/v1/projects/{manager.project}/webhooks/{hook.id}/redeliveries"
        with client(base_url=system.url, headers=manager.headers, patient=True) as http:
            off = http.post(again, json={"event_id": event_id})
            assert refused(off) == (400, "invalid_payload")
            body = {"target_url": receiver.url, "events": ["voucher.created"], "active": True}
            asked = sdk.ManagementProjectsWebhooksUpdateRequestBody.from_dict(body)
            assert told(manager.api.update_webhook, manager.project, hook.id, asked).active
            assert http.post(again, json={"event_id": event_id}).status_code == 202
        eventually(lambda: len(receiver.got) == ATTEMPTS_MAX + 1)
        assert receiver.got[-1].id == event_id
        assert receiver.got[-1].body == receiver.got[0].body


def test_what_campaigns_publications_customers_and_cards_do_is_told(
    shop: Shop, manager: Manager
) -> None:
    names = (
        "campaign.created",
        "campaign.vouchers.aded",
        "publication.succeeded",
        "voucher.published",
        "customer.created",
        "customer.deleted",
        "voucher.gift.transaction.created",
    )
    with receiving() as receiver:
        manager.webhook(receiver.url, *names)
        campaign = told(
            shop.campaigns.create_campaign,
            sdk.CampaignsCreateRequestBody.from_dict(
                {
                    "name": f"Campaign {new_code()}",
                    "campaign_type": "DISCOUNT_COUPONS",
                    "vouchers_count": 2,
                    "voucher": {
                        "type": "DISCOUNT_VOUCHER",
                        "discount": {"type": "AMOUNT", "amount_off": 100},
                    },
                }
            ),
        )
        source = new_code()
        told(
            shop.publications.create_publication,
            False,
            sdk.PublicationsCreateRequestBody.from_dict(
                {"campaign": {"name": campaign.name}, "customer": {"source_id": source}}
            ),
        )
        shop.redeem(shop.gift(1000).code)
        told(shop.customers.delete_customer, source)
        eventually(lambda: len(receiver.got) >= len(names))
        assert [each.event["type"] for each in receiver.got] == [
            "campaign.created",
            "campaign.vouchers.aded",
            "customer.created",
            "publication.succeeded",
            "voucher.published",
            "voucher.gift.transaction.created",
            "customer.deleted",
        ]
        assert receiver.got[0].event["data"]["campaign"]["id"] == campaign.id
