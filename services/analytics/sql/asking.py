"""POST /v1/analytics/query and GET /v1/analytics/views, for server-side keys."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter
from pydantic import Field, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.encode import Body as JsonBody
from fronts.answers import json_answer
from fronts.cells import write_rows
from fronts.fields import Body
from runtime.clickhouse.apart import Apart, Limits, StatementFailed, StatementsBusy
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError, invalid_payload, unavailable
from runtime.http.routing import caller_of, management_router
from runtime.http.service import Service
from schemas.base import Shape
from schemas.errors import refuse
from services.analytics.sql.faults import told_fault
from services.analytics.sql.views import PROJECT_PLACE, VIEWS

if TYPE_CHECKING:
    from services.analytics.sql.writing import Statement

#: Of each format, the engine's.
_FORMS: Final = {"json": "JSONCompact", "csv": "JSONCompact", "parquet": "Parquet"}
#: How many cells are made safe for spreadsheets.
CELLS_MAX: Final = 1_000_000
_PARQUET: Final = "application/vnd.apache.parquet"


class QueryBody(Body):
    """A statement, the values of its parameters, and what its result comes as."""

    query: Annotated[StrictStr, Field(min_length=1, max_length=16_384)]
    parameters: dict[str, Any] | None = None
    format: Literal["json", "csv", "parquet"] = "json"


class _Meta(Shape, frozen=True):
    name: str
    type: str


class _Statistics(Shape, frozen=True):
    elapsed: float
    rows_read: int
    bytes_read: int


class _Result(Shape, frozen=True):
    """A result as the engine writes it."""

    meta: tuple[_Meta, ...]
    data: msgspec.Raw
    rows: int
    statistics: _Statistics


_result: Final = msgspec.json.Decoder(_Result)


def sql_service(reads: Reads, apart: Apart) -> Service:
    """The endpoints of SQL for analysts."""
    return Service("sql", routers=(_router(reads, apart),), lifespan=lambda: _closing(apart))


@asynccontextmanager
async def _closing(apart: Apart) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await apart.close()


def _router(reads: Reads, apart: Apart) -> APIRouter:
    router = management_router("analytics")

    @router.get("/v1/analytics/views")
    async def views(request: Request) -> Response:
        caller_of(request)
        return json_answer(
            {
                "object": "list",
                "data_ref": "data",
                "data": [_view_body(name) for name in VIEWS],
                "total": len(VIEWS),
            }
        )

    @router.post("/v1/analytics/query")
    async def query(request: Request, body: QueryBody) -> Response:
        project = caller_of(request).project
        with _faults(body.query, apart.limits), apart.turn(project) as turn:
            statement = await turn.do(_write, body.query, body.parameters or {})
            await reads.up_to(request).reach(statement.tables)
            asked = Query(statement.sql, {**statement.parameters, PROJECT_PLACE: project})
            found = await turn.do(apart.ask, asked, _FORMS[body.format], project)
            return await turn.do(_answer, body.format, found)

    return router


def _write(text: str, given: Mapping[str, Any]) -> "Statement":
    """The statement that is run. Raises ApiError."""
    # not before it is needed: the parser takes 18 MB and a seventh of a second
    from services.analytics.sql.parsing import StatementRefused  # noqa: PLC0415
    from services.analytics.sql.writing import write_statement  # noqa: PLC0415

    try:
        return write_statement(text, given)
    except StatementRefused as fault:
        raise invalid_payload(f"Property `.query`: {fault}") from None


@contextmanager
def _faults(text: str, limits: Limits) -> Iterator[None]:
    """Raises ApiError for what goes wrong in running a statement."""
    try:
        yield
    except StatementsBusy as busy:
        if busy.of_owner:
            raise ApiError(
                refuse("too_many_requests", "A statement of this project is running"),
                {"retry-after": "1"},
            ) from None
        raise unavailable("Other statements are running") from None
    except StatementFailed as fault:
        raise invalid_payload(f"Property `.query`: {told_fault(fault, text, limits)}") from None


def _view_body(name: str) -> JsonBody:
    view = VIEWS[name]
    columns = [
        {"name": each.name, "type": each.type, "meaning": each.meaning} for each in view.columns
    ]
    return {"object": "view", "name": name, "meaning": view.meaning, "columns": columns}


def _answer(form: str, found: bytes) -> Response:
    if form == "parquet":
        return Response(found, media_type=_PARQUET)
    result = _result.decode(found)
    if form == "csv":
        if result.rows * len(result.meta) > CELLS_MAX:
            raise invalid_payload(
                f"Property `.query`: gives more than {CELLS_MAX:,} cells, the most of a CSV"
            )
        rows = json.loads(bytes(result.data), parse_int=_as_written, parse_float=_as_written)
        head = [each.name for each in result.meta]
        return Response(write_rows([head, *rows]), media_type="text/csv")
    return json_answer(
        {
            "columns": [{"name": each.name, "type": plain_type(each.type)} for each in result.meta],
            "rows": result.data,
            "statistics": {
                "rows": result.rows,
                "rows_read": result.statistics.rows_read,
                "bytes_read": result.statistics.bytes_read,
                "elapsed_ms": round(result.statistics.elapsed * 1000, 3),
            },
        }
    )


def _as_written(number: str) -> msgspec.Raw:
    return msgspec.Raw(number.encode())


def plain_type(kind: str) -> str:
    """A type without what only says how it is stored."""
    while "LowCardinality(" in kind:
        before, _, rest = kind.partition("LowCardinality(")
        inner, _, after = rest.partition(")")
        kind = f"{before}{inner}{after}"
    return kind
