"""Lists that go on from a time: `starting_after=<created_at of the last row>`.

A time does not say which of those of its millisecond were shown, and an import makes 500 in one. So
a page that begins at a time holds all of its own last moment, beyond its limit, and what comes after
such a moment is all that is left. Only the page before the first cursor may end within a moment: it
is an ordinary one, with as many rows as it was asked for. A page that goes on from where such a page
of the same limit may have ended shows that moment once more, and goes on beyond it: a row may come
twice, none is left out. No other page ends there, so only who begins without a cursor sees that.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from fronts.query_string import Page
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from schemas.base import Millis
from services.audit.lists.filters import Where
from services.audit.sink.entities import ENTITIES

#: How long a page may become that goes on to the end of a moment.
MOMENT_MAX: Final = 10_000
#: How long ago the page before may have been read: what is newer may have come since.
_ASKED_WITHIN_MS: Final = 24 * 60 * 60_000


class Source(NamedTuple):
    """Where rows are read; both texts are constants."""

    rows: str
    #: The column that the rows are in the order of.
    time: str


CREATED: Final = Source(f"{ENTITIES.full_name} FINAL", "created_at")


class Ahead(NamedTuple):
    """How many rows come before those of a time, and how many are of it."""

    rows: int
    #: Those of `rows` that have been there for a while.
    settled: int
    same: int

    def may_split(self, limit: int) -> bool:
        """Whether a first page of so many rows may have ended within the rows of the time."""
        return self.settled < limit and min(self.rows, limit - 1) + self.same > limit


def last_moment(
    moments: Iterable[tuple[Millis, int]], rows: int, ahead: int, limit: int
) -> Millis | None:
    """The moment with which a page ends that is to have so many rows; None: it ends with the last.

    `moments` are those from the page's beginning on, each with how many rows it has; `ahead` is how
    many rows come before them. It is none within which a first page may have ended.
    """
    total = 0
    for at, same in moments:
        is_split = Ahead(ahead + total, ahead + total, same).may_split(limit)
        total += same
        if total >= rows and not is_split:
            return at
    return None


class Going(NamedTuple):
    """The page as it is to be read, and how many rows there are from its beginning on."""

    page: Page
    left: int


def settled_until(now: Millis) -> Millis:
    """What was created up to then was there when the page before was read."""
    return now - _ASKED_WITHIN_MS


async def go_on_from(
    reads: Reads, source: Source, where: Where, at: Millis, page: Page, now: Millis
) -> Going:
    """Leaves in `where` only the rows of the page that begins at a time, to the end of a moment."""
    rows = await reads.rows(_ahead(source, where, at, page, now))
    (counts,) = rows
    ahead, total = Ahead(*counts[:3]), counts[3]
    split = ahead.may_split(page.limit)
    compared = "<" if page.descending else ">"
    where.add(f"{source.time} {compared}{'=' if split else ''} {{cursor_at:Int64}}", cursor_at=at)
    before = ahead.rows + (0 if split else ahead.same)
    wanted = page.offset + page.limit + (ahead.same if split else 0)
    moments = await reads.rows(_moments(source, where, page, wanted + 1))
    last_at = last_moment([(each, same) for each, same in moments], wanted, before, page.limit)
    if last_at is not None:
        compared = ">=" if page.descending else "<="
        where.add(f"{source.time} {compared} {{last_at:Int64}}", last_at=last_at)
    return Going(page._replace(limit=MOMENT_MAX), total - before)


def _ahead(source: Source, where: Where, at: Millis, page: Page, now: Millis) -> Query:
    """(rows before those of the time, settled ones of them, rows of the time, all rows)."""
    before = ">" if page.descending else "<"
    is_ahead = f"{source.time} {before} {{cursor_at:Int64}}"
    values: dict[str, Any] = {"cursor_at": at, "settled_until": settled_until(now)}
    return Query(
        f"SELECT countIf({is_ahead}), "  # noqa: S608  constants
        f"countIf({is_ahead} AND {source.time} <= {{settled_until:Int64}}), "
        f"countIf({source.time} = {{cursor_at:Int64}}), count() "
        f"FROM {source.rows} WHERE {where.text}",
        {**where.values, **values},
    )


def _moments(source: Source, where: Where, page: Page, count: int) -> Query:
    """(time, rows of it) of the first moments."""
    direction = "DESC" if page.descending else "ASC"
    return Query(
        f"SELECT {source.time}, count() FROM {source.rows} WHERE {where.text} "  # noqa: S608
        f"GROUP BY {source.time} ORDER BY {source.time} {direction} LIMIT {{moments:UInt32}}",
        {**where.values, "moments": count},
    )
