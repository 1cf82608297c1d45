"""The older endpoint that gives all promotion tiers which apply to a customer and an order."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from engine.evaluation.evaluate import Asker
from engine.evaluation.tier_body import promotions_body, tier_validation_body
from engine.kernel.lookup import categories_of
from engine.qualification.tier_offers import WantedTiers, find_applying_tiers
from fronts.attempt import anonymous_tracking_id, tracking_id_of
from fronts.query_string import (
    Condition,
    conditions_of,
    flag_of,
    invalid_parameter,
    read_parameters,
    require_known,
)
from fronts.writes import login_of
from runtime.http.api_calls import VALIDATION_KEY
from runtime.http.errors import ApiError
from runtime.http.payload import read_body
from runtime.http.reading import ShapeReader, read_shape
from runtime.http.routing import caller_of
from schemas.api import CustomerInput, OptionsInput, OrderInput, Text
from schemas.base import Metadata, Shape
from schemas.errors import Refusal
from schemas.evaluations import Asked, Evaluation
from schemas.observations import ValidationDetails
from schemas.promotions import PromotionTier
from schemas.qualifications import Scenario
from services.validation.front import Validations, observe_validation
from services.validation.turns import run_in_turns

_PARAMETERS: Final = frozenset({"audienceRulesOnly", "filters"})
_METADATA: Final = "metadata."
_CAMPAIGN: Final = "promotion_id"
_TESTS: Final[Mapping[str, Callable[[str | None, tuple[str, ...]], bool]]] = MappingProxyType(
    {
        "$is": lambda value, wanted: value in wanted,
        "$in": lambda value, wanted: value in wanted,
        "$is_not": lambda value, wanted: value not in wanted,
        "$not_in": lambda value, wanted: value not in wanted,
        "$has_value": lambda value, _: value is not None,
        "$is_unknown": lambda value, _: value is None,
    }
)

Test = Callable[[PromotionTier], bool]


class PromotionsBody(Shape, frozen=True):
    """Whom and what the promotions should suit; categories are always shown in full."""

    customer: CustomerInput | None = None
    order: OrderInput | None = None
    metadata: Metadata | None = None
    tracking_id: Text | None = None
    options: OptionsInput | None = None


_body: Final = ShapeReader[PromotionsBody](PromotionsBody)


class Promotions:
    """`POST /v1/promotions/validation`."""

    def __init__(self, validations: Validations) -> None:
        self._validations = validations

    async def validate(self, request: Request) -> Response:
        """The tiers that apply, each tried alone; a customer is made known as by a validation."""
        content = await read_body(request)
        body = read_shape(request, content, _body) if content.strip() else PromotionsBody()
        given = read_parameters(request.query_params.multi_items())
        require_known(given, _PARAMETERS)
        scenario: Scenario = "AUDIENCE_ONLY" if flag_of(given, "audienceRulesOnly") else "ALL"
        wanted = _wanted_tiers(*conditions_of(given))
        caller, front = caller_of(request), self._validations
        identity = front.writes.identity(request, "validate.customer", content)
        customer = await front.customer(caller, body.customer, identity)
        if isinstance(customer, Refusal):
            raise ApiError(customer)
        view, now = await front.fresh_view(caller.project), front.clock_ms()
        asker = Asker(customer, caller.kind, caller.key_id, login_of(caller))
        found = await run_in_turns(
            find_applying_tiers(
                view, body.order, asker, body.metadata, wanted, now, scenario=scenario
            )
        )
        outcomes = tuple(each.evaluation.outcomes[0] for each in found)
        order = found[0].evaluation.order if found else None
        tracking = body.tracking_id or tracking_id_of(front.hash_key, body.customer)
        details = ValidationDetails(
            Evaluation(outcomes, order), Asked((), body.order, body.metadata), tracking
        )
        seen = observe_validation(front.make_id(), caller, now, asker.customer_id, details)
        front.observe(seen)
        request.scope[VALIDATION_KEY] = seen.id
        shown = [
            tier_validation_body(
                each.tier.id,
                each.evaluation,
                each.campaign,
                caller.kind,
                tracking_id=None,
                categories=categories_of(view, each.campaign.category_id),
            )
            for each in found
        ]
        answer = promotions_body(shown, tracking or anonymous_tracking_id())
        return front.writes.respond(request, 200, answer)


def _wanted_tiers(conditions: list[Condition], junction: str) -> WantedTiers:
    tests = [_test(each) for each in conditions]
    joined = any if junction == "or" else all
    campaigns = [
        frozenset(each.values)
        for each in conditions
        if each.field == _CAMPAIGN and each.operator in ("$is", "$in")
    ]
    named = campaigns and (junction != "or" or len(conditions) == 1)
    return WantedTiers(
        lambda tier: not tests or joined(test(tier) for test in tests),
        frozenset.intersection(*campaigns) if named else None,
    )


def _test(condition: Condition) -> Test:
    holds = _TESTS.get(condition.operator)
    if holds is None:
        raise invalid_parameter(condition.name, "names an unknown operator")
    if condition.field == _CAMPAIGN:
        return lambda tier: holds(tier.campaign_id, condition.values)
    key = condition.field.removeprefix(_METADATA)
    if key in ("", condition.field):
        raise invalid_parameter(condition.name, "names an unknown field")
    return lambda tier: holds(_text(tier.metadata.get(key)), condition.values)


def _text(value: object) -> str | None:
    """A value of metadata as lists filter by it: a text as it is, else its JSON."""
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
