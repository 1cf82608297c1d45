"""The same year reckoned by ClickHouse, of what members did alone: no loop, and nothing of the engine.

Points that expire in the order in which they were given are used up in that order. So what is used up
by a moment, spent or expired, is the most that any end before it asks for: all that was given up to
that end, and whatever was spent since. That is a running maximum, which SQL can say.
"""

from collections.abc import Mapping
from typing import Final

from runtime.clickhouse.database import Column, Database, Query, TableDef
from runtime.clickhouse.table import sink_table
from runtime.log.log import Place
from schemas.base import Millis
from tests.integration.loyalty_year.year import LADDER, ZONE, Act, Stand

ACTS: Final[TableDef] = sink_table(
    "year_acts",
    (
        Column("member", "String"),
        Column("at", "Int64"),
        Column("number", "Int64"),
        Column("kind", "String"),
        Column("bought", "String"),
        Column("amount", "Int64"),
        Column("points", "Int64"),
        Column("told", "Int64"),
    ),
    order_by=("log_offset", "log_index"),
)
_INSERTED_MAX: Final = 5000

#: The rules: 3 points for every 10.00; 20 for each order, 14 days later; 50 for a review, twice a month.
#: What is given expires with the end of the month, half a year later. An order that is canceled before
#: its 20 points are there does not get them. Numbers below zero are of no act: each its own, so that
#: the last of what happens at one instant is known.
_GIVEN: Final = f"""
canceled AS (SELECT bought, min(at) AS canceled_at FROM {ACTS.full_name} WHERE kind = 'cancel' GROUP BY bought),
paid AS (
    SELECT member, at, number, bought, amount FROM {ACTS.full_name}
    WHERE kind = 'order' OR (kind = 'spend' AND told = 1)
),
late AS (
    SELECT member, number, bought,
        toInt64(toUnixTimestamp(toDateTime(
            toDate(toDateTime(intDiv(paid.at, 1000), '{ZONE}')) + 14, '{ZONE}'
        ))) * 1000 + 1000 AS at
    FROM paid
),
reviews AS (
    SELECT member, at, number,
        row_number() OVER (
            PARTITION BY member, toStartOfMonth(toDateTime(intDiv(at, 1000), '{ZONE}')) ORDER BY number
        ) AS nth
    FROM {ACTS.full_name} WHERE kind = 'review'
),
given AS (
    SELECT member, at, number, intDiv(amount, 1000) * 3 AS points FROM paid
    UNION ALL
    SELECT l.member, l.at, -1 - l.number AS number, 20 AS points
    FROM late AS l LEFT JOIN canceled AS c ON c.bought = l.bought
    WHERE c.canceled_at = 0 OR c.canceled_at > l.at
    UNION ALL
    SELECT member, at, number, 50 AS points FROM reviews WHERE nth <= 2
),
lots AS (
    SELECT *, toDate(toDateTime(intDiv(at, 1000), '{ZONE}')) AS day,
        toInt64(toUnixTimestamp(toDateTime(toLastDayOfMonth(addMonths(day, 6)) + 1, '{ZONE}'))) * 1000 - 1 AS ends
    FROM given WHERE points > 0
)"""

#: All that changes a balance: what was given (`c`), what went (`s`), and the ends of what was given (`e`).
#: An end comes before what happens next, and a spending before what its own order earns.
_MOVES: Final = f"""
moves AS (
    SELECT member, at, number, 2 AS turn, points AS c, 0 AS s, 0 AS e, 0 AS is_end, 0 AS asked, 0 AS told, 0 AS kind
    FROM lots
    UNION ALL
    SELECT member, at, number, 1, 0, points, 0, 0, points, told, 1 FROM {ACTS.full_name} WHERE kind = 'spend' AND told = 1
    UNION ALL
    SELECT member, at, number, 1, 0, 0, 0, 0, points, 0, 2 FROM {ACTS.full_name} WHERE kind = 'spend' AND told = 0
    UNION ALL
    SELECT member, at, number, 1, 0, points, 0, 0, points, told, 3 FROM {ACTS.full_name} WHERE kind = 'taken back'
    UNION ALL
    SELECT member, ends, -1, 0, 0, 0, sum(points), 1, 0, 0, 4 FROM lots GROUP BY member, ends
),
sums AS (
    SELECT *, sum(c) OVER running AS given_by, sum(s) OVER running AS spent_by, sum(e) OVER running AS ended_by
    FROM moves
    WINDOW running AS (PARTITION BY member ORDER BY at, number, turn ROWS UNBOUNDED PRECEDING)
),
told AS (
    SELECT *,
        spent_by + greatest(0, max(if(is_end = 1, toInt64(ended_by) - toInt64(spent_by), 0)) OVER running) AS used,
        toInt64(given_by) - toInt64(used) AS balance
    FROM sums
    WINDOW running AS (PARTITION BY member ORDER BY at, number, turn ROWS UNBOUNDED PRECEDING)
)"""


async def store_acts(database: Database, acts: list[Act]) -> None:
    """Has the database know what members did."""
    await database.prepare([ACTS])
    place = Place("acts", 0)
    for begin in range(0, len(acts), _INSERTED_MAX):
        rows = [[*place, each.number, 0, "", *each] for each in acts[begin : begin + _INSERTED_MAX]]
        await database.insert(ACTS, rows)


async def wrongly_let(database: Database) -> int:
    """How many spendings were let that cost more than there was, or were refused though it was there."""
    sql = f"""WITH {_GIVEN}, {_MOVES}
    SELECT countIf(kind = 1 AND balance < 0), countIf(kind = 2 AND balance >= asked) FROM told"""
    ((too_much, refused),) = await database.query(Query(sql))
    return int(too_much) + int(refused)


async def wrongly_taken_back(database: Database) -> int:
    """How often an order that was canceled gave back more than there was, or less than it could.

    What is missing was spent, unless what the order gave is over itself: that is not in the balance.
    """
    sql = f"""WITH {_GIVEN}, {_MOVES},
    ended AS (
        SELECT p.bought AS bought, l.ends AS ends
        FROM lots AS l INNER JOIN paid AS p ON p.number = l.number
    )
    SELECT countIf(t.balance < 0), countIf(t.told > 0 AND t.balance > 0 AND o.ends >= t.at)
    FROM told AS t
    INNER JOIN {ACTS.full_name} AS a ON a.number = t.number
    LEFT JOIN ended AS o ON o.bought = a.bought
    WHERE t.kind = 3"""
    ((too_much, too_little),) = await database.query(Query(sql))
    return int(too_much) + int(too_little)


async def stands_at(database: Database, at: Millis) -> Mapping[str, Stand]:
    """How each member stands then who did anything by then."""
    tiers = "".join(f"best >= {low}, '{name}', " for name, (low, _) in reversed(LADDER.items()))
    quarter = f"toStartOfQuarter(toDateTime(intDiv(at, 1000), '{ZONE}'))"
    sql = f"""WITH {_GIVEN}, {_MOVES},
    last AS (
        SELECT member, argMax(balance, (at, number, turn)) AS balance,
            argMax(toInt64(used) - toInt64(spent_by), (at, number, turn)) AS expired
        FROM told WHERE at <= {at} GROUP BY member
    ),
    waiting AS (
        SELECT l.member AS member, count() * 20 AS pending
        FROM late AS l LEFT JOIN canceled AS c ON c.bought = l.bought
        INNER JOIN paid AS p ON p.number = l.number
        WHERE p.at <= {at} AND l.at > {at} AND (c.canceled_at = 0 OR c.canceled_at > {at})
        GROUP BY member
    ),
    collected AS (
        SELECT member, {quarter} AS quarter, sum(points) AS points FROM (
            SELECT member, at, points FROM given
            UNION ALL
            SELECT member, at, -(points + told) FROM {ACTS.full_name} WHERE kind = 'taken back'
        ) WHERE at <= {at} GROUP BY member, quarter
    ),
    best AS (
        SELECT member, max(points) AS best FROM collected
        WHERE quarter >= addMonths(toStartOfQuarter(toDateTime(intDiv({at}, 1000), '{ZONE}')), -3)
        GROUP BY member
    )
    SELECT DISTINCT m.member, l.balance, l.expired, w.pending, multiIf({tiers}'')
    FROM (SELECT DISTINCT member FROM {ACTS.full_name}) AS m
    LEFT JOIN last AS l ON l.member = m.member
    LEFT JOIN waiting AS w ON w.member = m.member
    LEFT JOIN best AS b ON b.member = m.member"""
    return {row[0]: Stand(*row) for row in await database.query(Query(sql))}
