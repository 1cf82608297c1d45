"""What an order would earn in a program: asked, and nothing changes by it."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.customers.know import know_customer
from engine.earning.estimate import estimate_points
from engine.kernel.programs import find_program
from fronts.fields import Body
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.commands import Command
from schemas.customers import UpsertCustomer
from schemas.errors import Refusal
from services.catalog.dates import place_own_days
from services.catalog.people.customer_bodies import (
    CustomerBody,
    OrderBody,
    customer_input,
    order_input,
)
from services.catalog.reads import Reads


class EstimateBody(Body):
    """An order, and whose it is."""

    customer: CustomerBody
    order: OrderBody


def estimate_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """The points that an order would earn."""
    router = management_router("loyalties")

    @router.post("/v1/loyalties/{campaign:ident}/qualifications")
    async def estimate(request: Request, campaign: Captured, body: EstimateBody) -> Response:
        asked = await place_own_days(view_of, request, body)
        caller, now, named = caller_of(request), clock(), customer_input(asked.customer)
        view = await view_of(caller.project)
        program = find_program(view, campaign)
        if isinstance(program, Refusal):
            raise ApiError(program)
        command = Command(
            id="estimate",
            project=caller.project,
            sent_at=now,
            deadline=now,
            seed="0" * 32,
            key_kind=caller.kind,
            fingerprint="",
            body=UpsertCustomer(named),
            channel_id=caller.key_id,
            email_key=writes.guest_key(caller.project, named),
        )
        known = know_customer(view, command, named, now)
        if isinstance(known, Refusal):
            raise ApiError(known)
        if known.customer is None:
            raise invalid_payload("Property `.customer` has to name a customer")
        points = estimate_points(
            view, command, program, known.customer, order_input(asked.order), now
        )
        if isinstance(points, Refusal):
            raise ApiError(points)
        shown = {"id": program.id, "name": program.name, "object": "campaign"}
        return writes.respond(request, 200, {"campaign": shown, "points_estimation": points})

    return router
