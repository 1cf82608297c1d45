"""What waits for a webhook, and when it is tried again."""

from msgspec import structs

from engine.webhooks.ids import event_id
from runtime.store.store import MemoryStore
from schemas.commands import CommandBody
from schemas.vouchers import CreateVoucher
from schemas.webhooks import CreateWebhook, DeliveryAttempted, RedeliverEvent, WebhookCreated
from services.distribution.webhooks.outbox import Outbox, QueuePlace
from tests.unit.engine.world import HOUR, NOON, PROJECT, World, voucher


class Told:
    """An outbox that hears of what is decided, a record after the other."""

    def __init__(self) -> None:
        self._world = World()
        self._store = MemoryStore()
        self._offset = 0
        self.outbox = Outbox(self._store, lambda: NOON)

    def tell(self, body: CommandBody) -> list[object]:
        """Decides a command and lets the outbox hear of it; the events."""
        record = self._world.when(body)
        self.outbox.begin()
        self.outbox.apply(record, self._offset)
        self._store.write(self.outbox.commit())
        self._offset += 1
        return list(record.events)


def test_what_is_asked_for_once_more_stands_behind_what_waits_and_ends_its_pause() -> None:
    told = Told()
    (made,) = told.tell(CreateWebhook("https://shop.test/hook", ("voucher.created",)))
    assert isinstance(made, WebhookCreated)
    webhook, place = made.webhook.id, QueuePlace(1, 0)
    told.tell(CreateVoucher(voucher=structs.replace(voucher("A"), id="")))
    failed = DeliveryAttempted(
        id="dlv_1",
        project=PROJECT,
        webhook_id=webhook,
        event_id=event_id(PROJECT, place.offset, place.index),
        event="voucher.created",
        offset=place.offset,
        index=place.index,
        attempt=1,
        at=NOON,
        result="failed",
        duration_ms=9,
        next_attempt_at=NOON + HOUR,
    )
    told.outbox.record([(failed, 0)])
    tries = told.outbox.tries(webhook, place)
    assert tries is not None and tries.next_at == NOON + HOUR
    told.tell(RedeliverEvent(webhook, failed.event_id))
    assert told.outbox.tries(webhook, place) is None
    head = told.outbox.head(webhook)
    assert head is not None and (head.place, head.item.redelivery) == (place, False)
    delivered = structs.replace(failed, id="dlv_2", result="delivered", next_attempt_at=None)
    told.outbox.record([(delivered, 1)])
    head = told.outbox.head(webhook)
    assert head is not None
    assert (head.item.offset, head.item.number, head.item.redelivery) == (1, 0, True)
