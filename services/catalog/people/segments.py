"""The endpoints of segments, and the segments that a customer is in."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter
from pydantic import Field, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.lookup import find_customer
from engine.kernel.zones import zone_of
from engine.projects.body import list_body
from engine.segments.belonging import segments_of
from engine.segments.body import segment_body, simple_segment_body
from fronts.fields import Body
from fronts.query_string import read_parameters
from fronts.selection import Selection, select_page
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError, invalid_payload, request_id_of
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import ID_LENGTH_MAX, Millis
from schemas.errors import not_found
from schemas.segments import MEMBERS_MAX, CreateSegment, DeleteSegment, Segment, UpdateSegment
from services.catalog.reads import Reads

Name = Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)]


class SegmentBody(Body):
    """A new segment: customers by id or source id, or a filter."""

    name: Name
    type: Literal["static", "auto-update", "passive"] | None = None
    customers: Annotated[list[Name], Field(max_length=MEMBERS_MAX)] | None = None
    filter: dict[str, Any] | None = None

    @property
    def kind(self) -> Literal["static", "auto-update", "passive"]:
        """Its type; one with a filter follows the customers unless it says otherwise."""
        return self.type or ("static" if self.filter is None else "auto-update")


class UpdateSegmentBody(Body):
    """What changes of a segment; `customers` are all members of a static one from then on."""

    name: Name | None = None
    customers: Annotated[list[Name], Field(max_length=MEMBERS_MAX)] | None = None
    filter: dict[str, Any] | None = None
    #: As they are, for who sends back what was read.
    id: str | None = None
    type: Literal["static", "auto-update", "passive"] | None = None
    object: Literal["segment"] | None = None
    created_at: Any = None
    updated_at: Any = None


_SELECTION: Final[Selection[Segment]] = Selection(
    texts=MappingProxyType(
        {
            "id": lambda each: each.id,
            "name": lambda each: each.name,
            "type": lambda each: each.type,
        }
    ),
    times=MappingProxyType({"created_at": lambda each: each.created_at}),
    orders=MappingProxyType({"created_at": lambda each: each.created_at}),
    id_of=lambda each: each.id,
    more=frozenset({"ids"}),
)


def segment_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Segments: create, list, read, change, delete; and those of a customer."""
    router = management_router("segments")

    @router.get("/v1/segments")
    async def list_segments(request: Request) -> Response:
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        found = select_page(_SELECTION, view.scan(tables.SEGMENTS), given, clock())
        body = found.body(segment_body)
        # the contract's description calls the array `segments` where `data_ref` says `data`
        return writes.respond(request, 200, body | {"segments": body["data"]})

    @router.post("/v1/segments")
    async def create(request: Request, body: SegmentBody) -> Response:
        foreign = "filter" if body.kind == "static" else "customers"
        if getattr(body, foreign) is not None:
            raise invalid_payload(f"Property `.{foreign}` does not belong to a {body.kind} segment")
        segment = Segment(
            id="", name=body.name, created_at=0, type=body.kind, filter=_text(body.filter)
        )
        command = CreateSegment(segment, tuple(body.customers or ()), request_id_of(request))
        return await writes.write(request, "segment.create", command)

    @router.get("/v1/segments/{segment:ident}")
    async def get(request: Request, segment: Captured) -> Response:
        found = (await view_of(caller_of(request).project)).get(tables.SEGMENTS, segment)
        if found is None:
            raise ApiError(not_found("segment", segment))
        return writes.respond(request, 200, segment_body(found))

    @router.put("/v1/segments/{segment:ident}")
    async def update(request: Request, segment: Captured, body: UpdateSegmentBody) -> Response:
        found = (await view_of(caller_of(request).project)).get(tables.SEGMENTS, segment)
        for name in ("id", "type"):
            if found is not None and getattr(body, name) not in (None, getattr(found, name)):
                raise invalid_payload(f"Property `.{name}` cannot be changed")
        command = UpdateSegment(
            segment,
            name=body.name,
            filter=_text(body.filter),
            customers=None if body.customers is None else tuple(body.customers),
            request_id=request_id_of(request),
        )
        return await writes.write(request, "segment.update", command)

    @router.delete("/v1/segments/{segment:ident}")
    async def delete(request: Request, segment: Captured) -> Response:
        return await writes.write(request, "segment.delete", DeleteSegment(segment))

    @router.get("/v1/customers/{customer_id:ident}/segments")
    async def of_customer(request: Request, customer_id: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        customer = find_customer(view, customer_id)
        if customer is None:
            raise ApiError(not_found("customer", customer_id))
        found = segments_of(view, customer, clock())
        bodies = [simple_segment_body(each.id, each.name) for each in found]
        return writes.respond(request, 200, list_body(bodies))

    return router


def _text(given: dict[str, Any] | None) -> str | None:
    """The filter as the core reads it. Raises ApiError for one that is too deep to be written."""
    try:
        return None if given is None else msgspec.json.encode(given).decode()
    except RecursionError:
        raise invalid_payload("Property `.filter` is too deep") from None
