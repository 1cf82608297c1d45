"""Product collections: create, read, change, delete. They and what is in them are listed elsewhere."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.collections.body import collection_body
from engine.collections.decide import with_members
from engine.kernel import tables
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from schemas.collections import DeleteCollection
from schemas.errors import not_found
from services.catalog.reads import Reads
from services.catalog.shop.collection_bodies import (
    CreateCollectionBody,
    UpdateCollectionBody,
    create_collection_command,
    update_collection_command,
)

_COLLECTION = "/v1/product-collections/{collection:ident}"


def collection_router(writes: Writes, view_of: Reads) -> APIRouter:
    """The endpoints of collections."""
    router = management_router("product collections")

    @router.post("/v1/product-collections")
    async def create(request: Request, body: CreateCollectionBody) -> Response:
        command = create_collection_command(body)
        return await writes.write(request, "product_collection.create", command)

    @router.get(_COLLECTION)
    async def get(request: Request, collection: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        found = view.get(tables.COLLECTIONS, collection)
        if found is None:
            raise ApiError(not_found("products_collection", collection))
        return writes.respond(request, 200, collection_body(with_members(view, found)))

    @router.put(_COLLECTION)
    async def update(
        request: Request, collection: Captured, body: UpdateCollectionBody
    ) -> Response:
        command = update_collection_command(body, collection)
        return await writes.write(request, "product_collection.update", command)

    @router.delete(_COLLECTION)
    async def delete(request: Request, collection: Captured) -> Response:
        command = DeleteCollection(collection)
        return await writes.write(request, "product_collection.delete", command)

    return router
