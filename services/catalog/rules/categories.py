"""The endpoints of categories."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter
from pydantic import BeforeValidator, Field, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from engine.categories.body import category_body
from engine.kernel import tables
from engine.kernel.zones import zone_of
from fronts.fields import Body, Short, Shown, read_whole
from fronts.query_string import read_parameters
from fronts.selection import Selection, select_page
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import ID_LENGTH_MAX, QUANTITY_MAX, Millis
from schemas.categories import (
    CATEGORIES_MAX,
    Category,
    CreateCategory,
    DeleteCategory,
    OrderCategories,
    UpdateCategory,
)
from schemas.errors import not_found
from services.catalog.reads import Reads

Hierarchy = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=QUANTITY_MAX)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)]


class CreateCategoryBody(Body):
    """A new category."""

    name: Name
    hierarchy: Hierarchy


class OrderCategoriesBody(Body):
    """All categories, the first that applies first."""

    ids: Annotated[list[Short], Field(max_length=CATEGORIES_MAX)]


class UpdateCategoryBody(Body):
    """Changes of a category; only what is named changes."""

    name: Name | None = None
    hierarchy: Hierarchy | None = None
    id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["category"] | None = None


_SELECTION: Final[Selection[Category]] = Selection(
    texts=MappingProxyType({"id": lambda each: each.id, "name": lambda each: each.name}),
    times=MappingProxyType(
        {"created_at": lambda each: each.created_at, "updated_at": lambda each: each.updated_at}
    ),
    orders=MappingProxyType(
        {
            "created_at": lambda each: each.created_at,
            "updated_at": lambda each: each.updated_at or 0,
            "name": lambda each: each.name,
            "hierarchy": lambda each: each.hierarchy,
        }
    ),
    id_of=lambda each: each.id,
)


def category_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Categories: create, list, read, change, delete, put in an order."""
    router = management_router("categories")

    @router.get("/v1/categories")
    async def list_categories(request: Request) -> Response:
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        found = select_page(_SELECTION, view.scan(tables.CATEGORIES), given, clock())
        return writes.respond(request, 200, found.body(category_body))

    @router.post("/v1/categories")
    async def create(request: Request, body: CreateCategoryBody) -> Response:
        command = CreateCategory(body.name, body.hierarchy)
        return await writes.write(request, "category.create", command)

    @router.get("/v1/categories/{category:ident}")
    async def get(request: Request, category: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        found = view.get(tables.CATEGORIES, category)
        if found is None:
            raise ApiError(not_found("category", category))
        return writes.respond(request, 200, category_body(found))

    @router.put("/v1/categories/order")
    async def order(request: Request, body: OrderCategoriesBody) -> Response:
        command = OrderCategories(tuple(body.ids))
        return await writes.write(request, "category.order", command)

    @router.put("/v1/categories/{category:ident}")
    async def update(request: Request, category: Captured, body: UpdateCategoryBody) -> Response:
        changes: dict[str, Any] = body.model_dump(include={"name", "hierarchy"}, exclude_none=True)
        if not changes:
            raise invalid_payload("Property `.name` or `.hierarchy` is required")
        command = UpdateCategory(category, msgspec.Raw(msgspec.json.encode(changes)))
        return await writes.write(request, "category.update", command)

    @router.delete("/v1/categories/{category:ident}")
    async def delete(request: Request, category: Captured) -> Response:
        return await writes.write(request, "category.delete", DeleteCategory(category))

    return router
