"""`GET /v1/analytics/live`: rates and alerts as they change, until either side ends it.

Rates are told a second apart at most, and as long as something of the last hour moves through its
windows; where nothing does, nothing is told. An event's id says up to which record of the ledger
its reader knows the alerts, so whoever comes again with it is told what it missed. A stream ends
after a while, so that a key that was revoked reads no longer than that.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from typing import Final

from starlette.requests import Request
from starlette.routing import Route

from engine.alerts.body import alert_body
from engine.kernel.calendar import iso
from engine.kernel.encode import Body, to_json
from fronts.query_string import read_parameters, require_known, text_of
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.internal import positions_of
from runtime.http.routing import caller_of
from runtime.http.sse import EventStream, StreamLimit, as_event
from schemas.errors import refuse
from schemas.topics import LEDGER
from services.analytics.live.live import Live
from services.analytics.live.windows import WINDOWS, Sums
from services.analytics.measures.measuring import campaign_names
from services.analytics.measures.parameters import campaign_id

LAST_EVENT: Final = "last-event-id"
STREAMS_MAX: Final = 32
STREAM_SECONDS_MAX: Final = 60.0
#: Nothing is told more often.
TOLD_SECONDS: Final = 1.0
#: How long what happened takes at most, mostly, until it is counted here: windows end so long ago.
LATE_SECONDS: Final = 2
#: How many campaigns an event shows: those with most in the last hour.
CAMPAIGNS_MAX: Final = 100
#: How many alerts a stream begins with, where its reader names none that it knows.
ALERTS_MAX: Final = 10
OFFSET_DIGITS_MAX: Final = 18


def live_route(live: Live, reads: Reads, seconds_max: float = STREAM_SECONDS_MAX) -> Route:
    """The route; names of campaigns are read from the tables."""
    limit = StreamLimit()

    async def answer(request: Request) -> EventStream:
        """GET /v1/analytics/live. Raises ApiError."""
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"campaign"}))
        project = caller_of(request).project
        (partition,) = (each for topic, each in positions_of(request) if topic == LEDGER)
        last = _last_event(request, partition)
        limit.require_room(STREAMS_MAX)
        named, current = text_of(given, "campaign"), reads.up_to(request)
        campaign = None if named is None else await campaign_id(current, project, named)
        follower = _Follower(live, current, project, partition, campaign)
        return limit.answer(follower.events(last, seconds_max), STREAMS_MAX)

    return Route("/v1/analytics/live", answer, methods=["GET"])


def _last_event(request: Request, partition: int) -> int | None:
    """The offset that the reader's last event names. Raises ApiError."""
    text = request.headers.get(LAST_EVENT)
    if text is None:
        return None
    known, _, offset = text.partition("-")
    if known != str(partition) or not offset.isdecimal() or len(offset) > OFFSET_DIGITS_MAX:
        details = f"Header Last-Event-ID is no id of an event of this project: {text[:50]!r}"
        raise ApiError(refuse("invalid_query_params", details))
    return int(offset)


class _Follower:
    """One stream."""

    def __init__(
        self, live: Live, reads: Reads, project: str, partition: int, campaign: str | None
    ) -> None:
        self._live = live
        self._reads = reads
        self._project = project
        self._partition = partition
        self._campaign = campaign
        self._names: dict[str, str | None] = {}
        #: The offset up to which the reader knows the alerts.
        self._known = 0

    async def events(self, last: int | None, seconds_max: float) -> AsyncGenerator[bytes, None]:
        """Alerts after that event, or the newest, and the rates; then what changes of them."""
        clock = asyncio.get_running_loop().time
        until = clock() + seconds_max
        with self._live.follow(self._project) as changed:
            for event in self._alerts(last, ALERTS_MAX if last is None else None):
                yield event
            shown: list[Body] | None = None
            while clock() < until:
                changed.clear()
                for event in self._alerts(self._known, None):
                    yield event
                rates = await self._rates()
                if rates != shown:
                    shown = rates
                    yield self._rates_event(rates)
                # what moves through the windows changes without anything happening
                wait = until - clock() if not rates else TOLD_SECONDS
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(wait, until - clock())):
                        await changed.wait()
                await asyncio.sleep(TOLD_SECONDS if changed.is_set() else 0.0)

    def _alerts(self, after: int | None, most: int | None) -> Iterator[bytes]:
        found = [
            each
            for each in self._live.alerts.newest(self._project)
            if (after is None or each.offset > after)
            and self._campaign in (None, each.alert.campaign_id)
        ]
        for offset, alert in found if most is None else found[-most:]:
            self._known = max(self._known, offset)
            yield as_event(f"{self._partition}-{offset}", "alert", to_json(alert_body(alert)))
        if after is not None:
            self._known = max(self._known, after)

    async def _rates(self) -> list[Body]:
        end = self._live.clock_ms() // 1000 - LATE_SECONDS
        only = None if self._campaign is None else (self._campaign,)
        found = self._live.rates.shown(self._project, end, only)
        most = sorted(found.items(), key=lambda each: (-sum(each[1][-1][:3]), each[0]))
        most = most[:CAMPAIGNS_MAX]
        unknown = [each for each, _ in most if each and each not in self._names]
        if unknown:
            known = await campaign_names(self._reads, self._project, unknown)
            self._names |= {each: known.get(each) for each in unknown}
        return [self._campaign_body(campaign, sums) for campaign, sums in most]

    def _campaign_body(self, campaign: str, sums: list[Sums]) -> Body:
        named = {"id": campaign, "name": self._names.get(campaign)} if campaign else None
        windows = {
            name: _window_body(each, seconds)
            for (name, seconds), each in zip(WINDOWS.items(), sums, strict=True)
        }
        return {"campaign": named, "windows": windows}

    def _rates_event(self, rates: list[Body]) -> bytes:
        at = (self._live.clock_ms() // 1000 - LATE_SECONDS) * 1000
        body = {"object": "live_rates", "at": iso(at), "rates": rates}
        return as_event(f"{self._partition}-{self._known}", "rates", to_json(body))


def _window_body(sums: Sums, seconds: int) -> Body:
    return {**sums._asdict(), "per_second": sums.succeeded / seconds}
