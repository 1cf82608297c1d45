"""The live stream of a page: what happens in its project, as the API tells it.

    redemption …   something of that kind happened: parts that follow it ask for themselves anew
    rate           redemptions of the last second: {"succeeded": n, "failed": n}

A page gets one event a second at most of each kind, however much happens. The API's stream is let
go of in whichever way the page leaves.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.dashboard.web.asking import Api, ApiFault
from services.dashboard.web.cookies import project_of, session_of

BEAT_SECONDS: Final = 1.0
QUIET_SECONDS: Final = 15.0
#: After that a page asks for a new stream, with the session as it is then.
STREAM_SECONDS: Final = 600.0
RETRY_MS: Final = 2_000

#: The first word of an event's type → what lists follow.
FOLLOWED: Final = {
    "redemption": "redemptions",
    "rollback": "redemptions",
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


def live_route(client: httpx.AsyncClient) -> Route:
    """The route of the stream."""

    async def live(request: Request) -> Response:
        token = session_of(request)
        if token is None:
            return Response(status_code=401)
        api = Api(client, token, project_of(request))
        return StreamingResponse(
            _events(api), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    return Route("/live", live)


class Beat:
    """What happened since it was told last."""

    def __init__(self) -> None:
        self.succeeded = 0
        self.failed = 0
        self.kinds: set[str] = set()

    def note(self, kind: str) -> None:
        """Counts one event by its type, `redemption.succeeded`."""
        if kind == "redemption.succeeded":
            self.succeeded += 1
        elif kind == "redemption.failed":
            self.failed += 1
        followed = FOLLOWED.get(kind.partition(".")[0])
        if followed:
            self.kinds.add(followed)

    def take(self) -> list[str]:
        """What is told of it; then it begins anew."""
        told = [_event(each, {}) for each in sorted(self.kinds)]
        if self.succeeded or self.failed:
            told.append(_event("rate", {"succeeded": self.succeeded, "failed": self.failed}))
        self.succeeded = self.failed = 0
        self.kinds.clear()
        return told


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


async def _events(api: Api) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    beat = Beat()
    try:
        async with api.stream("/v1/audit/stream", is_endless=True) as answer:
            yield _event("open", {})
            reading = asyncio.create_task(_note_all(answer, beat))
            try:
                async for each in _beats(beat, reading):
                    yield each
            finally:
                reading.cancel()
    except ApiFault as fault:
        yield _event("closed", {"status": fault.status})


async def _beats(beat: Beat, reading: "asyncio.Task[None]") -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    begun = told = loop.time()
    while not reading.done() and loop.time() - begun < STREAM_SECONDS:
        await asyncio.sleep(BEAT_SECONDS)
        events = beat.take()
        if events:
            told = loop.time()
        elif loop.time() - told > QUIET_SECONDS:
            told = loop.time()
            events = [": still here\n\n"]
        for each in events:
            yield each


async def _note_all(answer: httpx.Response, beat: Beat) -> None:
    """Reads the API's stream to its end."""
    kind = ""
    async for line in answer.aiter_lines():
        if line.startswith("event:"):
            kind = line[6:].strip()
        elif line.startswith("data:"):
            beat.note(_type_of(line[5:]) or kind)


def _type_of(data: str) -> str:
    try:
        said = json.loads(data)
    except ValueError:
        return ""
    return str(said.get("type") or "") if isinstance(said, dict) else ""
