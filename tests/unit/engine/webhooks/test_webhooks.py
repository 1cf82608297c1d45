"""Webhooks: registered, changed, switched off, asked for again."""

from engine.answers.hook_events import hook_events
from engine.kernel import tables
from engine.webhooks.ids import event_id, event_place
from schemas.webhooks import (
    EVENT_NAMES,
    TEST_NAME,
    WEBHOOKS_MAX,
    CreateWebhook,
    DeleteWebhook,
    DisableWebhook,
    RedeliverEvent,
    RedeliveryRequested,
    SendTestEvent,
    UpdateWebhook,
    Webhook,
    WebhookCreated,
    WebhookDeleted,
    WebhookDisabled,
    WebhookTestRequested,
    WebhookUpdated,
)
from tests.unit.engine.world import PROJECT, World, only, refused

URL = "https://shop.test/hook"


def registered(world: World) -> Webhook:
    """A webhook that gets new vouchers."""
    return only(world.when(CreateWebhook(URL, ("voucher.created",))), WebhookCreated).webhook


def test_an_endpoint_is_registered_changed_and_forgotten() -> None:
    world = World()
    webhook = registered(world)
    assert webhook.id.startswith("wh_") and len(webhook.id) == 27
    assert webhook.active
    body = UpdateWebhook(webhook.id, URL + "/2", ("voucher.deleted",))
    changed = only(world.when(body), WebhookUpdated).webhook
    assert (changed.target_url, changed.events, changed.active) == (
        URL + "/2",
        ("voucher.deleted",),
        True,
    )
    assert world.view.get(tables.WEBHOOKS, webhook.id) == changed
    only(world.when(DeleteWebhook(webhook.id)), WebhookDeleted)
    assert world.view.get(tables.WEBHOOKS, webhook.id) is None
    assert refused(world.when(DeleteWebhook(webhook.id))) == "not_found"
    assert refused(world.when(UpdateWebhook(webhook.id, URL, ()))) == "not_found"


def test_only_known_events_can_be_subscribed_to_each_once() -> None:
    world = World()
    for events in (("voucher.bought",), ("voucher.created", "voucher.created")):
        assert refused(world.when(CreateWebhook(URL, events))) == "invalid_payload"
    webhook = registered(world)
    assert refused(world.when(UpdateWebhook(webhook.id, URL, ("x",)))) == "invalid_payload"


def test_a_project_has_so_many_webhooks_and_no_more() -> None:
    world = World()
    for _ in range(WEBHOOKS_MAX):
        registered(world)
    assert refused(world.when(CreateWebhook(URL, ()))) == "invalid_payload"


def test_one_that_takes_nothing_is_switched_off_once_and_says_why_until_it_is_on_again() -> None:
    world = World()
    webhook = registered(world)
    body = DisableWebhook(webhook.id, "event_x", "no answer")
    disabled = only(world.when(body), WebhookDisabled).webhook
    assert (disabled.active, disabled.disabled_reason) == (False, "no answer")
    assert world.when(body).events == ()
    again = UpdateWebhook(webhook.id, URL, (), active=True)
    enabled = only(world.when(again), WebhookUpdated).webhook
    assert (enabled.active, enabled.disabled_reason) == (True, None)
    assert world.when(DisableWebhook("wh_none", "event_x", "no answer")).events == ()


def test_an_event_is_asked_for_again_by_an_id_that_it_could_have() -> None:
    world = World()
    webhook = registered(world)
    wanted = event_id(PROJECT, 12, 0)
    event = only(world.when(RedeliverEvent(webhook.id, wanted)), RedeliveryRequested)
    assert event.event_id == wanted
    for strange in ("event_", event_id("other", 12, 0), wanted + "0", "event_" + "g" * 30):
        assert refused(world.when(RedeliverEvent(webhook.id, strange))) == "not_found"
    assert refused(world.when(RedeliverEvent("wh_none", wanted))) == "not_found"
    world.when(UpdateWebhook(webhook.id, URL, (), active=False))
    assert refused(world.when(RedeliverEvent(webhook.id, wanted))) == "invalid_payload"


def test_an_events_id_says_where_it_lies() -> None:
    for offset, number in ((0, 0), (123_456_789, 65), (2**40, 16**6 - 1)):
        assert event_place(PROJECT, event_id(PROJECT, offset, number)) == (offset, number)
    assert event_id("a", 1, 1) != event_id("b", 1, 1)


def test_a_test_is_told_to_the_endpoint_that_is_tested_alone() -> None:
    world = World()
    webhook = registered(world)
    record = world.when(SendTestEvent(webhook.id))
    assert only(record, WebhookTestRequested).webhook == webhook
    (told,) = hook_events(record)
    assert (told.number, told.name) == (0, TEST_NAME)
    assert TEST_NAME not in EVENT_NAMES
    world.when(UpdateWebhook(webhook.id, URL, (), active=False))
    assert refused(world.when(SendTestEvent(webhook.id))) == "invalid_payload"
    assert refused(world.when(SendTestEvent("wh_none"))) == "not_found"
