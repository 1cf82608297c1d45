"""The endpoints of alerts, in the host that has commands decided; both are read from the state."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Protocol, get_args

from fastapi import APIRouter
from pydantic import BeforeValidator, Field, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from engine.alerts.body import alert_body, thresholds_body
from engine.alerts.decide import thresholds_of
from engine.kernel import tables
from engine.kernel.lookup import find_campaign
from engine.kernel.state import View
from fronts.fields import Amount, Body, Shown, read_whole
from fronts.query_string import page_of, read_parameters, require_known, text_of
from fronts.writes import Writes
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import caller_of, management_router
from runtime.http.service import Service
from schemas.alerts import (
    PER_MINUTE_MAX,
    PERCENT_MAX,
    PLANS_MAX,
    QUIET_MINUTES_MAX,
    TIMES_MAX,
    Alert,
    AlertKind,
    AlertThresholds,
    BudgetPlan,
    SetAlertThresholds,
)
from schemas.base import ID_LENGTH_MAX
from schemas.errors import refuse

_DEFAULTS: Final = AlertThresholds()
_PATH: Final = "/v1/analytics/alerts"
_ORDERS: Final[Mapping[str, Callable[[Alert], Any]]] = MappingProxyType(
    {"created_at": lambda each: each.created_at}
)
_KINDS: Final[tuple[str, ...]] = get_args(AlertKind)

_PerMinute = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=PER_MINUTE_MAX)]
_Times = Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=TIMES_MAX)]
_BudgetPercent = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=PERCENT_MAX)]
_Quiet = Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=QUIET_MINUTES_MAX)]


class PlanBody(Body):
    """What a campaign is planned to give in discounts within an hour."""

    campaign_id: Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)]
    planned_per_hour: Amount


class ThresholdsBody(Body):
    """All thresholds; one that is not named, or null, is the default."""

    budget_percent: _BudgetPercent | None = None
    budgets: Annotated[list[PlanBody], Field(max_length=PLANS_MAX)] | None = None
    code_redemptions_per_minute: _PerMinute | None = None
    code_times_usual: _Times | None = None
    failures_per_minute: _PerMinute | None = None
    failures_times_usual: _Times | None = None
    guesses_per_minute: _PerMinute | None = None
    quiet_minutes: _Quiet | None = None
    object: Shown = None
    updated_at: Shown = None


class ReadView(Protocol):
    """State that holds everything that was answered before the question."""

    def __call__(self, project: str) -> Awaitable[View]:
        """The project's state. Raises ApiError 503."""


def alert_service(writes: Writes, view_of: ReadView) -> Service:
    """The endpoints, to be mounted in the host that faces clients."""
    return Service("alerts", routers=(_router(writes, view_of),))


def _router(writes: Writes, view_of: ReadView) -> APIRouter:
    router = management_router("alerts")

    @router.get(_PATH)
    async def list_alerts(request: Request) -> Response:
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"limit", "page", "order", "type", "campaign"}))
        page = page_of(given, frozenset(_ORDERS))
        kind, campaign = text_of(given, "type"), text_of(given, "campaign")
        if kind is not None and kind not in _KINDS:
            details = f"Parameter `type` is one of {', '.join(_KINDS)}"
            raise ApiError(refuse("invalid_query_params", details))
        view = await view_of(caller_of(request).project)
        campaign_id = None if campaign is None else _campaign_id(view, campaign)
        key = _ORDERS[page.order]
        known = sorted(
            (
                each
                for each in view.scan(tables.ALERTS)
                if kind in (None, each.kind) and campaign_id in (None, each.campaign_id)
            ),
            key=lambda each: (key(each), each.id),
            reverse=page.descending,
        )
        shown = known[page.offset : page.offset + page.limit]
        body = {
            "object": "list",
            "data_ref": "alerts",
            "alerts": [alert_body(each) for each in shown],
            "total": len(known),
        }
        return writes.respond(request, 200, body)

    @router.get(f"{_PATH}/thresholds")
    async def get_thresholds(request: Request) -> Response:
        view = await view_of(caller_of(request).project)
        return writes.respond(request, 200, thresholds_body(thresholds_of(view)))

    @router.put(f"{_PATH}/thresholds")
    async def set_thresholds(request: Request, body: ThresholdsBody) -> Response:
        view = await view_of(caller_of(request).project)
        command = SetAlertThresholds(_thresholds(view, body))
        return await writes.write(request, "alert_thresholds.set", command)

    return router


def _campaign_id(view: View, named: str) -> str:
    """By its id or name; one that is gone keeps its alerts."""
    found = find_campaign(view, named)
    return named if found is None else found.id


def _thresholds(view: View, body: ThresholdsBody) -> AlertThresholds:
    """Raises ApiError for plans of a campaign that is not there, or is named twice."""
    plans: dict[str, BudgetPlan] = {}
    before = {each.campaign_id for each in thresholds_of(view).budgets}
    for index, each in enumerate(body.budgets or ()):
        where = f"Property `.budgets[{index}].campaign_id`"
        found = find_campaign(view, each.campaign_id)
        # one that was deleted since may be sent back with the others
        if found is None and each.campaign_id not in before:
            raise invalid_payload(f"{where} is no campaign: {each.campaign_id}")
        campaign_id = each.campaign_id if found is None else found.id
        if campaign_id in plans:
            raise invalid_payload(f"{where} is named twice")
        plans[campaign_id] = BudgetPlan(campaign_id, each.planned_per_hour)
    said = body.model_dump(exclude_none=True, exclude={"budgets", "object", "updated_at"})
    return AlertThresholds(budgets=tuple(plans.values()), **said)
