"""The front of the catalog: management endpoints for single entities."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine import tables
from engine.lookup import find_customer, find_order, find_voucher
from engine.render.customer import customer_body
from engine.render.order import stored_order_body
from engine.render.project import project_body, project_list_body
from engine.render.voucher import voucher_body
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from runtime.http.writes import Writes
from schemas.commands import (
    CONTROL_PROJECT,
    CommandBody,
    DeleteVoucher,
    DisableVoucher,
    EnableVoucher,
)
from schemas.entities import Project
from schemas.errors import not_found
from services.catalog.bodies import CreateVoucherBody, UpdateVoucherBody
from services.catalog.commands import create_command, update_command
from services.catalog.reads import Reads

#: Codes that stand for endpoints of the API in its paths; a voucher there would be lost with them.
RESERVED_CODES = frozenset({"import", "importCSV", "qualification"})


def voucher_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Vouchers: create, read, change, switch, delete."""
    router = management_router("vouchers")

    async def write(request: Request, route: str, command: CommandBody) -> Response:
        return await writes.answer(request, route, await request.body(), command)

    @router.post("/v1/vouchers")
    async def create_with_random_code(request: Request, body: CreateVoucherBody) -> Response:
        return await write(request, "voucher.create", create_command(body, None))

    @router.post("/v1/vouchers/{code:ident}")
    async def create(request: Request, code: Captured, body: CreateVoucherBody) -> Response:
        if code in RESERVED_CODES:
            raise ApiError(not_found("voucher", code))
        return await write(request, "voucher.create", create_command(body, code))

    @router.get("/v1/vouchers/{code:ident}")
    async def get(request: Request, code: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        voucher = find_voucher(view, code)
        if voucher is None:
            raise ApiError(not_found("voucher", code))
        return writes.respond(request, 200, voucher_body(voucher))

    @router.put("/v1/vouchers/{code:ident}")
    async def update(request: Request, code: Captured, body: UpdateVoucherBody) -> Response:
        return await write(request, "voucher.update", update_command(body, code))

    @router.delete("/v1/vouchers/{code:ident}")
    async def delete(request: Request, code: Captured) -> Response:
        return await write(request, "voucher.delete", DeleteVoucher(code))

    @router.post("/v1/vouchers/{code:ident}/enable")
    async def enable(request: Request, code: Captured) -> Response:
        return await write(request, "voucher.enable", EnableVoucher(code))

    @router.post("/v1/vouchers/{code:ident}/disable")
    async def disable(request: Request, code: Captured) -> Response:
        return await write(request, "voucher.disable", DisableVoucher(code))

    return router


def entity_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Customers and orders: read one by id or source id."""
    router = management_router("customers", "orders")

    @router.get("/v1/customers/{customer_id:ident}")
    async def customer(request: Request, customer_id: Captured) -> Response:
        found = find_customer(await view_of(caller_of(request).project), customer_id)
        if found is None:
            raise ApiError(not_found("customer", customer_id))
        return writes.respond(request, 200, customer_body(found))

    @router.get("/v1/orders/{order_id:ident}")
    async def order(request: Request, order_id: Captured) -> Response:
        found = find_order(await view_of(caller_of(request).project), order_id)
        if found is None:
            raise ApiError(not_found("order", order_id))
        return writes.respond(request, 200, stored_order_body(found))

    return router


def project_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Projects: a management key sees its own."""
    router = management_router("projects")

    async def own(request: Request) -> Project | None:
        view = await view_of(CONTROL_PROJECT)
        return view.get(tables.PROJECTS, caller_of(request).project)

    @router.get("/management/v1/projects")
    async def list_projects(request: Request) -> Response:
        project = await own(request)
        return writes.respond(request, 200, project_list_body([project] if project else []))

    @router.get("/management/v1/projects/{project_id:ident}")
    async def get_project(request: Request, project_id: Captured) -> Response:
        project = await own(request)
        if project is None or project.id != project_id:
            raise ApiError(not_found("project", project_id))
        return writes.respond(request, 200, project_body(project))

    return router
