"""Many rows at once: read within limits, staged in pieces, and left to an async action.

A request is answered when its action has started; by then all of its rows are in the log. A request
that fails before has started nothing: what it staged is dropped after a day.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from engine.answers.answer import render_answer
from fronts.writes import Identity, Writes, note_record
from runtime.http.auth import Caller
from runtime.http.errors import ApiError, invalid_payload, request_id_of
from runtime.http.ignored import Path, note_ignored, read_model
from runtime.http.lenient import untyped
from runtime.http.payload import decode_body, describe_pydantic, require_json
from runtime.http.routing import caller_of
from schemas.actions import CHUNK_BYTES_MAX, CHUNK_ROWS_MAX, Rows, StageRows, StartAction, Work
from schemas.commands import CommandBody
from schemas.errors import refuse
from schemas.records import Answer, Decided

ROWS_MAX = 100_000
FILE_BYTES_MAX = 10 * 1024 * 1024

B = TypeVar("B", bound=BaseModel)
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


async def read_json_rows(request: Request, rows_max: int = ROWS_MAX) -> tuple[bytes, list[Any]]:
    """The body and its list. Raises ApiError 400 where it is none, 413 for too many rows."""
    body = await request.body()
    if body:
        require_json(request)
    rows = await asyncio.to_thread(decode_body, body, untyped)
    if not isinstance(rows, list):
        raise invalid_payload("A body with a JSON array is required")
    check_count(len(rows), rows_max)
    return body, rows


async def read_json(request: Request, kind: type[B]) -> tuple[bytes, B]:
    """The body as it came and as `kind`. Raises ApiError."""
    body = await request.body()
    if body:
        require_json(request)
    value = await asyncio.to_thread(decode_body, body, untyped)
    ignored: list[Path] = []
    try:
        read = read_model(kind, value, ignored)
    except ValidationError as error:
        raise invalid_payload(describe_pydantic(_errors(error, ()))) from None
    note_ignored(request, ignored)
    return body, read


def check_count(count: int, rows_max: int = ROWS_MAX) -> None:
    """Raises ApiError 400 for no rows, 413 for too many."""
    if not count:
        raise invalid_payload("At least one row is required")
    if count > rows_max:
        raise ApiError(refuse("query_too_large", f"At most {rows_max} rows are taken at once"))


async def make_rows(
    request: Request, rows: Sequence[Any], kind: type[B], make: Callable[[B], Row]
) -> list[Row]:
    """A row for each JSON object. Raises ApiError 400 that names the first row that is wrong."""

    def convert() -> list[Row]:
        found: list[Row] = []
        for index, row in enumerate(rows):
            ignored: list[Path] = []
            try:
                found.append(make(read_model(kind, row, ignored, (index,))))
            except ValidationError as error:
                where = _errors(error, (index,))
                raise invalid_payload(describe_pydantic(where)) from None
            note_ignored(request, ignored)
        return found

    # A thread, so that other requests are served meanwhile.
    return await asyncio.to_thread(convert)


def _errors(error: ValidationError, where: tuple[int, ...]) -> list[dict[str, Any]]:
    return [
        {**each, "loc": (*where, *each["loc"])}
        for each in error.errors(include_url=False, include_input=False)
    ]


async def read_file(request: Request) -> bytes:
    """The uploaded CSV: the form's field `file`, or the body. Raises ApiError 400, 413, 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        content = await _form_file(request)
    elif kind in ("text/csv", "application/csv", "application/octet-stream"):
        content = await request.body()
    else:
        raise ApiError(
            refuse("unsupported_media_type", "The body has to be multipart/form-data or text/csv")
        )
    if len(content) > FILE_BYTES_MAX:
        raise ApiError(
            refuse("payload_too_large", f"The file has more than {FILE_BYTES_MAX} bytes")
        )
    return content


async def _form_file(request: Request) -> bytes:
    try:
        form = await request.form(max_files=1, max_fields=20)
    except HTTPException as error:
        raise invalid_payload(f"The form cannot be read: {error.detail}") from None
    try:
        file = form.get("file")
        if isinstance(file, UploadFile):
            return await file.read()
        if isinstance(file, str):
            return file.encode()
        raise invalid_payload("The form has to have the field `file`")
    finally:
        await form.close()
