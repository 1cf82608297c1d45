"""What became of the points of a loyalty program in a period, and what is on its cards now."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.encode import Body
from fronts.answers import json_answer
from fronts.query_string import invalid_parameter, require_known, time_of
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from schemas.base import Millis
from services.audit.lists.finding import find_program
from services.audit.lists.parameters import parameters_of
from services.audit.sink.entities import ENTITIES
from services.audit.sink.transaction_table import MADE_AT, TRANSACTIONS

#: By the types of transactions; what is given back is no longer redeemed. Transfers change nothing.
_SUMS: Final = {
    "earned": "sumIf(moved, kind IN ('POINTS_ACCRUAL', 'PENDING_POINTS_ACTIVATION'))",
    "added": "sumIf(moved, kind = 'POINTS_ADDITION')",
    "redeemed": "-sumIf(moved, kind IN ('POINTS_REDEMPTION', 'POINTS_REFUND'))",
    "expired": "-sumIf(moved, kind = 'POINTS_EXPIRATION')",
    "removed": "-sumIf(moved, kind IN ('POINTS_REMOVAL', 'POINTS_CANCELLATION'))",
}
_LAST: Final = 2**62


async def program_points(reads: Reads, request: Request) -> Response:
    """GET /v1/loyalties/{campaign}/summary."""
    given = parameters_of(request)
    require_known(given, frozenset({"from", "to"}))
    times = {each.name: time_of(each) for each in given}
    start, end = times.get("from", 0), times.get("to")
    if end is not None and end < start:
        raise invalid_parameter("to", "must not lie before `from`")
    reads = reads.up_to(request)
    project = caller_of(request).project
    program = await find_program(reads, request)
    moved = await reads.rows(_moved(project, program, start, _LAST if end is None else end))
    now = await reads.rows(_now(project, program))
    ((members, balance, pending),) = now
    body: Body = {
        "object": "loyalty_summary",
        "campaign_id": program,
        "points": dict(zip(_SUMS, moved[0], strict=True)),
        "now": {"members": members, "balance": balance, "pending": pending},
    }
    return json_answer(body)


def _moved(project: str, program: str, start: Millis, end: Millis) -> Query:
    """(each of the sums,) of a period, its end not within it."""
    sums = ", ".join(_SUMS.values())
    return Query(
        f"SELECT {sums} FROM (SELECT JSONExtractString(body, 'type') AS kind, "  # noqa: S608
        "JSONExtractInt(body, 'details', 'balance', 'points') AS moved "
        f"FROM {TRANSACTIONS.full_name} WHERE project = {{project:String}} "
        "AND campaign_id = {program:String} "
        f"AND {MADE_AT} >= {{start:Int64}} AND {MADE_AT} < {{end:Int64}})",
        {"project": project, "program": program, "start": start, "end": end},
    )


def _now(project: str, program: str) -> Query:
    """(members, their points, those that are pending) of the cards that somebody holds."""
    card = "JSONExtractInt(body, 'loyalty_card', '{}')"
    balance, pending = card.format("balance"), card.format("pending_points")
    return Query(
        f"SELECT count(), sum({balance}), sum({pending}) FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = 'voucher' AND deleted = 0 "
        "AND campaign_id = {program:String} AND customer_id != ''",
        {"project": project, "program": program},
    )
