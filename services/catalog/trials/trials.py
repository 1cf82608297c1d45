"""The endpoints that try what is not saved: they decide as everything does, and record nothing."""

from collections.abc import Callable
from typing import Literal, TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.state import State
from engine.trials.body import rule_trial_body
from engine.trials.rule_trial import try_rules
from fronts.fields import Body, Short
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, management_router
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.errors import Refusal
from services.catalog.reads import Reads
from services.catalog.rules.rule_bodies import RuleTerms
from services.catalog.rules.rules import rule_command
from services.catalog.trials.carts import CartBody, read_cart, trial_command

T = TypeVar("T")

#: What a set is called while it has no name.
_UNNAMED = "Unsaved"


class BoundBody(Body):
    """What a set would bind, by code or id: its counts and its discount are looked at."""

    object: Literal["voucher", "promotion_tier"]
    id: Short


class TryRuleBody(RuleTerms):
    """A set as it would be created, and a cart to ask it of."""

    name: Short | None = None
    cart: CartBody | None = None
    redeemable: BoundBody | None = None


def trial_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Tries of rules, of stacking rules, of campaigns."""
    router = management_router("tries")

    async def begin(request: Request) -> State:
        """A state of the try's own, which nobody else sees."""
        return (await view_of(caller_of(request).project)).trial()

    @router.post("/v1/validation-rules/try")
    async def of_rules(request: Request, body: TryRuleBody) -> Response:
        cart, now = read_cart(request, body.cart), clock()
        rule = rule_command(body, body.name or _UNNAMED)
        command = trial_command(writes, request, rule, cart, now)
        bound = body.redeemable
        redeemable = None if bound is None else Redeemable(bound.object, bound.id)
        tried = try_rules(await begin(request), command, rule, cart, redeemable, now)
        return writes.respond(request, 200, rule_trial_body(_require_tried(tried)))

    return router


def _require_tried(tried: T | Refusal) -> T:
    if isinstance(tried, Refusal):
        raise ApiError(tried)
    return tried
