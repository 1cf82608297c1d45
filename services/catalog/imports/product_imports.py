"""Imports and bulk updates of the catalogue."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fronts.staging import Upload, stage_and_start
from fronts.writes import Writes
from schemas.actions import ImportProducts, ImportSkus
from services.catalog.imports.csv_file import read_csv
from services.catalog.imports.product_rows import (
    PRODUCT_COLUMNS,
    SKU_COLUMNS,
    product_row,
    source_row,
)
from services.catalog.imports.uploads import (
    check_count,
    make_rows,
    read_json,
    read_json_rows,
)
from services.catalog.shop.product_bodies import BulkProductBody, ProductsMetadataBody


def add_product_imports(router: APIRouter, writes: Writes) -> None:
    """The endpoints, into the router of all imports."""

    @router.post("/v1/products/importCSV")
    async def products_csv(request: Request) -> Response:
        upload = await read_csv(request, "PRODUCTS.IMPORT_CSV", ImportProducts(), PRODUCT_COLUMNS)
        return await stage_and_start(writes, request, "products.import_csv", upload, status=200)

    @router.post("/v1/skus/importCSV")
    async def skus_csv(request: Request) -> Response:
        upload = await read_csv(request, "SKUS.IMPORT_CSV", ImportSkus(), SKU_COLUMNS)
        return await stage_and_start(writes, request, "skus.import_csv", upload, status=200)

    @router.post("/v1/products/bulk/async")
    async def bulk(request: Request) -> Response:
        upload = Upload("PRODUCTS.BULK_UPDATE", ImportProducts(), [], b"")
        # no body at all is no rows, says the contract
        if await request.body():
            body, given = await read_json_rows(request)
            rows = await make_rows(request, given, BulkProductBody, product_row)
            upload = upload._replace(rows=rows, content=body)
        return await stage_and_start(writes, request, "products.bulk", upload)

    @router.post("/v1/products/metadata/async")
    async def metadata(request: Request) -> Response:
        body, given = await read_json(request, ProductsMetadataBody)
        rows = [source_row(each) for each in given.source_ids or ()]
        if rows:
            check_count(len(rows))
        shared = {"metadata": given.metadata or {}}
        upload = Upload("PRODUCTS.METADATA_UPDATE", ImportProducts(), rows, body, shared)
        return await stage_and_start(writes, request, "products.metadata", upload)
