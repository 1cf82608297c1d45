"""Many rows at once, read within limits; what becomes of them is in `fronts/staging.py`."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from fronts.staging import ROWS_MAX, Row
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.ignored import Path, note_ignored, read_model
from runtime.http.lenient import untyped
from runtime.http.payload import decode_body, describe_pydantic, require_json
from schemas.errors import refuse

FILE_BYTES_MAX = 10 * 1024 * 1024

B = TypeVar("B", bound=BaseModel)


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
