"""The endpoints that list what suits a customer and an order. They write nothing.

Nobody is made known by asking: a customer that the project does not know yet, or knows otherwise,
is asked about as the request says it is.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from engine.assignments.decide import assignments_of, shown_assignments
from engine.campaigns.body import promotion_campaign_body
from engine.customers.know import know_customer
from engine.evaluation.circumstances import Circumstances
from engine.evaluation.evaluate import Asker
from engine.evaluation.outcomes import category_shown
from engine.kernel import tables
from engine.kernel.calendar import iso
from engine.kernel.encode import EMPTY_LIST
from engine.kernel.lookup import categories_of, find_named_customer
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.orders.calculation import order_of
from engine.qualification.body import qualifications_body, suiting_body, suiting_stack_body
from engine.qualification.narrowing import About
from engine.qualification.page import PageQuery, UnknownCursor, page_steps
from engine.qualification.trial import Suiting, Trial
from engine.qualification.vouchers import QualifyingRequest
from engine.stacking_rules.decide import find_stacking_rules
from engine.vouchers.body import voucher_body
from fronts import query_string
from fronts.attempt import anonymous_tracking_id, tracking_id_of
from fronts.query_string import flag_of, invalid_parameter, read_parameters, require_known
from fronts.writes import Writes, login_of
from runtime.http.auth import Caller
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.payload import read_body
from runtime.http.routing import caller_of
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.customers import Customer
from schemas.errors import Refusal
from schemas.qualifications import LIMIT_MAX, Scenario
from schemas.stacking import DEFAULTS
from services.validation.front import probe_command
from services.validation.qualification_body import QualificationsBody, read_qualification
from services.validation.turns import run_in_turns
from services.validation.voucher_page import VOUCHER_ORDERS, voucher_page

_PARAMETERS = frozenset({"limit", "order", "audienceRulesOnly"})
#: How many pages that end early are gone through for those that suit.
_CAMPAIGN_PAGES_MAX = 10
_CAMPAIGN_ORDERS: dict[str, Callable[[Campaign], tuple[int | str, ...]]] = {
    "created_at": lambda campaign: (campaign.created_at, campaign.id),
    "updated_at": lambda campaign: (campaign.updated_at or campaign.created_at, campaign.id),
    "campaign": lambda campaign: (campaign.name,),
    "category": lambda campaign: (campaign.category or "", campaign.id),
    "type": lambda campaign: (campaign.campaign_type, campaign.id),
}


class Qualifications:
    """`POST /v1/qualifications` with its client-side twin, and the older ones by kind."""

    def __init__(
        self,
        writes: Writes,
        fresh_view: Callable[[str], Awaitable[View]],
        hash_key: bytes,
        clock_ms: Callable[[], Millis],
    ) -> None:
        self._writes = writes
        self._fresh_view = fresh_view
        self._hash_key = hash_key
        self._clock_ms = clock_ms

    async def qualify(self, request: Request) -> Response:
        """Vouchers, campaigns and tiers, or stacks, by scenario."""
        body = read_qualification(request, await read_body(request))
        query = body.query()
        trial = await self._trial(caller_of(request), body, query.scenario)
        try:
            page = await run_in_turns(page_steps(trial, query))
        except UnknownCursor:
            where = "`.options.starting_after`"
            raise invalid_payload(f"Property {where} names none of what is compared") from None
        circumstances = trial.circumstances
        answer = qualifications_body(
            [_row(trial, each, body.expand) for each in page.rows],
            None if page.more_after is None else page.more_after.text(),
            body.order,
            None if circumstances.stacking == DEFAULTS else circumstances.stacking,
            body.tracking_id or self._tracking(body.customer),
        )
        return self._writes.respond(request, 200, answer)

    async def campaigns(self, request: Request) -> Response:
        """`POST /v1/campaigns/qualification`: the campaigns whose vouchers would suit."""
        body = read_qualification(request, await read_body(request))
        page, audience_only = _read_page(request, frozenset(_CAMPAIGN_ORDERS))
        scenario: Scenario = "AUDIENCE_ONLY" if audience_only else "ALL"
        trial = await self._trial(caller_of(request), body, scenario)
        found = await _newest_campaigns(trial)
        found.sort(key=_CAMPAIGN_ORDERS[page.order], reverse=page.descending)
        view = trial.circumstances.view
        data = [
            promotion_campaign_body(
                each, (), categories_of(view, each.category_id), assignments_of(view, each)
            )
            for each in found[: page.limit]
        ]
        return self._writes.respond(
            request, 200, self._list_body(data, body, trial.circumstances.now)
        )

    async def vouchers(self, request: Request) -> Response:
        """`POST /v1/vouchers/qualification`: the vouchers that a redemption would take."""
        body = read_qualification(request, await read_body(request))
        page, audience_only = _read_page(request, frozenset(VOUCHER_ORDERS))
        about: About | None = "customer" if audience_only else None
        caller = caller_of(request)
        view, now = await self._fresh_view(caller.project), self._clock_ms()
        key = self._writes.guest_key(caller.project, body.customer)
        customer = None if body.customer is None else find_named_customer(view, body.customer, key)
        if isinstance(customer, Refusal):
            raise ApiError(customer)
        asker = Asker(customer, caller.kind, caller.key_id, login_of(caller))
        asked = QualifyingRequest(body.order, asker, body.metadata, about, body.reward)
        found = await voucher_page(view, asked, page, now)
        data = [
            voucher_body(each, shown_assignments(view, each), categories_of(view, each.category_id))
            | {"applicable_to": EMPTY_LIST, "inapplicable_to": EMPTY_LIST}
            for each in found
        ]
        return self._writes.respond(request, 200, self._list_body(data, body, now))

    async def _trial(self, caller: Caller, body: QualificationsBody, scenario: Scenario) -> Trial:
        view, now = await self._fresh_view(caller.project), self._clock_ms()
        key = self._writes.guest_key(caller.project, body.customer)
        customer = _customer(view, caller.project, body.customer, key)
        known = customer is not None and view.get(tables.CUSTOMERS, customer.id) is not None
        customer_id = customer.id if customer is not None and known else None
        order = order_of(view, body.order, customer_id, caller.kind)
        if isinstance(order, Refusal):
            raise ApiError(order)
        stacking = find_stacking_rules(view)
        circumstances = Circumstances(
            view,
            stacking,
            now,
            order,
            customer,
            body.metadata,
            caller.key_id,
            None if body.session is None else body.session.key,
            zone=zone_of(view),
            login=login_of(caller),
        )
        return Trial(circumstances, scenario)

    def _tracking(self, customer: CustomerInput | None) -> str:
        return tracking_id_of(self._hash_key, customer) or anonymous_tracking_id()

    def _list_body(self, data: list[Any], body: QualificationsBody, now: Millis) -> dict[str, Any]:
        return {
            "object": "list",
            "data_ref": "data",
            "data": data,
            "total": len(data),
            "id": f"qual_{os.urandom(9).hex()}",
            "created_at": iso(now),
            "tracking_id": body.tracking_id or self._tracking(body.customer),
        }


def _read_page(request: Request, orders: frozenset[str]) -> tuple[query_string.Page, bool]:
    """Which part of the list, and whether only rules about the customer count."""
    given = read_parameters(request.query_params.multi_items())
    require_known(given, _PARAMETERS)
    page = query_string.page_of(given, orders)
    if page.limit > LIMIT_MAX:
        raise invalid_parameter("limit", f"must be between 1 and {LIMIT_MAX}")
    return page, flag_of(given, "audienceRulesOnly")


async def _newest_campaigns(trial: Trial) -> list[Campaign]:
    """The newest that suit, however many pages they lie on, within a bound."""
    found: list[Campaign] = []
    query = PageQuery(trial.scenario, LIMIT_MAX, kinds=("campaign",))
    for _ in range(_CAMPAIGN_PAGES_MAX):
        page = await run_in_turns(page_steps(trial, query))
        found += [each.candidate.campaign for each in page.rows if each.candidate.campaign]
        if page.more_after is None or len(found) >= LIMIT_MAX:
            break
        query = query._replace(limit=LIMIT_MAX - len(found), after=page.more_after)
    return found


def _customer(
    view: View, project: str, named: CustomerInput | None, guest_key: str | None
) -> Customer | None:
    """The customer as it would be known after the request. Raises ApiError for an unknown id."""
    if named is None:
        return None
    known = know_customer(view, probe_command(project, named, guest_key), named, 0)
    if isinstance(known, Refusal):
        raise ApiError(known)
    return known.customer


def _row(trial: Trial, suiting: Suiting, expand: frozenset[str]) -> dict[str, Any]:
    candidate, view = suiting.candidate, trial.circumstances.view
    if candidate.stack is not None:
        categories = categories_of(view, candidate.stack.category_id)
        shown = [category_shown(each, trial.circumstances.stacking) for each in categories]
        return suiting_stack_body(candidate.stack, suiting.evaluation, shown, expand)
    [offer] = candidate.offers
    assignments: Any = ()
    if "validation_rules" in expand:
        bound = candidate.campaign or offer.voucher or offer.tier
        assert bound is not None
        assignments = shown_assignments(view, bound)
    return suiting_body(
        suiting.evaluation,
        candidate.found.kind,
        candidate.created_at,
        expand,
        assignments,
        trial.left_out,
    )
