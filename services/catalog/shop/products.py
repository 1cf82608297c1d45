"""Products and SKUs: create, read, change, delete. Products are listed elsewhere."""

from operator import attrgetter
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.encode import Body
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.products.body import full_product_body, sku_body
from engine.products.decide import skus_of
from engine.products.find import find_product, find_sku
from fronts.query_string import (
    Given,
    flag_of,
    page_of,
    read_parameters,
    require_known,
    single_parameter,
    time_of,
)
from fronts.writes import Writes
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.errors import not_found
from schemas.products import (
    CreateProduct,
    CreateSku,
    DeleteProduct,
    DeleteSku,
    Product,
    Sku,
    UpdateProduct,
    UpdateSku,
)
from services.catalog.reads import Reads
from services.catalog.shop.product_bodies import (
    ProductTerms,
    SkuTerms,
    changes_of,
    product_of,
    sku_of,
)

_PRODUCT: Final = "/v1/products/{product:ident}"
_SKU: Final = _PRODUCT + "/skus/{sku:ident}"
_PARAMETERS: Final = frozenset({"limit", "page", "order", "start_date", "end_date"})
_ORDERS: Final = frozenset({"created_at", "updated_at"})


def product_router(writes: Writes, view_of: Reads) -> APIRouter:
    """The endpoints; a path names a product or a SKU by id, else by source id."""
    router = management_router("products")
    _add_products(router, writes, view_of)
    _add_skus(router, writes, view_of)
    return router


def _add_products(router: APIRouter, writes: Writes, view_of: Reads) -> None:
    @router.post("/v1/products")
    async def create(request: Request, body: ProductTerms) -> Response:
        return await writes.write(request, "product.create", CreateProduct(product_of(body)))

    @router.get(_PRODUCT)
    async def get(request: Request, product: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        found = known_product(view, product)
        skus = sorted(skus_of(view, found.id), key=attrgetter("created_at", "id"), reverse=True)
        return writes.respond(request, 200, full_product_body(found, skus, len(skus)))

    @router.put(_PRODUCT)
    async def update(request: Request, product: Captured, body: ProductTerms) -> Response:
        if body.id not in (None, product):
            found = find_product(await view_of(caller_of(request).project), product)
            if found is not None and found.id != body.id:
                raise invalid_payload("Property `.id` differs from the product in the path")
        command = UpdateProduct(product, changes_of(body))
        return await writes.write(request, "product.update", command)

    @router.delete(_PRODUCT)
    async def delete(request: Request, product: Captured) -> Response:
        command = DeleteProduct(product, _force(request))
        return await writes.write(request, "product.delete", command)


def _add_skus(router: APIRouter, writes: Writes, view_of: Reads) -> None:
    @router.get(_PRODUCT + "/skus")
    async def listed(request: Request, product: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        found = known_product(view, product)
        return writes.respond(request, 200, sku_list(given, list(skus_of(view, found.id))))

    @router.post(_PRODUCT + "/skus")
    async def create(request: Request, product: Captured, body: SkuTerms) -> Response:
        return await writes.write(request, "sku.create", CreateSku(product, sku_of(body)))

    @router.put(_SKU)
    async def update(
        request: Request, product: Captured, sku: Captured, body: SkuTerms
    ) -> Response:
        if body.id not in (None, sku):
            found = find_sku(await view_of(caller_of(request).project), sku)
            if found is not None and found.id != body.id:
                raise invalid_payload("Property `.id` differs from the SKU in the path")
        command = UpdateSku(product, sku, changes_of(body))
        return await writes.write(request, "sku.update", command)

    @router.delete(_SKU)
    async def delete(request: Request, product: Captured, sku: Captured) -> Response:
        command = DeleteSku(product, sku, _force(request))
        return await writes.write(request, "sku.delete", command)

    @router.get("/v1/skus/{sku:ident}")
    async def get(request: Request, sku: Captured) -> Response:
        found = find_sku(await view_of(caller_of(request).project), sku)
        if found is None:
            raise ApiError(not_found("sku", sku))
        return writes.respond(request, 200, sku_body(found))


def known_product(view: View, named: str) -> Product:
    """The product with that id or source id. Raises ApiError 404."""
    found = find_product(view, named)
    if found is None:
        raise ApiError(not_found("product", named))
    return found


def sku_list(given: list[Given], skus: list[Sku]) -> Body:
    """The page that the query asks for, of a product's SKUs. Raises ApiError."""
    require_known(given, _PARAMETERS)
    page = page_of(given, _ORDERS)
    start, end = single_parameter(given, "start_date"), single_parameter(given, "end_date")
    if start is not None:
        from_ms = time_of(start)
        skus = [each for each in skus if each.created_at >= from_ms]
    if end is not None:
        to_ms = time_of(end)
        skus = [each for each in skus if each.created_at <= to_ms]
    skus = sorted(skus, key=lambda sku: _place(sku, page.order), reverse=page.descending)
    shown = skus[page.offset : page.offset + page.limit]
    return {
        "object": "list",
        "data_ref": "skus",
        "skus": [sku_body(each) for each in shown],
        "total": len(skus),
    }


def _place(sku: Sku, order: str) -> tuple[Any, str]:
    return getattr(sku, order) or 0, sku.id


def _force(request: Request) -> bool:
    given = read_parameters(request.query_params.multi_items())
    require_known(given, frozenset({"force"}))
    return flag_of(given, "force")
