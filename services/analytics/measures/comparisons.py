"""Metrics beside one another: the steps of a funnel, and two periods or two campaigns."""

from collections.abc import Callable, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from fronts.answers import json_answer
from fronts.query_string import invalid_parameter, text_of
from runtime.clickhouse.reads import Reads
from schemas.base import INSTANT_MAX, Millis
from services.analytics.measures.catalogue import METRICS
from services.analytics.measures.measuring import divide, measure, shown_number
from services.analytics.measures.narrowing import Asked
from services.analytics.measures.parameters import (
    COMMON,
    Said,
    asked_by,
    campaign_id,
    instant_of,
    period_of,
    require_filters,
    require_period,
    said_by,
)
from services.analytics.measures.timeseries import usual_metrics
from services.analytics.measures.written import csv_answer

#: What a code goes through, and the metric that counts it.
STEPS: Final = (
    ("published", METRICS["codes_published"]),
    ("validated", METRICS["validations_valid"]),
    ("redeemed", METRICS["redemptions_succeeded"]),
    ("paid", METRICS["redemptions_paid"]),
)
_AGAINST: Final = frozenset({"against_from", "against_to", "against_campaign"})


def funnel_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """GET /v1/analytics/funnel."""

    async def funnel(request: Request) -> Response:
        said = said_by(request, COMMON)
        metrics = [metric for _, metric in STEPS]
        require_filters(said.given, metrics)
        since, until = period_of(said, clock_ms())
        current = reads.up_to(request)
        asked = await asked_by(current, said, since, until)
        found = await measure(current, asked, metrics)
        counts = [found.value(metric, 0) for metric in metrics]
        rows: list[Body] = [
            {
                "step": step,
                "metric": metric.name,
                "count": shown_number(count),
                "of_previous": shown_number(divide(count, before)),
                "of_first": shown_number(divide(count, counts[0])),
            }
            for (step, metric), count, before in zip(
                STEPS, counts, (None, *counts[:-1]), strict=True
            )
        ]
        return _answer(said, asked, {}, "steps", rows)

    return Route("/v1/analytics/funnel", funnel, methods=["GET"])


def compare_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """GET /v1/analytics/compare."""

    async def compare(request: Request) -> Response:
        said = said_by(request, COMMON | _AGAINST | {"metrics"})
        metrics = usual_metrics(said.given)
        since, until = period_of(said, clock_ms())
        other_since, other_until = _other_period(said, since, until)
        other_campaign = text_of(said.given, "against_campaign")
        current = reads.up_to(request)
        asked = await asked_by(current, said, since, until)
        other = asked._replace(since=other_since, until=other_until)
        if other_campaign is not None:
            if "campaign" not in asked.filters:
                raise invalid_parameter("against_campaign", "is read together with `campaign`")
            other_campaign = await campaign_id(current, said.project, other_campaign)
            other = other._replace(filters={**asked.filters, "campaign": other_campaign})
        if other == asked:
            raise invalid_parameter("against_from", "or `against_campaign` must say something else")
        here, there = [await measure(current, each, metrics) for each in (asked, other)]
        rows: list[Body] = []
        for metric in metrics:
            value = here.value(metric, (until - since) / 1000)
            before = there.value(metric, (other_until - other_since) / 1000)
            more = None if value is None or before is None else value - before
            rows.append(
                {
                    "metric": metric.name,
                    "value": shown_number(value),
                    "against": shown_number(before),
                    "difference": shown_number(more),
                    "change": shown_number(divide(more, before)),
                }
            )
        extra: Body = {}
        against: Body = {"from": iso(other_since), "to": iso(other_until)}
        for told, each in ((extra, asked), (against, other)):
            if "campaign" in each.filters:
                told["campaign"] = each.filters["campaign"]
        return _answer(said, asked, extra | {"against": against}, "metrics", rows)

    return Route("/v1/analytics/compare", compare, methods=["GET"])


def _other_period(said: Said, since: Millis, until: Millis) -> tuple[Millis, Millis]:
    """The same where none is said; as long as the first where its end is not."""
    began, ended = instant_of(said, "against_from"), instant_of(said, "against_to")
    if began is None:
        if ended is not None:
            raise invalid_parameter("against_to", "is read together with `against_from`")
        return since, until
    ended = min(began + until - since, INSTANT_MAX) if ended is None else ended
    require_period(began, ended, "against_from", "against_to")
    return began, ended


def _answer(said: Said, asked: Asked, more: Body, word: str, rows: Sequence[Body]) -> Response:
    if said.is_csv:
        return csv_answer(list(rows[0]), [list(row.values()) for row in rows])
    body: Body = {"from": iso(asked.since), "to": iso(asked.until), "timezone": said.timezone}
    return json_answer(body | more | {word: rows})
