"""Rows that are left to an async action: staged in pieces, and then started with.

A request is answered when its action has started; by then all of its rows are in the log. A request
that fails before has started nothing: what it staged is dropped after a day.
"""

import os
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from engine.answers.answer import render_answer
from fronts.writes import Identity, Writes, note_record
from runtime.http.auth import Caller
from runtime.http.errors import ApiError, request_id_of, unavailable
from runtime.http.routing import caller_of
from schemas.actions import CHUNK_BYTES_MAX, CHUNK_ROWS_MAX, Rows, StageRows, StartAction, Work
from schemas.commands import CommandBody
from schemas.errors import refuse
from schemas.records import Answer, Decided

#: How many rows one request may leave to an action.
ROWS_MAX = 100_000
#: How many uploads of a project are read at once; each may fill a hundred MB while it is.
UPLOADS_AT_ONCE_MAX = 4

Row = dict[str, Any]


class Upload(NamedTuple):
    """What to do with which rows; `content` tells one request from another."""

    type: str
    work: Work
    rows: Sequence[Row]
    content: bytes
    #: What the `do` of each row says besides.
    shared: Row | None = None


async def stage_and_start(
    writes: Writes, request: Request, route: str, upload: Upload, *, status: int = 202
) -> Response:
    """Stages the rows, starts the action and answers with its id. Raises ApiError."""
    caller = caller_of(request)
    identity = writes.identity(request, route, sha256(upload.content).digest())
    action_id = _action_id(caller, identity)
    sets = 0
    for first_row, rows in _sets(upload.rows, len(msgspec.json.encode(upload.shared or {}))):
        stage = StageRows(action_id, sets, rows, first_row, upload.shared or {})
        if await _stage_rows(writes, caller, stage):
            # the same request has started it before: its answer is that of the first
            break
        sets += 1
    start = StartAction(
        action_id=action_id,
        action_type=upload.type,
        work=upload.work,
        total=len(upload.rows),
        sets=sets,
        request_id=request_id_of(request),
    )
    answered = await writes.decide(caller, start, identity)
    note_record(request, answered)
    rendered = render_answer(answered.record, caller.kind)
    shown = status if rendered.status < 400 else rendered.status
    return writes.respond(request, shown, rendered.body)


async def _stage_rows(writes: Writes, caller: Caller, body: CommandBody) -> bool:
    """Has rows staged; True where their action is known already. Raises ApiError."""
    record: Answer = (await writes.decide(caller, body)).record
    if not isinstance(record, Decided):
        raise ApiError(refuse("command_expired"))
    if record.refusal is None:
        return False
    if record.refusal.key == "duplicate_found":
        return True
    raise ApiError(record.refusal)


def _action_id(caller: Caller, identity: Identity) -> str:
    if identity.command_id is None:
        return f"aa_{os.urandom(9).hex()}"
    # of the content, too: what another upload under the same key stages is kept apart
    named = f"{caller.project}/{identity.command_id}/{identity.fingerprint}"
    return f"aa_{sha256(named.encode()).hexdigest()[:18]}"


def _sets(rows: Sequence[Row], shared_bytes: int) -> Iterator[tuple[int, Rows]]:
    """(the number of the first row, from 1, and the rows) of each set that is staged at once."""
    gathered: list[Row] = []
    first, size = 1, shared_bytes
    for number, given in enumerate(rows, 1):
        row, grown = given, len(msgspec.json.encode(given))
        if shared_bytes + grown > CHUNK_BYTES_MAX:
            row = {"fault": f"The row is larger than {CHUNK_BYTES_MAX} bytes"}
            grown = len(msgspec.json.encode(row))
        if gathered and (len(gathered) >= CHUNK_ROWS_MAX or size + grown > CHUNK_BYTES_MAX):
            yield first, tuple(gathered)
            first, gathered, size = number, [], shared_bytes
        gathered.append(row)
        size += grown
    if gathered:
        yield first, tuple(gathered)


class Turns:
    """Refuses a project's uploads beyond so many at once."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def take(self, project: str) -> Iterator[None]:
        """Counts an upload as under way. Raises ApiError 503 where too many are."""
        if self._under_way[project] >= UPLOADS_AT_ONCE_MAX:
            raise unavailable(f"{UPLOADS_AT_ONCE_MAX} uploads are being read already")
        self._under_way[project] += 1
        try:
            yield
        finally:
            self._under_way[project] -= 1


def counted_route() -> type[APIRoute]:
    """Routes that together refuse a project's uploads beyond so many at once."""
    turns = Turns()

    class CountedRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def counted(request: Request) -> Response:
                if request.method != "POST":
                    return await handle(request)
                with turns.take(caller_of(request).project):
                    return await handle(request)

            return counted

    return CountedRoute
