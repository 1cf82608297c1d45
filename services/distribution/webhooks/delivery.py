"""Sends events to webhooks: in order for each endpoint, each until it is taken or given up.

An endpoint has one attempt under way at a time, so it gets its events in the order of the ledger;
the endpoints do not wait for one another, and only so many attempts are under way, in all and for
each project (turns.py). An attempt is noted in the topic `deliveries` before the next begins.
Within the life of a process an event that was taken is not sent again; what a crash cut off between
the endpoint's answer and the note is sent once more, with the same id.

What fails is tried again, after pauses that double, and everything behind it waits. After the
last try it is given up, and the endpoint is switched off by a command: the ledger says so, and the
event can be asked for again by its id. What waits for an endpoint that is off stays; what happens
meanwhile is not queued.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

import msgspec
import structlog

from engine.answers.hook_events import hook_events
from engine.answers.hook_payload import hook_payload
from engine.webhooks.ids import event_id
from runtime.base.faults import NotDecided, NotSent, OutcomeUnknown
from runtime.http.errors import ApiError
from runtime.http.outbound import Unreachable
from runtime.http.service import Part
from runtime.log.log import Entry, LogError, OutOfRange, StoredEntry
from schemas.base import Millis, tag_of
from schemas.records import Decided, Record
from schemas.topics import DELIVERIES, LEDGER
from schemas.webhooks import TEST_NAME, DeliveryAttempted, DisableWebhook
from services.distribution.webhooks.outbox import Endpoint, Item, Outbox, Waiting
from services.distribution.webhooks.outfit import Outfit
from services.distribution.webhooks.signing import signed_headers

#: How many attempts are under way at once: in all, and of one project.
ATTEMPTS_AT_ONCE = 128
PROJECT_ATTEMPTS_AT_ONCE = 16
#: How long the log may fail before a note is tried again.
LOG_RETRY_SECONDS = 0.5
#: How often a waiting endpoint looks whether it is still wanted.
LOOK_SECONDS = 1.0
#: How long a sender waits for its own replica to learn that an endpoint is off.
DISABLED_LOOKS_MAX = 200
DISABLED_LOOK_SECONDS = 0.05
#: How long a host that stops waits for the attempts under way.
GRACE_SECONDS = 9.0

log = structlog.get_logger(__name__)

_encode = msgspec.json.Encoder().encode
_TYPE = tag_of(DeliveryAttempted).encode()


class Outcome(NamedTuple):
    """What an endpoint did with an attempt."""

    status: int | None
    error: str | None
    duration_ms: int


class Webhooks:
    """The endpoints of one partition. `outbox` is that of its replica, `complete` whether it is."""

    def __init__(
        self,
        outfit: Outfit,
        partition: int,
        outbox: Callable[[], Outbox],
        decode: Callable[[StoredEntry], Awaitable[Record]],
        complete: asyncio.Event,
    ) -> None:
        self._outfit = outfit
        self._partition = partition
        self._outbox = outbox
        self._decode = decode
        self._complete = complete
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._moved = asyncio.Event()
        self._stopping = False
        self.fault: str | None = None

    def health(self) -> Part:
        """`ok`, or why nothing is sent."""
        return Part(self.fault or "ok")

    def moved(self) -> None:
        """There may be something new to send."""
        self._moved.set()

    async def run(self) -> None:
        """Sends what is queued, until it is cancelled; then waits for what is under way."""
        try:
            while True:
                # One that still reads history knows addresses that hold no more.
                await self._complete.wait()
                self._moved.clear()
                self._start()
                await self._moved.wait()
        finally:
            self._stopping = True
            tasks = list(self._tasks.values())
            if tasks:
                _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
                for task in late:
                    task.cancel()

    def _start(self) -> None:
        outbox = self._outbox()
        for webhook_id, endpoint in outbox.endpoints.items():
            if endpoint.webhook.active and webhook_id not in self._tasks:
                if outbox.head(webhook_id) is None:
                    continue
                task = asyncio.create_task(self._work_off(webhook_id), name=f"webhook {webhook_id}")
                self._tasks[webhook_id] = task
                task.add_done_callback(partial(self._note_end, webhook_id))

    def _note_end(self, webhook_id: str, task: asyncio.Task[None]) -> None:
        del self._tasks[webhook_id]
        if task.cancelled():
            return
        if task.exception() is not None:
            # Its queue is as it was; the next record, or the next look, starts it again.
            self.fault = f"webhook {webhook_id} failed"
            log.error("webhook failed", webhook=webhook_id, exc_info=task.exception())
            asyncio.get_running_loop().call_later(LOOK_SECONDS, self._moved.set)
            return
        self._moved.set()

    async def _work_off(self, webhook_id: str) -> None:
        """Sends what waits for one endpoint, until nothing does or it is off."""
        while not self._stopping and self._complete.is_set():
            outbox = self._outbox()
            endpoint = outbox.endpoints.get(webhook_id)
            waiting = outbox.head(webhook_id)
            if endpoint is None or not endpoint.webhook.active or waiting is None:
                return
            tries = outbox.tries(webhook_id, waiting.place)
            left_ms = 0 if tries is None else tries.next_at - self._outfit.clock_ms()
            if left_ms > 0:
                await self._outfit.sleep(min(left_ms / 1000, LOOK_SECONDS))
                continue
            attempts = 1 if tries is None else tries.attempts + 1
            async with self._outfit.turns.turn(endpoint.project):
                if self._stopping:
                    return
                if self._outbox().endpoints.get(webhook_id) is not endpoint:
                    # it was changed, or is gone, since this began to wait
                    continue
                await self._attempt(endpoint, waiting, attempts)

    async def _attempt(self, endpoint: Endpoint, waiting: Waiting, attempts: int) -> None:
        project, item = endpoint.project, waiting.item
        began = self._outfit.clock_ms()
        named = event_id(project, item.offset, item.number)
        made = await self._make_body(project, item)
        if made is None:
            name, outcome = "", Outcome(None, "there is no such event", 0)
        else:
            name, body = made
            outcome = await self._post(endpoint, named, body, began)
        taken = outcome.error is None
        # what is a test is told at once, and says nothing of what the endpoint takes otherwise
        once = made is None or name == TEST_NAME
        last = once or attempts >= self._outfit.attempts_max
        attempt = DeliveryAttempted(
            id=_attempt_id(endpoint, waiting, attempts),
            project=project,
            webhook_id=endpoint.webhook.id,
            event_id=named,
            event=name,
            offset=waiting.place.offset,
            index=waiting.place.index,
            attempt=attempts,
            at=began,
            result="delivered" if taken else ("dead" if last else "failed"),
            duration_ms=outcome.duration_ms,
            http_status=outcome.status,
            error=outcome.error,
            next_attempt_at=(
                None if taken or last else self._outfit.clock_ms() + self._outfit.pause_ms(attempts)
            ),
            redelivery=item.redelivery,
        )
        if attempt.result == "dead" and not once:
            await self._disable(attempt)
        await self._note(attempt)

    async def _post(self, endpoint: Endpoint, named: str, body: bytes, began: Millis) -> Outcome:
        # The token is no name of this frame: a traceback may show those.
        headers = signed_headers(
            self._outfit.token_of(endpoint.project), named, began // 1000, body
        )
        status: int | None = None
        error: str | None = None
        try:
            status = await self._outfit.posts.post(endpoint.webhook.target_url, body, headers)
        except Unreachable as fault:
            error = str(fault)
        else:
            if not 200 <= status < 300:
                error = f"the answer was {status}"
        return Outcome(status, error, self._outfit.clock_ms() - began)

    async def _make_body(self, project: str, item: Item) -> tuple[str, bytes] | None:
        """The event's name and body; None when the ledger has no such event of the project."""
        record = await self._record(item.offset)
        if record is None or record.project != project:
            return None
        for told in hook_events(record):
            if told.number == item.number:
                return told.name, hook_payload(project, item.offset, record, told)
        return None

    async def _record(self, offset: int) -> Decided | None:
        known, place = self._outfit.records, (self._partition, offset)
        while place not in known:
            try:
                entry = await self._outfit.log.read_at(LEDGER, self._partition, offset)
                found = await self._decode(entry)
            except OutOfRange:
                return None
            except LogError as fault:
                self.fault = f"the log cannot be read: {type(fault).__name__}"
                await self._outfit.sleep(LOG_RETRY_SECONDS)
            else:
                self.fault = None
                known.keep(place, found if isinstance(found, Decided) else None)
        return known[place]

    async def _note(self, attempt: DeliveryAttempted) -> None:
        """Keeps an attempt; returns when it is kept, so that nothing taken is sent again."""
        entry = Entry(
            attempt.project.encode(),
            _encode(attempt),
            (("type", _TYPE), ("id", attempt.id.encode()), ("version", b"1")),
        )
        while True:
            try:
                offset = await self._outfit.sender.send(DELIVERIES, self._partition, entry)
            except LogError as fault:
                self.fault = f"attempts cannot be noted: {type(fault).__name__}"
                await self._outfit.sleep(LOG_RETRY_SECONDS)
            else:
                self.fault = None
                self._outbox().record([(attempt, offset)])
                return

    async def _disable(self, attempt: DeliveryAttempted) -> None:
        """Switches the endpoint off; returns when the ledger, and this replica, say so."""
        body = DisableWebhook(
            attempt.webhook_id, attempt.event_id, attempt.error or "it took nothing"
        )
        while True:
            try:
                await self._outfit.commands.send(
                    attempt.project, body, key_kind="system", channel="SYSTEM"
                )
            except (NotSent, OutcomeUnknown, NotDecided, ApiError) as fault:
                self.fault = f"an endpoint cannot be disabled: {type(fault).__name__}"
                await self._outfit.sleep(LOG_RETRY_SECONDS)
            else:
                break
        self.fault = None
        log.warning("webhook disabled", webhook=attempt.webhook_id, id=attempt.event_id)
        for _ in range(DISABLED_LOOKS_MAX):
            endpoint = self._outbox().endpoints.get(attempt.webhook_id)
            if endpoint is None or not endpoint.webhook.active:
                return
            await self._outfit.sleep(DISABLED_LOOK_SECONDS)


def _attempt_id(endpoint: Endpoint, waiting: Waiting, attempts: int) -> str:
    place = waiting.place
    text = f"{endpoint.webhook.id}/{place.offset}/{place.index}/{attempts}"
    return "dlv_" + hashlib.sha256(text.encode()).hexdigest()[:24]
