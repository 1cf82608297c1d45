"""What is to be sent to webhooks: a fold of one partition of the ledger, and how far each is.

For every endpoint there is a queue of places in the ledger: never a body, which is made from the
record when it is sent. A place is (offset, number); what was asked for again by hand stands behind
what waits already, at the place of the asking. The queue is worked off in order, one entry after
the other, so how far an endpoint is, is one place: the last that was settled (delivered, or given
up).

The truth about what was sent is the topic `deliveries`. It is read before the ledger is, from
where this fold stands in it, so an event that was delivered just before a crash is not queued
again, nor is anything when the whole fold is built anew; what is older than `deliveries` keeps is
not queued then.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from engine.answers.hook_events import hook_events
from engine.webhooks.ids import event_place
from runtime.store.store import Store
from schemas.actions import ACTION_EVENTS
from schemas.assignments import ASSIGNMENT_EVENTS
from schemas.base import DAY_MS, Millis
from schemas.events import SHOP_EVENTS, events_of
from schemas.keys import KEY_EVENTS
from schemas.projects import (
    KeyAdded,
    KeyRevoked,
    ProjectClosed,
    ProjectCreated,
    ProjectDeleted,
    ProjectOpened,
    ProjectUpdated,
    TimeZoneSet,
    TrustedOriginsChanged,
)
from schemas.records import Decided, Record
from schemas.webhooks import (
    DeliveryAttempted,
    RedeliveryRequested,
    Webhook,
    WebhookCreated,
    WebhookDeleted,
    WebhookDisabled,
    WebhookTestRequested,
    WebhookUpdated,
)

#: How long `deliveries` is kept.
KEPT_MS = 90 * DAY_MS
_POSITION = b"deliveries"


class QueuePlace(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A place in an endpoint's queue."""

    offset: int
    index: int


class Item(msgspec.Struct, frozen=True, array_like=True):
    """What is to be sent: the event with that number in the record at `offset`."""

    offset: int
    number: int
    redelivery: bool = False


class Waiting(NamedTuple):
    """The head of a queue."""

    place: QueuePlace
    item: Item


class Tries(msgspec.Struct, frozen=True, array_like=True):
    """How often the head of a queue was tried, and when it is tried again."""

    place: QueuePlace
    attempts: int
    next_at: Millis


class Endpoint(msgspec.Struct, frozen=True):
    """A webhook and whose it is."""

    project: str
    webhook: Webhook


_encode = msgspec.json.Encoder().encode
_endpoints = msgspec.json.Decoder(Endpoint)
_items = msgspec.json.Decoder(Item)
_places = msgspec.json.Decoder(QueuePlace)
_tries = msgspec.json.Decoder(Tries)
Changes = dict[bytes, bytes | None]


class Outbox:
    """The queues of one partition; a `runtime.replica.replica.Fold`."""

    def __init__(self, store: Store, clock_ms: Callable[[], Millis]) -> None:
        self._store = store
        self._clock_ms = clock_ms
        self._changes: Changes = {}
        self.endpoints: dict[str, Endpoint] = {}
        #: Whose they are; None: it is to be found out anew.
        self._projects: frozenset[str] | None = None
        self._load()

    # --- the fold

    def begin(self) -> None:
        self._changes = {}

    def apply(self, record: Record, offset: int) -> None:
        if not isinstance(record, Decided):
            return
        for event in record.events:
            register = REGISTERS.get(type(event))
            if register is not None:
                register(self, record, event, offset)
        if not self.has_project(record.project) or record.at < self._clock_ms() - KEPT_MS:
            return
        for told in hook_events(record):
            for endpoint in self.endpoints.values():
                if endpoint.project == record.project and told.name in endpoint.webhook.events:
                    self._queue(
                        endpoint, QueuePlace(offset, told.number), Item(offset, told.number)
                    )

    def commit(self) -> Changes:
        changes, self._changes = self._changes, {}
        return changes

    def discard(self) -> None:
        self._changes = {}
        self._load()

    def knows(self, project: str) -> bool:
        """Whether the project has a webhook, active or not."""
        if self._projects is None:
            self._projects = frozenset(each.project for each in self.endpoints.values())
        return project in self._projects

    def has_project(self, project: str) -> bool:
        """Whether something may be sent for the project."""
        return self.knows(project) and any(
            each.project == project and each.webhook.active for each in self.endpoints.values()
        )

    def _load(self) -> None:
        found = (_endpoints.decode(value) for _, value in self._store.scan(b"endpoint/"))
        self.endpoints = {each.webhook.id: each for each in found}
        self._projects = None

    def webhook_set(
        self, record: Decided, event: WebhookCreated | WebhookUpdated | WebhookDisabled, _: int
    ) -> None:
        webhook = event.webhook
        self.endpoints[webhook.id] = Endpoint(record.project, webhook)
        self._projects = None
        self._changes[_key("endpoint", webhook.id)] = _encode(self.endpoints[webhook.id])

    def webhook_updated(self, record: Decided, event: WebhookUpdated, offset: int) -> None:
        self.webhook_set(record, event, offset)
        # Whoever changed it wants to see whether it works now.
        self._changes[_key("tries", event.webhook.id)] = None

    def webhook_deleted(self, _: Decided, event: WebhookDeleted, __: int) -> None:
        self._forget(event.webhook_id)

    def project_closed(self, record: Decided, _: ProjectClosed, __: int) -> None:
        gone = [i for i, each in self.endpoints.items() if each.project == record.project]
        for webhook_id in gone:
            self._forget(webhook_id)

    def redelivery_requested(
        self, record: Decided, event: RedeliveryRequested, offset: int
    ) -> None:
        endpoint = self.endpoints.get(event.webhook_id)
        wanted = event_place(record.project, event.event_id)
        if endpoint is not None and wanted is not None and wanted.offset < offset:
            # Whoever sends it once more wants to see whether it works now.
            self._changes[_key("tries", event.webhook_id)] = None
            item = Item(wanted.offset, wanted.number, redelivery=True)
            self._queue(endpoint, QueuePlace(offset, 0), item)

    def test_requested(self, record: Decided, event: WebhookTestRequested, offset: int) -> None:
        endpoint = self.endpoints.get(event.webhook.id)
        if endpoint is None:
            return
        # Whoever tests it wants to see whether it works now.
        self._changes[_key("tries", event.webhook.id)] = None
        for told in hook_events(record):
            self._queue(endpoint, QueuePlace(offset, told.number), Item(offset, told.number))

    def _queue(self, endpoint: Endpoint, place: QueuePlace, item: Item) -> None:
        webhook = endpoint.webhook
        if not webhook.active:
            return
        settled = self._settled_place(webhook.id)
        if settled is None or settled < place:
            self._changes[_queue_key(webhook.id, place)] = _encode(item)

    def _forget(self, webhook_id: str) -> None:
        self.endpoints.pop(webhook_id, None)
        self._projects = None
        for name in ("endpoint", "tries", "settled"):
            self._changes[_key(name, webhook_id)] = None
        prefix = _key("queue", webhook_id) + b"/"
        queued = [key for key, _ in self._store.scan(prefix)]
        queued += [key for key in self._changes if key.startswith(prefix)]
        self._changes |= dict.fromkeys(queued)

    # --- what became of it

    def head(self, webhook_id: str) -> Waiting | None:
        """What is to be sent next to the endpoint."""
        prefix = _key("queue", webhook_id) + b"/"
        for key, value in self._store.scan(prefix):
            offset, index = key[len(prefix) :].split(b".")
            return Waiting(QueuePlace(int(offset, 16), int(index, 16)), _items.decode(value))
        return None

    def tries(self, webhook_id: str, place: QueuePlace) -> Tries | None:
        """How often that place was tried."""
        stored = self._store.get(_key("tries", webhook_id))
        found = None if stored is None else _tries.decode(stored)
        return found if found is not None and found.place == place else None

    def record(self, attempts: Iterable[tuple[DeliveryAttempted, int]]) -> None:
        """Takes attempts as they lie in `deliveries`, each with its offset; again is no harm."""
        changes: Changes = {}
        for attempt, offset in attempts:
            place = QueuePlace(attempt.offset, attempt.index)
            webhook_id = attempt.webhook_id
            settled = self._settled_place(webhook_id, changes)
            if settled is None or settled < place:
                if attempt.result == "failed":
                    tries = Tries(place, attempt.attempt, attempt.next_attempt_at or attempt.at)
                    changes[_key("tries", webhook_id)] = _encode(tries)
                else:
                    changes[_key("settled", webhook_id)] = _encode(place)
                    changes[_key("tries", webhook_id)] = None
                    changes[_queue_key(webhook_id, place)] = None
            changes[_POSITION] = _encode(offset)
        self._store.write(changes)

    @property
    def position(self) -> int:
        """The offset in `deliveries` up to which attempts were taken; -1: none yet."""
        stored = self._store.get(_POSITION)
        return -1 if stored is None else msgspec.json.decode(stored, type=int)

    def _settled_place(self, webhook_id: str, changes: Changes | None = None) -> QueuePlace | None:
        key = _key("settled", webhook_id)
        stored = changes[key] if changes and key in changes else self._store.get(key)
        return None if stored is None else _places.decode(stored)


def _key(name: str, webhook_id: str) -> bytes:
    return f"{name}/{webhook_id}".encode()


def _queue_key(webhook_id: str, place: QueuePlace) -> bytes:
    return _key("queue", webhook_id) + f"/{place.offset:016x}.{place.index:08x}".encode()


#: What each event changes of where a project's events are sent.
REGISTERS: Mapping[type[Any], Callable[[Outbox, Decided, Any, int], None]] = MappingProxyType(
    {
        WebhookCreated: Outbox.webhook_set,
        WebhookUpdated: Outbox.webhook_updated,
        WebhookDisabled: Outbox.webhook_set,
        WebhookDeleted: Outbox.webhook_deleted,
        ProjectClosed: Outbox.project_closed,
        RedeliveryRequested: Outbox.redelivery_requested,
        WebhookTestRequested: Outbox.test_requested,
    }
)

#: What leaves the webhooks as they are; it may be told to them.
UNREGISTERED = events_of(
    ACTION_EVENTS,
    ASSIGNMENT_EVENTS,
    SHOP_EVENTS,
    ProjectCreated,
    ProjectOpened,
    ProjectUpdated,
    TimeZoneSet,
    ProjectDeleted,
    KEY_EVENTS,
    KeyAdded,
    KeyRevoked,
    TrustedOriginsChanged,
)
