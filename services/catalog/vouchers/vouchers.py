"""The front of the catalog: management endpoints for single entities."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.assignments.decide import shown_assignments
from engine.kernel.lookup import categories_of, find_voucher
from engine.vouchers.body import voucher_body
from fronts.query_string import flag_of, read_parameters, require_known
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from schemas.errors import not_found
from schemas.vouchers import DeleteVoucher, DisableVoucher, EnableVoucher
from services.catalog.dates import place_own_days
from services.catalog.reads import Reads
from services.catalog.vouchers.voucher_bodies import CreateVoucherBody, UpdateVoucherBody
from services.catalog.vouchers.voucher_commands import (
    create_voucher_command,
    update_voucher_command,
)

#: Codes that stand for endpoints of the API in its paths; a voucher there would be lost with them.
RESERVED_CODES = frozenset({"import", "importCSV", "qualification"})


def voucher_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Vouchers: create, read, change, switch, delete."""
    router = management_router("vouchers")

    @router.post("/v1/vouchers")
    async def create_with_random_code(request: Request, body: CreateVoucherBody) -> Response:
        command = create_voucher_command(await place_own_days(view_of, request, body), None)
        return await writes.write(request, "voucher.create", command)

    @router.post("/v1/vouchers/{code:ident}")
    async def create(request: Request, code: Captured, body: CreateVoucherBody) -> Response:
        if code in RESERVED_CODES:
            raise ApiError(not_found("voucher", code))
        command = create_voucher_command(await place_own_days(view_of, request, body), code)
        return await writes.write(request, "voucher.create", command)

    @router.get("/v1/vouchers/{code:ident}")
    async def get(request: Request, code: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        voucher = find_voucher(view, code)
        if voucher is None:
            raise ApiError(not_found("voucher", code))
        categories = categories_of(view, voucher.category_id)
        body = voucher_body(voucher, shown_assignments(view, voucher), categories)
        return writes.respond(request, 200, body)

    @router.put("/v1/vouchers/{code:ident}")
    async def update(request: Request, code: Captured, body: UpdateVoucherBody) -> Response:
        command = update_voucher_command(await place_own_days(view_of, request, body), code)
        return await writes.write(request, "voucher.update", command)

    @router.delete("/v1/vouchers/{code:ident}")
    async def delete(request: Request, code: Captured) -> Response:
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"force"}))
        command = DeleteVoucher(code, force=flag_of(given, "force"))
        return await writes.write(request, "voucher.delete", command)

    @router.post("/v1/vouchers/{code:ident}/enable")
    async def enable(request: Request, code: Captured) -> Response:
        return await writes.write(request, "voucher.enable", EnableVoucher(code))

    @router.post("/v1/vouchers/{code:ident}/disable")
    async def disable(request: Request, code: Captured) -> Response:
        return await writes.write(request, "voucher.disable", DisableVoucher(code))

    return router
