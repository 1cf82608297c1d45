"""The numbers of one campaign in a period: `GET /v1/campaigns/{campaign}/summary`."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.campaigns.body import campaign_body
from engine.kernel import tables
from engine.kernel.calendar import MINUTE_MS, Zone, day_after, day_of
from engine.kernel.encode import Body
from engine.kernel.zones import zone_named
from fronts.answers import json_answer
from fronts.query_string import (
    Given,
    invalid_parameter,
    read_parameters,
    require_known,
    single_parameter,
    time_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.internal import time_zone_of
from runtime.http.routing import caller_of, read_ident
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.errors import not_found
from services.analytics.measures.measuring import shown_number
from services.analytics.measures.queries import (
    DONE,
    PERIOD,
    TIME_MAX,
    FactSelection,
    gross_amounts,
    selection_values,
    told_facts,
    validation_totals,
)
from services.analytics.sink.campaign_tables import CAMPAIGN_FACTS, CAMPAIGNS
from services.analytics.sink.redemption_facts import REDEMPTION_FACTS

_PARAMETERS = frozenset({"start_date", "end_date"})
#: Of programs: the sums that are called as their facts.
_POINTS = (
    "points_deleted",
    "points_subtracted",
    "points_added",
    "points_rewarded",
    "points_redeemed",
    "points_rolledback",
    "points_expired",
    "points_transferred_out",
    "points_transferred_in",
    "pending_points_added",
    "pending_points_subtracted",
    "pending_points_activated",
    "pending_points_canceled",
)


def summary_route(reads: Reads) -> Route:
    """The route, over the tables of analytics."""

    async def summary(request: Request) -> Response:
        """Counts from the first to the last day or minute; everything where none is named."""
        named = read_ident(request, "campaign")
        given = read_parameters(request.query_params.multi_items())
        require_known(given, _PARAMETERS)
        since, until = period_of(given, zone_named(time_zone_of(request)))
        project = caller_of(request).project
        current = reads.up_to(request)
        found = await current.rows(living_campaign(project, named))
        if not found:
            raise ApiError(not_found("campaign", named))
        campaign = tables.CAMPAIGNS.decode(found[0][0].encode())
        asked = FactSelection(project, since, until, campaign.id)
        (redeemed,) = await current.rows(redeemed_of(asked))
        ((rollbacks_failed,),) = await current.rows(failed_rollbacks_of(asked))
        (validations,) = await current.rows(validation_totals(asked))
        facts = {
            kind: (count, amount) for kind, count, amount in await current.rows(facts_of(asked))
        }
        numbers = _numbers(redeemed, rollbacks_failed, validations, facts)
        numbers |= _own_numbers(campaign, redeemed, facts)
        shown = campaign_body(campaign)
        # what binds the campaign is not kept here, and not asked for
        shown.pop("validation_rules_assignments", None)
        body: Body = {"object": "campaign_summary", "campaign": shown}
        body |= {name: shown_number(number) for name, number in numbers.items()}
        return json_answer(body)

    return Route("/v1/campaigns/{campaign:ident}/summary", summary, methods=["GET"])


def living_campaign(project: str, campaign: str) -> Query:
    """The body of the campaign with that id or name, if it is not deleted; an id goes first."""
    return Query(
        f"SELECT body FROM {CAMPAIGNS.full_name} FINAL WHERE project = {{project:String}} "  # noqa: S608
        "AND (id = {campaign:String} OR name = {campaign:String}) AND body != '' "
        "ORDER BY id = {campaign:String} DESC LIMIT 1",
        {"project": project, "campaign": campaign},
    )


def redeemed_of(asked: FactSelection) -> Query:
    """One row of counts and sums.

    Redeemed, failed, taken back; then the amounts of orders and of discounts, each of what was
    redeemed and of what was taken back in the period.
    """
    amounts = gross_amounts(" AND first_of_campaign = 1")
    return Query(
        f"SELECT countIf({DONE}), countIf(here AND kind = 'failed'), countIf(taken_back), {amounts} "  # noqa: S608
        f"FROM ({told_facts('campaign = {campaign:String}')})",
        selection_values(asked),
    )


def failed_rollbacks_of(asked: FactSelection) -> Query:
    """One row: how many rollbacks of the campaign's redemptions were refused."""
    facts = REDEMPTION_FACTS.full_name
    return Query(
        f"SELECT count() FROM {facts} WHERE project = {{project:String}} "  # noqa: S608
        f"AND kind = 'rollback_failed' AND {PERIOD} AND redemption_id IN (SELECT id FROM {facts} "
        "WHERE project = {project:String} AND campaign = {campaign:String})",
        selection_values(asked),
    )


def facts_of(asked: FactSelection) -> Query:
    """Kind, count and amount of each kind of fact."""
    return Query(
        f"SELECT kind, sum(counted), sum(toInt128(amount)) FROM {CAMPAIGN_FACTS.full_name} "  # noqa: S608
        f"WHERE project = {{project:String}} AND campaign = {{campaign:String}} AND {PERIOD} "
        "GROUP BY kind",
        selection_values(asked),
    )


def _numbers(
    redeemed: Any, rollbacks_failed: int, validations: Any, facts: dict[str, tuple[int, int]]
) -> dict[str, int]:
    succeeded, failed, rolled_back, orders, orders_back, _, _ = redeemed
    valid, not_valid = validations
    published, unpublished = _count(facts, "published"), _count(facts, "unpublished")
    return {
        "redemptions": succeeded + failed,
        "redemptions_succeeded": succeeded,
        "redemptions_failed": failed,
        "rollbacks": rolled_back + rollbacks_failed,
        "rollbacks_succeeded": rolled_back,
        "rollbacks_failed": rollbacks_failed,
        "validations": valid + not_valid,
        "validations_succeeded": valid,
        "validations_failed": not_valid,
        "orders_amount": orders,
        "orders_rolledback_amount": orders_back,
        "vouchers_created": _count(facts, "created"),
        "vouchers_deleted": _count(facts, "deleted"),
        "publications": published + unpublished,
        "publications_succeeded": published,
        "publications_failed": unpublished,
    }


def _off_numbers(redeemed: Any) -> dict[str, int]:
    return {"discounted_amount": redeemed[5], "rolledback_discounted_amount": redeemed[6]}


def _gift_numbers(redeemed: Any, facts: dict[str, tuple[int, int]]) -> dict[str, int]:
    return {
        "created_vouchers_amount": _amount(facts, "created"),
        "amount_added": _amount(facts, "added"),
        "amount_deleted": _amount(facts, "deleted"),
        "amount_redeemed": redeemed[5],
        "amount_rolledback": redeemed[6],
        "amount_subtracted": _amount(facts, "subtracted"),
    }


def _points_numbers(facts: dict[str, tuple[int, int]]) -> dict[str, int]:
    return {"created_vouchers_points": _amount(facts, "points_created")} | {
        name: _amount(facts, name) for name in _POINTS
    }


def _own_numbers(
    campaign: Campaign, redeemed: Any, facts: dict[str, tuple[int, int]]
) -> dict[str, int]:
    """What only campaigns of its type have."""
    if campaign.campaign_type == "LOYALTY_PROGRAM":
        return _points_numbers(facts)
    if campaign.campaign_type == "GIFT_VOUCHERS":
        return _gift_numbers(redeemed, facts)
    if campaign.campaign_type == "REFERRAL_PROGRAM":
        referred = _count(facts, "referred") - _count(facts, "unreferred")
        return _off_numbers(redeemed) | {"referred_customers": max(referred, 0)}
    return _off_numbers(redeemed)


def _count(facts: dict[str, tuple[int, int]], kind: str) -> int:
    return facts.get(kind, (0, 0))[0]


def _amount(facts: dict[str, tuple[int, int]], kind: str) -> int:
    return facts.get(kind, (0, 0))[1]


def period_of(given: list[Given], zone: Zone) -> tuple[Millis, Millis]:
    """From the beginning of the first to the end of the last: days, or minutes where a time is said.

    Raises ApiError.
    """
    first, last = single_parameter(given, "start_date"), single_parameter(given, "end_date")
    since, until = 0, TIME_MAX
    if first is not None:
        at = time_of(first, zone)
        since = at - at % MINUTE_MS if "T" in first.value else day_of(at, zone)
    if last is not None:
        at = time_of(last, zone)
        until = at - at % MINUTE_MS + MINUTE_MS if "T" in last.value else day_after(at, zone)
    if since >= until:
        raise invalid_parameter("start_date", "must not be after `end_date`")
    return since, until
