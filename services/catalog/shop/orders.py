"""Orders: create, read, change."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.lookup import find_order
from engine.orders.body import stored_order_body
from fronts.writes import Writes
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.errors import not_found
from schemas.orders import UpdateOrder
from services.catalog.dates import place_own_days
from services.catalog.people.customer_bodies import (
    OrderBody,
    item_ids,
    new_order,
    order_customer,
    order_input,
    order_referrers,
)
from services.catalog.reads import Reads


def order_router(writes: Writes, view_of: Reads) -> APIRouter:
    """The endpoints of orders; a path names one by id, else by source id."""
    router = management_router("orders")

    @router.post("/v1/orders")
    async def create(request: Request, body: OrderBody) -> Response:
        body = await place_own_days(view_of, request, body)
        return await writes.write(request, "order.create", new_order(body))

    @router.get("/v1/orders/{order_id:ident}")
    async def get(request: Request, order_id: Captured) -> Response:
        found = find_order(await view_of(caller_of(request).project), order_id)
        if found is None:
            raise ApiError(not_found("order", order_id))
        return writes.respond(request, 200, stored_order_body(found))

    @router.put("/v1/orders/{order_id:ident}")
    async def update(request: Request, order_id: Captured, body: OrderBody) -> Response:
        view = await view_of(caller_of(request).project)
        found = find_order(view, order_id)
        if found is not None and body.id not in (None, found.id, order_id):
            raise invalid_payload("Property `.id` differs from the order in the path")
        body = await place_own_days(view_of, request, body)
        command = UpdateOrder(
            order_id,
            order_input(body),
            order_customer(body),
            body.created_at,
            item_ids(body),
            order_referrers(body),
        )
        return await writes.write(request, "order.update", command)

    return router
