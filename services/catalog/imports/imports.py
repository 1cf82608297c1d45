"""Imports, bulk updates, and the async actions that carry them out."""

from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.background.body import action_with_result
from engine.kernel import tables
from engine.kernel.lookup import find_campaign
from fronts.staging import Upload, counted_route, stage_and_start
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of
from schemas.actions import (
    FollowSegment,
    ImportCustomers,
    ImportOrders,
    ImportVouchers,
    JoinCustomers,
    UpdateVouchers,
)
from schemas.errors import not_found
from services.catalog.dates import zone_of_caller
from services.catalog.imports.csv_file import read_csv
from services.catalog.imports.customer_rows import (
    CUSTOMER_COLUMNS,
    BulkCustomerBody,
    CustomersMetadataBody,
    customer_row,
    order_row,
    source_row,
)
from services.catalog.imports.product_imports import add_product_imports
from services.catalog.imports.uploads import (
    check_count,
    make_rows,
    read_json,
    read_json_rows,
)
from services.catalog.imports.voucher_rows import (
    ImportVoucherBody,
    ImportWholeVoucherBody,
    UpdateVoucherRowBody,
    VouchersMetadataBody,
    campaign_columns,
    import_row,
    update_row,
    voucher_columns,
)
from services.catalog.people.customer_bodies import OrderBody
from services.catalog.reads import Reads

#: How many orders one request may import.
ORDERS_MAX = 2000


def import_router(writes: Writes, view_of: Reads) -> APIRouter:
    """The endpoints, before those of single vouchers, whose codes they look like."""
    router = APIRouter(tags=["imports"], route_class=counted_route())
    _vouchers(router, writes, view_of)
    _campaigns(router, writes, view_of)
    _customers(router, writes)
    add_product_imports(router, writes)

    @router.post("/v1/orders/import")
    async def orders(request: Request) -> Response:
        body, given = await read_json_rows(request, ORDERS_MAX)
        make = partial(order_row, await zone_of_caller(view_of, request))
        rows = await make_rows(request, given, OrderBody, make)
        upload = Upload("ORDERS.IMPORT", ImportOrders(), rows, body)
        return await stage_and_start(writes, request, "orders.import", upload, status=200)

    @router.get("/v1/async-actions/{action_id:ident}")
    async def action(request: Request, action_id: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        found = view.get(tables.ACTIONS, action_id)
        # what goes on by itself is none of those that the contract knows
        if found is None or isinstance(found.work, FollowSegment | JoinCustomers):
            raise ApiError(not_found("async_action", action_id))
        return writes.respond(request, 200, action_with_result(found))

    return router


def _vouchers(router: APIRouter, writes: Writes, view_of: Reads) -> None:
    @router.post("/v1/vouchers/import")
    async def vouchers(request: Request) -> Response:
        body, given = await read_json_rows(request)
        make = partial(import_row, await zone_of_caller(view_of, request))
        rows = await make_rows(request, given, ImportWholeVoucherBody, make)
        upload = Upload("VOUCHERS.IMPORT", ImportVouchers(), rows, body)
        return await stage_and_start(writes, request, "vouchers.import", upload)

    @router.post("/v1/vouchers/importCSV")
    async def vouchers_csv(request: Request) -> Response:
        work = ImportVouchers()
        columns = voucher_columns(await zone_of_caller(view_of, request))
        upload = await read_csv(request, "VOUCHERS.IMPORT_CSV", work, columns)
        return await stage_and_start(writes, request, "vouchers.import_csv", upload)

    @router.post("/v1/vouchers/bulk/async")
    async def bulk(request: Request) -> Response:
        body, given = await read_json_rows(request)
        rows = await make_rows(request, given, UpdateVoucherRowBody, update_row)
        upload = Upload("VOUCHERS.BULK_UPDATE", UpdateVouchers(), rows, body)
        return await stage_and_start(writes, request, "vouchers.bulk", upload)

    @router.post("/v1/vouchers/metadata/async")
    async def metadata(request: Request) -> Response:
        body, given = await read_json(request, VouchersMetadataBody)
        check_count(len(given.codes))
        rows = [{"code": code, "do": {"code": code}} for code in given.codes]
        shared = {"metadata": given.metadata}
        upload = Upload("VOUCHERS.METADATA_UPDATE", UpdateVouchers(), rows, body, shared)
        return await stage_and_start(writes, request, "vouchers.metadata", upload)


def _campaigns(router: APIRouter, writes: Writes, view_of: Reads) -> None:
    async def id_of(request: Request, named: str) -> str:
        found = find_campaign(await view_of(caller_of(request).project), named)
        if found is None:
            raise ApiError(not_found("campaign", named))
        return found.id

    @router.post("/v1/campaigns/{campaign:ident}/import")
    async def vouchers(request: Request, campaign: Captured) -> Response:
        work = ImportVouchers(await id_of(request, campaign))
        body, given = await read_json_rows(request)
        make = partial(import_row, await zone_of_caller(view_of, request))
        rows = await make_rows(request, given, ImportVoucherBody, make)
        upload = Upload("CAMPAIGN.VOUCHERS_IMPORT", work, rows, body)
        return await stage_and_start(writes, request, "campaign.import", upload)

    @router.post("/v1/campaigns/{campaign:ident}/importCSV")
    async def vouchers_csv(request: Request, campaign: Captured) -> Response:
        work = ImportVouchers(await id_of(request, campaign))
        columns = campaign_columns(await zone_of_caller(view_of, request))
        upload = await read_csv(request, "CAMPAIGN.VOUCHERS_IMPORT_CSV", work, columns)
        return await stage_and_start(writes, request, "campaign.import_csv", upload, status=200)


def _customers(router: APIRouter, writes: Writes) -> None:
    @router.post("/v1/customers/importCSV")
    async def customers_csv(request: Request) -> Response:
        work = ImportCustomers()
        upload = await read_csv(request, "CUSTOMERS.IMPORT_CSV", work, CUSTOMER_COLUMNS)
        return await stage_and_start(writes, request, "customers.import_csv", upload)

    @router.post("/v1/customers/bulk/async")
    async def bulk(request: Request) -> Response:
        body, given = await read_json_rows(request)
        rows = await make_rows(request, given, BulkCustomerBody, customer_row)
        upload = Upload("CUSTOMERS.BULK_UPDATE", ImportCustomers(), rows, body)
        return await stage_and_start(writes, request, "customers.bulk", upload)

    @router.post("/v1/customers/metadata/async")
    async def metadata(request: Request) -> Response:
        body, given = await read_json(request, CustomersMetadataBody)
        check_count(len(given.source_ids))
        rows = [source_row(each) for each in given.source_ids]
        shared = {"metadata": given.metadata}
        upload = Upload("CUSTOMERS.METADATA_UPDATE", ImportCustomers(), rows, body, shared)
        return await stage_and_start(writes, request, "customers.metadata", upload)
