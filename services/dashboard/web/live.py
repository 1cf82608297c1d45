"""The live stream of pages: what happens in their project, told once a second at most.

    redemptions …  something happened that lists of that kind follow: they ask for themselves anew;
                   at once after a rest, and the more pages there are, the more seldom
    rate           redemptions of the last second: {"succeeded": n, "failed": n}
    closed         it ended; the page asks for a new one, or has to sign in

All pages of a project share one stream of the API, asked for with the session of one who looks.
Whether each of them still may look is asked of the API every second (`People`).
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any, Final

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.http.sse import EventStream
from services.dashboard.web.asking import Api, ApiFault
from services.dashboard.web.cookies import named_project, project_of, session_of
from services.dashboard.web.people import People

BEAT_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 2.0
#: After a stream that ended as it should, as when the API stops and comes again.
ENDED_SECONDS: Final = 0.2
#: After that a page asks for a new stream.
STREAM_SECONDS: Final = 600.0
#: How many pages are told at once.
WATCHERS_MAX: Final = 500
#: How many pages are told a second, all together, that their lists have changed: where something
#: happens all the time, fifty open lists cost the API no more than five.
LISTS_A_SECOND: Final = 2.0
#: Which event of the log stands for what lists follow, by its first word.
FOLLOWED: Final = {
    "redemption": "redemptions",
    "redemption_rollback": "redemptions",
    "rollback": "redemptions",
    "stack": "redemptions",
    "voucher": "vouchers",
    "vouchers": "vouchers",
    "campaign": "campaigns",
    "session": "sessions",
    "validation": "validations",
    "order": "orders",
    "customer": "customers",
    "action": "tasks",
    "export": "exports",
    "notification": "notifications",
}
SEES: Final = "audit.read"


class Mailbox:
    """What a page was not told yet: what happens while it is busy comes on top, and none of it is lost."""

    def __init__(self) -> None:
        self._seen = Counter[str]()
        self._has_some = asyncio.Event()

    def put(self, seen: "Counter[str]") -> None:
        """Adds what happened in a second; nothing is told, too, since then the rate is none."""
        self._seen.update(seen)
        self._has_some.set()

    async def take(self) -> "Counter[str]":
        """All that was put there since; waits for it."""
        await self._has_some.wait()
        self._has_some.clear()
        seen, self._seen = self._seen, Counter()
        return seen


class Channel:
    """What happens in one project, for all pages that show it."""

    def __init__(self, client: httpx.AsyncClient, project: str) -> None:
        self._client = client
        self._project = project
        #: Of each page that looks, the session.
        self.watchers: dict[Mailbox, str] = {}
        self._seen: Counter[str] = Counter()
        #: The session that the API's stream was asked for with.
        self._reads_as: str | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def join(self, mailbox: Mailbox, token: str) -> None:
        """Tells a page from now on."""
        self.watchers[mailbox] = token
        if not self._tasks:
            self._tasks = [asyncio.create_task(each) for each in (self._follow(), self._beat())]

    async def leave(self, mailbox: Mailbox) -> None:
        """Tells it no more; the last one ends the stream of the API."""
        del self.watchers[mailbox]
        if self.watchers:
            return
        tasks, self._tasks = self._tasks, []
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def disown(self, token: str) -> None:
        """Reads no more with a session that is over or may not see this any more."""
        if token == self._reads_as and self._tasks:
            self._tasks[0].cancel()
            self._tasks[0] = asyncio.create_task(self._follow(token))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            seen, self._seen = self._seen, Counter()
            for mailbox in self.watchers:
                mailbox.put(seen)

    async def _follow(self, but: str | None = None) -> None:
        """Reads the API's stream, with the session of whoever still looks."""
        while True:
            others = (each for each in reversed(self.watchers.values()) if each != but)
            self._reads_as, but = next(others, None), None
            wait = RETRY_SECONDS
            if self._reads_as is not None:
                with suppress(ApiFault, httpx.HTTPError, httpx.StreamError):
                    await self._read(Api(self._client, self._reads_as, self._project))
                    wait = ENDED_SECONDS
            await asyncio.sleep(wait)

    async def _read(self, api: Api) -> None:
        async with api.stream("/v1/audit/stream", is_endless=True) as answer:
            kind = ""
            async for line in answer.aiter_lines():
                if line.startswith("event:"):
                    kind = line[6:].strip()
                elif line.startswith("data:") and kind:
                    self._seen[kind] += 1


class Telling:
    """What one page was told, and what it waits for."""

    def __init__(self) -> None:
        self._waiting: set[str] = set()
        self._rests_until = 0.0

    def told_events(self, seen: "Counter[str]", now: float, pages: int) -> list[bytes]:
        """What it is told at `now` of what happened since it was told last, one of so many pages."""
        words = (kind.partition(".")[0] for kind in seen)
        self._waiting.update(FOLLOWED[each] for each in words if each in FOLLOWED)
        events = []
        if self._waiting and now >= self._rests_until:
            events = [_event(each, {}) for each in sorted(self._waiting)]
            self._waiting.clear()
            self._rests_until = now + pages / LISTS_A_SECOND
        rate = {
            "succeeded": seen["redemption.succeeded"],
            "failed": seen["redemption.failed"],
        }
        return [*events, _event("rate", rate)]


class Hub:
    """The channels of all projects that somebody looks at."""

    def __init__(self, client: httpx.AsyncClient, people: People) -> None:
        self._client = client
        self._people = people
        self._channels: dict[str, Channel] = {}

    @property
    def watching(self) -> int:
        """How many pages are told."""
        return sum(len(each.watchers) for each in self._channels.values())

    async def events(self, project: str, token: str) -> AsyncGenerator[bytes, None]:
        """What one page is told, for as long as its session may see it."""
        channel = self._channels.setdefault(project, Channel(self._client, project))
        mailbox = Mailbox()
        channel.join(mailbox, token)
        loop = asyncio.get_running_loop()
        ends = loop.time() + STREAM_SECONDS
        telling = Telling()
        try:
            yield _event("open", {})
            while loop.time() < ends:
                seen = await mailbox.take()
                if not await self._may_see(project, token):
                    channel.disown(token)
                    break
                for each in telling.told_events(seen, loop.time(), self.watching):
                    yield each
            yield _event("closed", {})
        finally:
            await channel.leave(mailbox)
            if not channel.watchers and self._channels.get(project) is channel:
                del self._channels[project]

    async def _may_see(self, project: str, token: str) -> bool:
        try:
            me = await self._people.find(token, "")
        except ApiFault as fault:
            return fault.status >= 500
        membership = me.membership(project)
        return membership is not None and membership.id == project and SEES in membership.privileges


def live_route(hub: Hub, people: People) -> Route:
    """The route of the stream: `GET /live?project=`."""

    async def live(request: Request) -> Any:
        token = session_of(request)
        if token is None:
            return Response(status_code=401)
        try:
            me = await people.find(token, "")
        except ApiFault as fault:
            return Response(status_code=fault.status)
        membership = me.membership(project_of(request))
        if membership is None or membership.id != (named_project(request) or membership.id):
            return Response(status_code=404)
        if SEES not in membership.privileges:
            return Response(status_code=403)
        if hub.watching >= WATCHERS_MAX:
            return Response(status_code=503)
        return EventStream(hub.events(membership.id, token))

    return Route("/live", live)


def _event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
