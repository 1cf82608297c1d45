"""Where a simulation is asked for: the draft is made here, by the decisions that would make it.

What is simulated has to be complete, since it meets states of then: what binds it is copied as it
is now. The host that has the past is given the draft, and answers.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal

import msgspec
from fastapi import APIRouter
from msgspec import structs
from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from engine.kernel.overlay import ProjectState
from engine.kernel.state import View
from engine.kernel.zones import zone_name_of, zone_of
from engine.simulations.draft import make_draft
from fronts.fields import Body
from runtime.http.errors import ApiError, invalid_payload, request_id_of
from runtime.http.forward import PassedOn
from runtime.http.routing import caller_of, management_router
from runtime.http.service import Service
from schemas.base import DAY_MS
from schemas.campaigns import CampaignType, CreateCampaign
from schemas.errors import Refusal
from schemas.promotions import NewTier, PromotionTier
from schemas.simulations import SimulationAsked
from services.catalog.campaigns.campaign_bodies import CreateCampaignBody
from services.catalog.campaigns.campaigns import create_campaign_command
from services.catalog.dates import Start, place_days
from services.catalog.reads import Reads
from services.catalog.rules.rule_bodies import CreateRuleBody
from services.catalog.rules.rules import create_rule_command

PATH = "/v1/analytics/simulations"
RULES_MAX = 50
#: The longest period.
PERIOD_MS_MAX = 400 * DAY_MS
#: What depends on who holds what, or did more than ask for an offer: the past does not know it.
_OF_HOLDERS: Final[Mapping[CampaignType, str]] = MappingProxyType(
    {
        "GIFT_VOUCHERS": "what a gift card pays depends on who holds one",
        "LOYALTY_PROGRAM": "what a member has depends on who would have joined",
        "REFERRAL_PROGRAM": "nobody knows who would have come by whose code",
        "GIVEAWAY": "nobody knows who would have been drawn",
    }
)


class SimulationBody(Body):
    """A draft, with rules of its own, and a period; `to` is not of it."""

    model_config = ConfigDict(populate_by_name=True)

    campaign: CreateCampaignBody
    #: Bound by their names, where the campaign names them as it would name others by id.
    validation_rules: Annotated[list[CreateRuleBody], Field(max_length=RULES_MAX)] | None = None
    begins_at: Annotated[Start, Field(alias="from")]
    ends_at: Annotated[Start, Field(alias="to")]
    placing: Literal["first", "last"] | None = None


def simulation_front(view_of: Reads, pass_on: ASGIApp) -> Service:
    """`POST /v1/analytics/simulations`; all else of simulations is where the past is."""
    return Service("simulation front", routers=(_router(view_of, pass_on),))


def _router(view_of: Reads, pass_on: ASGIApp) -> APIRouter:
    router = management_router("simulations")

    @router.post(PATH)
    async def create(request: Request, body: SimulationBody) -> Response:
        view = await view_of(caller_of(request).project)
        asked = read_simulation(view, body, request_id_of(request))
        return PassedOn(pass_on, msgspec.json.encode(asked))

    return router


def read_simulation(view: View, body: SimulationBody, request_id: str) -> SimulationAsked:
    """What a body asks for, in the state as it is now. Raises ApiError."""
    body = place_days(body, zone_of(view))
    begins_at, ends_at = body.begins_at, body.ends_at
    assert begins_at is not None
    assert ends_at is not None
    if not begins_at < ends_at <= begins_at + PERIOD_MS_MAX:
        days = PERIOD_MS_MAX // DAY_MS
        raise invalid_payload(f"Property `.to` has to be after `.from`, by {days} days at most")
    named = [each.name for each in body.validation_rules or ()]
    if len(set(named)) < len(named):
        raise invalid_payload("Property `.validation_rules` has the same name twice")
    campaign = _as_promotion(body.campaign, create_campaign_command(body.campaign, request_id))
    rules = [create_rule_command(each) for each in body.validation_rules or ()]
    state = view.trial()
    assert isinstance(state, ProjectState)
    draft = make_draft(state, campaign, rules, begins_at)
    if isinstance(draft, Refusal):
        raise ApiError(draft)
    if not draft.tiers:
        raise invalid_payload("Property `.campaign.promotion.tiers` needs a tier")
    return SimulationAsked(
        draft, begins_at, ends_at, body.placing or "last", zone=zone_name_of(view)
    )


def _as_promotion(body: CreateCampaignBody, command: CreateCampaign) -> CreateCampaign:
    """The discount of coupons as everybody had one; what codes alone have is refused by name."""
    campaign = command.campaign
    if campaign.campaign_type == "PROMOTION":
        return command
    if campaign.campaign_type in _OF_HOLDERS:
        raise invalid_payload(
            "Property `.campaign.campaign_type` has to be PROMOTION or DISCOUNT_COUPONS: "
            + _OF_HOLDERS[campaign.campaign_type]
        )
    template, voucher = campaign.voucher, body.voucher
    assert template is not None
    assert voucher is not None
    for name in ("redemption", "code_config"):
        if getattr(voucher, name) is not None:
            raise invalid_payload(
                f"Property `.campaign.voucher.{name}` is of codes, and a simulation has none"
            )
    if body.vouchers_count:
        raise invalid_payload(
            "Property `.campaign.vouchers_count` is of codes, and a simulation has none"
        )
    tier = PromotionTier(
        id="", campaign_id="", name=campaign.name, created_at=0, discount=template.discount
    )
    return structs.replace(
        command,
        campaign=structs.replace(
            campaign, campaign_type="PROMOTION", voucher=None, use_voucher_metadata_schema=False
        ),
        validation_rules=(),
        tiers=(NewTier(tier, command.validation_rules),),
    )
