"""The log of events as it goes on: what was missed, then what comes, until either side ends it.

What comes is told by the feed that fills the tables, so that a stream reads nothing by itself. A
stream ends after a while, and its reader comes again with the id of the last event that it saw: so
a key that was revoked reads no longer than that. Nobody who reads too slowly is waited for.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractContextManager, aclosing
from typing import Any, Final

from starlette.requests import Request

from engine.kernel.encode import to_json
from fronts.query_string import Page, require_known
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.internal import positions_of
from runtime.http.routing import caller_of
from runtime.http.sse import EventStream, StreamLimit, as_event
from runtime.log.log import Place
from schemas.errors import refuse
from schemas.records import Decided
from schemas.topics import LEDGER
from services.audit.history.event_queries import NAMED_BY
from services.audit.history.events import (
    Choice,
    read_choice,
    read_event_id,
    shown_event,
)
from services.audit.history.records import Records
from services.audit.lists.parameters import parameters_of

PARAMETERS: Final = frozenset({"type", "object", *NAMED_BY})
LAST_EVENT: Final = "last-event-id"
#: How many streams a host has at once.
STREAMS_MAX: Final = 32
#: After how long a stream ends.
STREAM_SECONDS_MAX: Final = 60.0
#: How many records a reader may be behind what comes.
BEHIND_RECORDS_MAX: Final = 1000
#: How many events are looked up at a time that were missed.
PAGE_EVENTS: Final = 100

#: Has each record of a place told, with its offset; gives the offset after which that is so.
Listen = Callable[[Place, Callable[[Any, int], None]], AbstractContextManager[int]]


class EventStreams:
    """The endpoint `GET /v1/audit/stream`."""

    def __init__(
        self,
        reads: Reads,
        records: Records,
        listen: Listen,
        *,
        seconds_max: float = STREAM_SECONDS_MAX,
    ) -> None:
        self.reads = reads
        self.records = records
        self.listen = listen
        self.seconds_max = seconds_max
        self._limit = StreamLimit()

    async def answer(self, request: Request) -> EventStream:
        """GET /v1/audit/stream. Raises ApiError."""
        given = parameters_of(request)
        require_known(given, PARAMETERS)
        project = caller_of(request).project
        (partition,) = (each for topic, each in positions_of(request) if topic == LEDGER)
        last = _last_event(request, partition)
        self._limit.require_room(STREAMS_MAX)
        choice = await read_choice(self.reads.up_to(request), project, given)
        follower = _Follower(self, project, Place(LEDGER, partition), choice)
        return self._limit.answer(follower.events(last), STREAMS_MAX)


def _last_event(request: Request, partition: int) -> tuple[int, int] | None:
    """Offset and place of the last event that the reader saw. Raises ApiError."""
    text = request.headers.get(LAST_EVENT)
    if text is None:
        return None
    found = read_event_id(text)
    if found is None or found[0] != partition:
        details = f"Header Last-Event-ID is no id of an event of this project: {text[:50]!r}"
        raise ApiError(refuse("invalid_query_params", details))
    return found[1], found[2]


class _Follower:
    """One stream."""

    def __init__(self, streams: EventStreams, project: str, place: Place, choice: Choice) -> None:
        self._streams = streams
        self._project = project
        self._place = place
        self._choice = choice
        self._coming: asyncio.Queue[tuple[int, Decided]] = asyncio.Queue(BEHIND_RECORDS_MAX)
        self._is_behind = False

    async def events(self, last: tuple[int, int] | None) -> AsyncGenerator[bytes, None]:
        """What comes after that event, or from now on; ends after a while."""
        until = asyncio.get_running_loop().time() + self._streams.seconds_max
        with self._streams.listen(self._place, self._take) as joined:
            at = joined
            if last is not None:
                async with aclosing(self._missed(last[0], joined)) as missed:
                    async for offset, record in missed:
                        for event in self._events_of(offset, record, last):
                            yield event
            while not self._is_behind or not self._coming.empty():
                try:
                    async with asyncio.timeout_at(until):
                        offset, record = await self._coming.get()
                except TimeoutError:
                    return
                if offset > at:
                    at = offset
                    for event in self._events_of(offset, record, last):
                        yield event

    def _events_of(
        self, offset: int, record: Decided, last: tuple[int, int] | None
    ) -> Iterator[bytes]:
        for index, event in enumerate(record.events):
            if self._choice.admits(event) and (last is None or (offset, index) > last):
                body = shown_event(self._place.partition, offset, record, index)
                yield as_event(body["id"], body["type"], to_json(body))

    def _take(self, record: Any, offset: int) -> None:
        if self._is_behind or not isinstance(record, Decided) or record.project != self._project:
            return
        try:
            self._coming.put_nowait((offset, record))
        except asyncio.QueueFull:
            # it gets what waits, and comes again for the rest
            self._is_behind = True

    async def _missed(self, first: int, joined: int) -> AsyncGenerator[tuple[int, Decided], None]:
        """The records with wanted events from an offset up to another."""
        reads = self._streams.reads.at(self._place, joined)
        page = Page(PAGE_EVENTS, 0, "created_at", descending=False)
        while True:
            wanted = self._choice.wanted(self._project)
            wanted.between(self._place.partition, first, joined)
            rows = await reads.rows(wanted.page(page))
            places = [(partition, offset) for partition, offset, *_ in rows]
            for (_, offset), (record, _) in (await self._streams.records.decided(places)).items():
                yield offset, record
            if len(rows) < PAGE_EVENTS:
                return
            # a record is told whole, also where the page ends within it
            first = places[-1][1] + 1
