"""Customers: create, read, change, delete, and what they hold."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.customers.body import customer_body
from engine.customers.loyalty import loyalty_of
from engine.erasures.body import DONE
from engine.kernel import tables
from engine.kernel.lookup import find_customer, find_stored_customer
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from fronts.query_string import read_parameters
from fronts.writes import IDEMPOTENCY_HEADER, Writes, note_record
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.customers import Customer, DeleteCustomer, UpdateCustomer, UpsertCustomer
from schemas.erasures import ForgetCustomer
from schemas.errors import not_found
from services.catalog.people.customer_bodies import CustomerBody, customer_changes, customer_input
from services.catalog.people.redeemables import held_list
from services.catalog.reads import Reads

Find = Callable[[View, str], Customer | None]
#: (project, customer id): whether what was personal of a forgotten customer is erased everywhere;
#: waits for it, within a bound.
Erased = Callable[[str, str], Awaitable[bool]]


def customer_router(
    writes: Writes, view_of: Reads, erased: Erased, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """The endpoints of customers; a path names one by id, else by source id."""
    router = management_router("customers")

    async def known(request: Request, named: str) -> Customer:
        """The customer. Raises ApiError 404, which may repeat what was asked for: it is no record."""
        found = find_customer(await view_of(caller_of(request).project), named)
        if found is None:
            raise ApiError(not_found("customer", named))
        return found

    async def id_of(request: Request, named: str, find: Find = find_customer) -> str:
        """The customer's id; a name that nobody has where the command may be known already.

        What was asked for may be a person's address, which a command must not repeat: the customer
        may have been forgotten.
        """
        found = find(await view_of(caller_of(request).project), named)
        if found is not None:
            return found.id
        if IDEMPOTENCY_HEADER in request.headers:
            return "nobody:" + sha256(named.encode()).hexdigest()
        raise ApiError(not_found("customer", named))

    @router.post("/v1/customers")
    async def create(request: Request, body: CustomerBody) -> Response:
        return await writes.write(request, "customer.upsert", UpsertCustomer(customer_input(body)))

    @router.get("/v1/customers/{customer_id:ident}")
    async def get(request: Request, customer_id: Captured) -> Response:
        found = await known(request, customer_id)
        view = await view_of(caller_of(request).project)
        summary = view.get(tables.CUSTOMER_SUMMARIES, found.id)
        loyalty = loyalty_of(view, found.id, clock())
        return writes.respond(request, 200, customer_body(found, summary, loyalty))

    @router.put("/v1/customers/{customer_id:ident}")
    async def update(request: Request, customer_id: Captured, body: CustomerBody) -> Response:
        named = await id_of(request, customer_id)
        if body.id not in (None, named, customer_id):
            raise invalid_payload("Property `.id` differs from the customer in the path")
        command = UpdateCustomer(named, customer_changes(body))
        return await writes.write(request, "customer.update", command)

    @router.delete("/v1/customers/{customer_id:ident}")
    async def delete(request: Request, customer_id: Captured) -> Response:
        command = DeleteCustomer(await id_of(request, customer_id))
        return await writes.write(request, "customer.delete", command)

    @router.post("/v1/customers/{customer_id:ident}/permanent-deletion")
    async def forget(request: Request, customer_id: Captured) -> Response:
        command = ForgetCustomer(await id_of(request, customer_id, find_stored_customer))
        return await _forget_customer(writes, erased, request, command)

    @router.get("/v1/customers/{customer_id:ident}/redeemables")
    async def redeemables(request: Request, customer_id: Captured) -> Response:
        found = await known(request, customer_id)
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        return writes.respond(request, 200, held_list(view, found.id, given, clock()))

    return router


async def _forget_customer(
    writes: Writes, erased: Erased, request: Request, command: ForgetCustomer
) -> Response:
    """The answer, which says how far the erasure is by now."""
    caller = caller_of(request)
    identity = writes.identity(request, "customer.forget", await request.body())
    answered = await writes.decide(caller, command, identity)
    note_record(request, answered)
    status, shown = writes.render(answered.record, caller.kind)
    if shown is None or status != HTTPStatus.OK:
        return writes.respond(request, status, shown)
    ended = await erased(caller.project, shown["related_object_id"])
    return writes.respond(request, status, shown | {"status": DONE} if ended else shown)
