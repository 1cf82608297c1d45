"""Customers by the month of their first redemption, and how they came again: `GET /v1/analytics/cohorts`."""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from fronts.answers import json_answer
from fronts.query_string import invalid_parameter
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from schemas.base import Millis
from services.analytics.measures.catalogue import METRICS
from services.analytics.measures.intervals import start_of, starts_of
from services.analytics.measures.measuring import divide, shown_number
from services.analytics.measures.narrowing import Asked, values_of
from services.analytics.measures.parameters import (
    COMMON,
    asked_by,
    instant_of,
    require_filters,
    require_period,
    said_by,
)
from services.analytics.measures.sources import SOURCES
from services.analytics.measures.written import csv_answer

MONTHS_DEFAULT: Final = 12
MONTHS_MAX: Final = 36


def cohorts_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """GET /v1/analytics/cohorts."""

    async def cohorts(request: Request) -> Response:
        said = said_by(request, COMMON)
        require_filters(said.given, [METRICS["unique_customers"]])
        until = instant_of(said, "to")
        until = clock_ms() + 1 if until is None else until
        since = instant_of(said, "from")
        if since is None:
            since = start_of("month", until - 1, said.zone)
            for _ in range(MONTHS_DEFAULT - 1):
                since = max(0, start_of("month", since - 1, said.zone))
        require_period(since, until)
        starts = starts_of("month", since, until, said.zone)
        if len(starts) > MONTHS_MAX:
            raise invalid_parameter("from", f"must leave {MONTHS_MAX} months at most")
        current = reads.up_to(request)
        asked = await asked_by(current, said, since, until)
        found = {
            (began, at): (customers, total)
            for began, at, customers, total in await current.rows(_cohorts_of(asked, starts))
        }
        rows: list[Body] = []
        for number, began in enumerate(starts):
            size, _ = found.get((began, began), (0, 0))
            for after, at in enumerate(starts[number:]):
                customers, total = found.get((began, at), (0, 0))
                rows.append(
                    {
                        "cohort": iso(began),
                        "month": after,
                        "at": iso(at),
                        "customers": customers,
                        "share": shown_number(divide(customers, size)),
                        "order_total_amount": shown_number(total),
                    }
                )
        if said.is_csv:
            return csv_answer(list(rows[0]), [list(row.values()) for row in rows])
        body: Body = {"from": iso(since), "to": iso(until), "timezone": said.timezone}
        return json_answer(body | {"rows": rows})

    return Route("/v1/analytics/cohorts", cohorts, methods=["GET"])


def _cohorts_of(asked: Asked, starts: tuple[Millis, ...]) -> Query:
    """(month of the first redemption, month, customers, order total) of those who began in the period.

    What came first is asked of all time, within the filters.
    """
    ever = asked._replace(since=0)
    rows = SOURCES["redemptions"].rows(ever, "customer")
    return Query(
        "SELECT roundDown(first_at, {starts:Array(Int64)}) AS cohort, "  # noqa: S608
        "roundDown(at, {starts:Array(Int64)}) AS month, "
        "uniqExactIf(customer_id, kind = 'succeeded'), "
        "sumIf(sign * toInt128(order_total), once = 1) "
        f"FROM ({rows}) AS told INNER JOIN (SELECT customer_id AS known, min(at) AS first_at "
        f"FROM ({rows}) WHERE kind = 'succeeded' AND customer_id != '' GROUP BY known) AS began "
        "ON told.customer_id = began.known WHERE first_at >= {begin:Int64} GROUP BY cohort, month",
        {**values_of(ever), "starts": list(starts), "begin": asked.since},
    )
