"""The endpoints that change many at once, in the host that has commands decided.

What a filter means is asked of the host of the lists as the request comes; what it lets through then
is staged and left to an async action, as the rows of an import are.
"""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Protocol, Self

import msgspec
from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from engine.kernel.lookup import spell_code, tells_case
from engine.kernel.state import View
from fronts.fields import Body, Short
from fronts.staging import ROWS_MAX, Row, Turns, Upload, stage_and_start
from fronts.writes import Writes
from runtime.http.errors import ApiError, unavailable
from runtime.http.forward import ask_other
from runtime.http.ignored import note_ignored
from runtime.http.routing import caller_of, management_router
from runtime.http.service import Service
from schemas.actions import ChangeVouchers, DeleteBinEntries
from schemas.base import Shape
from schemas.errors import refuse
from schemas.projects import Asker
from services.audit.bulk.choosing import PATH, Choice, Chosen, ChosenKind
from services.audit.exports.asking import spell_filters, unread_members

#: How many codes or ids a request names by themselves.
NAMED_MAX = 10_000

Named = Annotated[
    list[Annotated[Short, Field(min_length=1)]], Field(min_length=1, max_length=NAMED_MAX)
]


class BulkVouchersBody(Body):
    """What is done with which vouchers: those of a filter, or those with these codes."""

    action: Literal["enable", "disable", "delete", "metadata"]
    filters: dict[str, Any] | None = None
    codes: Named | None = None
    #: With the action of that name: what is merged into the metadata of each.
    metadata: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _says_what_and_which(self) -> Self:
        if (self.filters is None) == (self.codes is None):
            raise ValueError("one of filters and codes is required")
        if (self.action == "metadata") != (self.metadata is not None):
            raise ValueError("metadata goes with the action metadata, and that with metadata")
        return self


class BulkBinBody(Body):
    """Which entries of the bin are deleted for good: those of a filter, or those with these ids."""

    filters: dict[str, Any] | None = None
    ids: Named | None = None

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.filters is None) == (self.ids is None):
            raise ValueError("one of filters and ids is required")
        return self


class _Told(Shape, frozen=True):
    """An error of the other host."""

    key: str
    details: str | None = None


class ReadView(Protocol):
    """State that holds everything that was answered before the question."""

    def __call__(self, project: str) -> Awaitable[View]:
        """The project's state. Raises ApiError 503."""


@dataclass(frozen=True, slots=True)
class BulkOutfit:
    """What the endpoints are given."""

    writes: Writes
    view_of: ReadView
    #: Passes a request on to the host of the lists.
    pass_on: ASGIApp
    turns: Turns = field(default_factory=Turns)


def bulk_service(outfit: BulkOutfit) -> Service:
    """The endpoints, to be mounted in the host that faces clients."""
    return Service("bulk", routers=(_bulk_router(outfit),))


def _bulk_router(outfit: BulkOutfit) -> APIRouter:
    router = management_router("bulk")

    @router.post("/v1/vouchers/bulk/filter/async")
    async def vouchers(request: Request, body: BulkVouchersBody) -> Response:
        with outfit.turns.take(caller_of(request).project):
            if body.codes is not None:
                rows = [_row(code, {"code": code}) for code in dict.fromkeys(body.codes)]
            else:
                chosen = await _choose(outfit, request, "voucher", body.filters or {})
                rows = [_row(code, {"id": each}) for each, code in chosen]
            caller = caller_of(request)
            work = ChangeVouchers(body.action, Asker(caller.kind, caller.key_id))
            kind = "METADATA_UPDATE" if body.action == "metadata" else "BULK_UPDATE"
            shared = None if body.metadata is None else {"metadata": body.metadata}
            upload = Upload(f"VOUCHERS.{kind}", work, rows, await request.body(), shared)
            return await stage_and_start(outfit.writes, request, "vouchers.bulk_filter", upload)

    @router.post("/v1/trash-bin/bulk/async")
    async def entries(request: Request, body: BulkBinBody) -> Response:
        with outfit.turns.take(caller_of(request).project):
            if body.ids is not None:
                rows = [_row(each, {"entry": each}) for each in dict.fromkeys(body.ids)]
            else:
                chosen = await _choose(outfit, request, "bin_entry", body.filters or {})
                rows = [_row(name, {"entry": each}) for each, name in chosen]
            # of the types that the contract has, that of what an entry of a campaign begins
            kind = "CAMPAIGN.VOUCHERS_DELETE"
            upload = Upload(kind, DeleteBinEntries(), rows, await request.body())
            return await stage_and_start(outfit.writes, request, "bin.bulk", upload)

    return router


def _row(name: str, do: Row) -> Row:
    return {"code": name, "do": do}


async def _choose(
    outfit: BulkOutfit, request: Request, kind: ChosenKind, filters: dict[str, Any]
) -> tuple[tuple[str, str], ...]:
    """(id, code or name) of what the filters let through now. Raises ApiError."""
    note_ignored(request, unread_members(filters, ("filters",)))
    view = await outfit.view_of(caller_of(request).project)
    if not tells_case(view):
        filters = spell_filters(filters, lambda code: spell_code(view, code))
    content = msgspec.json.encode(Choice(kind, filters))
    try:
        status, answer = await ask_other(outfit.pass_on, request, PATH, content)
    except ApiError as fault:
        if fault.refusal.key != "outcome_unknown":
            raise
        # nothing was begun
        raise unavailable("What is to be changed could not be read") from None
    if status != 200:
        told = msgspec.json.decode(answer, type=_Told)
        raise ApiError(refuse(told.key, told.details))
    rows = msgspec.json.decode(answer, type=Chosen).rows
    if len(rows) > ROWS_MAX:
        details = f"The filters let more than {ROWS_MAX} through, which is the most at once"
        raise ApiError(refuse("query_too_large", details))
    return rows
