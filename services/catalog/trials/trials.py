"""The endpoints that try what is not saved: they decide as everything does, and record nothing."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.state import State
from engine.trials.body import campaign_trial_body, rule_trial_body, stacking_trial_body
from engine.trials.campaign_trial import try_campaign
from engine.trials.rule_trial import try_rules
from engine.trials.stacking_trial import try_stacking_rules
from fronts.fields import Body, Short
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError, invalid_payload, request_id_of
from runtime.http.routing import caller_of, management_router
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.errors import Refusal
from schemas.stacking import CreateStackingRules, StackingRules
from services.catalog.campaigns.campaign_bodies import CreateCampaignBody
from services.catalog.campaigns.campaigns import create_campaign_command
from services.catalog.dates import Start, place_own_days
from services.catalog.reads import Reads
from services.catalog.rules.rule_bodies import CreateRuleBody, RuleTerms
from services.catalog.rules.rules import create_rule_command, rule_command
from services.catalog.rules.stacking_bodies import StackingRulesBody
from services.catalog.trials.carts import CartBody, read_cart, read_redeemables, trial_command

T = TypeVar("T")

#: How many sets of rules a campaign is tried with that are not saved.
RULES_MAX: Final = 50
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


class TryStackingBody(Body):
    """Stacking rules as they would be created, and what to ask for under them."""

    stacking_rules: StackingRulesBody
    redeemables: list[Any]
    cart: CartBody | None = None


class TryCampaignBody(Body):
    """A campaign as it would be created, and a cart to ask its offers of, now or at a time."""

    campaign: CreateCampaignBody
    #: Bound by their names, where the campaign names them as it would name others by id.
    validation_rules: Annotated[list[CreateRuleBody], Field(max_length=RULES_MAX)] | None = None
    cart: CartBody | None = None
    at: Start | None = None


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

    @router.post("/v1/stacking-rules/try")
    async def of_stacking(request: Request, body: TryStackingBody) -> Response:
        cart, now = read_cart(request, body.cart), clock()
        redeemables = read_redeemables(request, body.redeemables)
        rules = msgspec.convert(body.stacking_rules.said(), StackingRules)
        command = trial_command(writes, request, CreateStackingRules(rules), cart, now)
        state = await begin(request)
        tried = try_stacking_rules(state, command, rules, redeemables, cart, now)
        shown = stacking_trial_body(_require_tried(tried), caller_of(request).kind)
        return writes.respond(request, 200, shown)

    @router.post("/v1/campaigns/try")
    async def of_campaign(request: Request, body: TryCampaignBody) -> Response:
        body = await place_own_days(view_of, request, body)
        cart, now = read_cart(request, body.cart), clock()
        campaign = create_campaign_command(body.campaign, request_id_of(request))
        rules = [create_rule_command(each) for each in body.validation_rules or ()]
        if len({each.rule.name for each in rules}) < len(rules):
            raise invalid_payload("Property `.validation_rules` has the same name twice")
        command = trial_command(writes, request, campaign, cart, now)
        at = now if body.at is None else body.at
        tried = try_campaign(await begin(request), command, campaign, rules, cart, now, at)
        shown = campaign_trial_body(_require_tried(tried), caller_of(request).kind)
        return writes.respond(request, 200, shown)

    return router


def _require_tried(tried: T | Refusal) -> T:
    if isinstance(tried, Refusal):
        raise ApiError(tried)
    return tried
