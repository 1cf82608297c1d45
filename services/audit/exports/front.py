"""The endpoints of exports, in the host that has commands decided; files are fetched from the lists'.

What an export says is read from the state; whoever fetches its file shows the token of the link
that an answer named, and needs no key (runtime/http/links.py).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from engine.exports.body import export_body
from engine.kernel import tables
from engine.kernel.lookup import find_campaign, find_voucher, spell_code, tells_case
from engine.kernel.programs import find_member, find_program
from engine.kernel.state import View
from engine.kernel.zones import zone_name_of, zone_named
from fronts.fields import Body, Short
from fronts.query_string import page_of, read_parameters, require_known, text_of
from fronts.writes import Writes
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.ignored import note_ignored
from runtime.http.links import LinkSigner, link_to
from runtime.http.routing import Captured, caller_of, management_router, read_ident
from runtime.http.service import Service
from schemas.base import Millis
from schemas.errors import Refusal, not_found, refuse
from schemas.exports import CreateExport, DeleteExport, Export, ExportedObject
from services.audit.exports.asking import (
    check_columns,
    check_filters,
    check_order,
    read_filters,
    spell_filters,
    unread_members,
)
from services.audit.exports.objects import columns_of, is_personal

_ORDERS: Final[Mapping[str, Callable[[Export], Any]]] = MappingProxyType(
    {"created_at": lambda each: each.created_at, "status": lambda each: each.status}
)
TRANSACTIONS: Final = "voucher_transactions"


class ParametersBody(Body):
    """Which columns of which objects, in which order."""

    order: Short | None = None
    fields: list[Short] | None = None
    filters: dict[str, Any] | None = None


class VoucherParametersBody(ParametersBody):
    """Of vouchers also of which campaign."""

    campaign_id: Short | None = None


class CreateExportBody(Body):
    """A file of one kind of object."""

    exported_object: ExportedObject
    parameters: VoucherParametersBody | None = None


class PlainExportBody(Body):
    """A file of what the path says."""

    parameters: ParametersBody | None = None


class ReadView(Protocol):
    """State that holds everything that was answered before the question."""

    def __call__(self, project: str) -> Awaitable[View]:
        """The project's state. Raises ApiError 503."""


@dataclass(frozen=True, slots=True)
class ExportOutfit:
    """What the endpoints of exports are given."""

    writes: Writes
    view_of: ReadView
    links: LinkSigner
    #: Passes a request for a file on to the host that has it.
    pass_on: ASGIApp
    clock_ms: Callable[[], Millis]


def export_service(outfit: ExportOutfit) -> Service:
    """The endpoints, to be mounted in the host that faces clients."""
    exports = _Exports(outfit)
    return Service(
        "exports",
        routes=(Route("/v1/exports/{export:ident}", exports.get, methods=["GET"]),),
        routers=(_export_router(exports),),
    )


def _export_router(exports: "_Exports") -> APIRouter:
    router = management_router("exports")
    writes, view_of = exports.outfit.writes, exports.outfit.view_of

    @router.post("/v1/exports")
    async def create(request: Request, body: CreateExportBody) -> Response:
        given = body.parameters or VoucherParametersBody()
        if given.campaign_id is not None and body.exported_object != "voucher":
            raise invalid_payload("Property `.parameters.campaign_id` is one of vouchers")
        return await exports.create(
            request, "export.create", body.exported_object, given, given.campaign_id
        )

    @router.get("/v1/exports")
    async def list_exports(request: Request) -> Response:
        return await exports.list(request)

    @router.delete("/v1/exports/{export:ident}")
    async def delete(request: Request, export: Captured) -> Response:
        return await writes.write(request, "export.delete", DeleteExport(export))

    @router.post("/v1/orders/export")
    async def orders(request: Request, body: PlainExportBody | None = None) -> Response:
        given = (body and body.parameters) or ParametersBody()
        return await exports.create(request, "orders.export", "order", given)

    @router.post("/v1/vouchers/{code:ident}/transactions/export")
    async def of_voucher(
        request: Request, code: Captured, body: PlainExportBody | None = None
    ) -> Response:
        voucher = find_voucher(await view_of(caller_of(request).project), code)
        if voucher is None:
            raise ApiError(not_found("voucher", code))
        given = _only(body, "voucher_id", voucher.id)
        return await exports.create(request, "voucher.export", TRANSACTIONS, given)

    @router.post("/v1/campaigns/{campaign:ident}/transactions/export")
    async def of_campaign(
        request: Request, campaign: Captured, body: PlainExportBody | None = None
    ) -> Response:
        found = find_campaign(await view_of(caller_of(request).project), campaign)
        if found is None:
            raise ApiError(not_found("campaign", campaign))
        given = _only(body, "campaign_id", found.id)
        return await exports.create(request, "campaign.export", TRANSACTIONS, given)

    _add_programs(router, exports)
    return router


def _add_programs(router: APIRouter, exports: "_Exports") -> None:
    """Exports of loyalty programs and their members."""
    view_of = exports.outfit.view_of

    async def of_member(
        request: Request, member: Captured, campaign: Captured | None, body: PlainExportBody | None
    ) -> Response:
        card = find_member(await view_of(caller_of(request).project), member, campaign)
        if isinstance(card, Refusal):
            raise ApiError(card)
        given = _only(body, "voucher_id", card.id)
        return await exports.create(request, "member.export", TRANSACTIONS, given)

    async def of_program(
        request: Request, campaign: Captured, kind: ExportedObject, body: PlainExportBody | None
    ) -> Response:
        program = find_program(await view_of(caller_of(request).project), campaign)
        if isinstance(program, Refusal):
            raise ApiError(program)
        operator = "$in" if kind == "points_expiration" else "$is"
        given = _only(body, "campaign_id", program.id, operator)
        return await exports.create(request, f"program.{kind}.export", kind, given)

    @router.post("/v1/loyalties/members/{member:ident}/transactions/export")
    async def transactions_of(
        request: Request, member: Captured, body: PlainExportBody | None = None
    ) -> Response:
        return await of_member(request, member, None, body)

    @router.post("/v1/loyalties/{campaign:ident}/members/{member:ident}/transactions/export")
    async def transactions_of_member(
        request: Request,
        campaign: Captured,
        member: Captured,
        body: PlainExportBody | None = None,
    ) -> Response:
        return await of_member(request, member, campaign, body)

    @router.post("/v1/loyalties/{campaign:ident}/transactions/export")
    async def transactions_of_program(
        request: Request, campaign: Captured, body: PlainExportBody | None = None
    ) -> Response:
        return await of_program(request, campaign, TRANSACTIONS, body)

    @router.post("/v1/loyalties/{campaign:ident}/points-expiration/export")
    async def expiration_of_program(
        request: Request, campaign: Captured, body: PlainExportBody | None = None
    ) -> Response:
        return await of_program(request, campaign, "points_expiration", body)


class _Exports:
    """What several endpoints share."""

    def __init__(self, outfit: ExportOutfit) -> None:
        self.outfit = outfit

    async def create(
        self,
        request: Request,
        route: str,
        kind: ExportedObject,
        given: ParametersBody,
        campaign_id: str | None = None,
    ) -> Response:
        """Asks for a file. Raises ApiError for what cannot be in one."""
        view = await self.outfit.view_of(caller_of(request).project)
        zone_name = zone_name_of(view)
        fields = None if given.fields is None else tuple(given.fields)
        check_columns(kind, fields or ())
        if given.order is not None:
            check_order(kind, given.order)
        named: frozenset[str] = frozenset()
        filters = given.filters
        if filters is not None:
            note_ignored(request, unread_members(filters))
            named = check_filters(kind, filters, zone_named(zone_name), self.outfit.clock_ms())
            if not tells_case(view):
                filters = spell_filters(filters, lambda code: spell_code(view, code))
        seals = any(is_personal(kind, each) for each in named)
        shows = any(is_personal(kind, each) for each in columns_of(kind, fields))
        command = CreateExport(
            kind,
            fields,
            given.order,
            filters,
            campaign_id,
            time_zone=zone_name,
            personal=seals or shows,
            seals=seals,
        )
        return await self.outfit.writes.write(request, route, command)

    async def list(self, request: Request) -> Response:
        """GET /v1/exports."""
        project = caller_of(request).project
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"limit", "page", "order"}))
        page = page_of(given, frozenset(_ORDERS))
        key = _ORDERS[page.order]
        known = sorted(
            (await self.outfit.view_of(project)).scan(tables.EXPORTS),
            key=lambda each: (key(each), each.created_at, each.id),
            reverse=page.descending,
        )
        shown = known[page.offset : page.offset + page.limit]
        body = {
            "object": "list",
            "data_ref": "exports",
            "exports": [self._body(request, each) for each in shown],
            "total": len(known),
        }
        return self.outfit.writes.respond(request, 200, body)

    async def get(self, request: Request) -> Response | ASGIApp:
        """GET /v1/exports/{id}; with the token of its link the file."""
        export_id, project = read_ident(request, "export"), caller_of(request).project
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"token"}))
        token = text_of(given, "token")
        found = (await self.outfit.view_of(project)).get(tables.EXPORTS, export_id)
        if found is None:
            raise ApiError(not_found("export", export_id))
        if token is None:
            return self.outfit.writes.respond(request, 200, self._body(request, found))
        link = self.outfit.links.read(token, self.outfit.clock_ms())
        if link is None or (link.project, link.export_id) != (project, export_id):
            raise ApiError(refuse("unauthorized", "The token is wrong, or its time is over"))
        return self.outfit.pass_on

    def _body(self, request: Request, export: Export) -> dict[str, Any]:
        if export.status != "DONE":
            return export_body(export)
        project, now = caller_of(request).project, self.outfit.clock_ms()
        url = link_to(self.outfit.links, str(request.base_url), project, export.id, now)
        return export_body(export, url)


def _only(
    body: PlainExportBody | None, field: str, wanted: str, operator: str = "$is"
) -> ParametersBody:
    """The parameters, of what belongs to one voucher or campaign. Raises ApiError."""
    parameters = (body and body.parameters) or ParametersBody()
    filters = parameters.filters or {}
    conditions, junction = read_filters(filters, None)
    if junction != "and":
        raise invalid_payload("Property `.parameters.filters.junction` must be `and` here")
    if any(each.field == field for each in conditions):
        raise invalid_payload(f"Property `.parameters.filters.{field}` is what the path says")
    # of transactions the official client reads no `$in` with an id in it: its description allows one
    # character; of points that expire no `$is` with a list
    only = {field: {"conditions": {operator: [wanted]}}}
    return parameters.model_copy(update={"filters": filters | only})
