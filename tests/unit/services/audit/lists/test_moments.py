"""Who goes on from the time of a page's last row misses nothing, however many one moment has."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fronts.query_string import Page
from services.audit.lists.filters import Where
from services.audit.lists.moments import (
    CREATED,
    MOMENT_MAX,
    Ahead,
    _ahead,
    _moments,
    go_on_from,
    last_moment,
    settled_until,
)
from services.audit.lists.products import _Kept, _Met

NOW: Final = 10**12
DAY: Final = 24 * 60 * 60_000
Rows = list[_Met]


def rows_at(*times: int) -> Rows:
    return [_Met(at, f"prod_{n:02d}", at) for n, at in enumerate(times)]


def page_from(rows: Rows, after: int | None, limit: int, *, descending: bool) -> Rows:
    kept = _Kept(after, Page(limit, 0, "created_at", descending), settled_until(NOW))
    for n in range(0, len(rows), 5):  # batch by batch, as it is read
        kept.add(rows[n : n + 5])
    return kept.shown()


def walked(
    rows: Rows,
    limit: int,
    *,
    descending: bool = True,
    between: Callable[[], Rows] = list,
) -> list[str]:
    """All that pages show until one shows nothing new; `between` them there are more rows."""
    seen: list[str] = []
    after: int | None = None
    for _ in range(100):
        shown = page_from(rows, after, limit, descending=descending)
        if not {each.id for each in shown} - set(seen):
            return seen
        seen += [each.id for each in shown]
        after = shown[-1].created_at
        rows = rows + between()
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("limit", [1, 7, 30])
def test_thirty_rows_of_one_millisecond_are_listed(limit: int, descending: bool) -> None:
    for times in ([5] * 30, [4, 4, *[5] * 30, 6, 7, 7]):
        rows = rows_at(*times)
        seen = walked(rows, limit, descending=descending)
        assert set(seen) == {each.id for each in rows}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 4), max_size=25),
    st.integers(1, 6),
    st.booleans(),
)
def test_law_every_row_is_listed(times: list[int], limit: int, descending: bool) -> None:
    rows = rows_at(*times)
    seen = walked(rows, limit, descending=descending)
    assert set(seen) == {each.id for each in rows}
    if len(set(times)) == len(times):
        assert len(seen) == len(rows)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=20), st.integers(1, 6), st.integers(1, 9))
def test_law_rows_that_come_meanwhile_hide_none(times: list[int], limit: int, come: int) -> None:
    rows = rows_at(*times)
    numbers = iter(range(1000))

    def newer() -> Rows:
        return [_Met(NOW - 5, f"new_{next(numbers)}", NOW - 5) for _ in range(come)]

    seen = walked(rows, limit, between=newer)
    assert {each.id for each in rows} <= set(seen)


def test_the_first_page_is_as_long_as_it_was_asked_for() -> None:
    rows = rows_at(*[5] * 30)
    assert len(page_from(rows, None, 7, descending=True)) == 7
    # and one that goes on from a time is not longer than it has to be
    apart = rows_at(*range(30))
    assert len(page_from(apart, 20, 7, descending=True)) == 7


@pytest.mark.parametrize(
    ("ahead", "limit", "split"),
    [
        (Ahead(0, 0, 30), 7, True),
        (Ahead(3, 3, 30), 7, True),
        (Ahead(7, 7, 30), 7, False),  # the first page ended before it
        (Ahead(3, 3, 4), 7, False),  # or with it
        (Ahead(9, 0, 30), 7, True),  # nine have come since
        (Ahead(0, 0, 1), 1, False),
        (Ahead(0, 0, 0), 5, False),
        (Ahead(9, 0, 1), 5, False),
    ],
)
def test_when_a_first_page_may_have_ended_within_a_moment(
    ahead: Ahead, limit: int, split: bool
) -> None:
    assert ahead.may_split(limit) is split


class Answers:
    """Answers one query after the other, and keeps them."""

    def __init__(self, *rows: list[tuple[Any, ...]]) -> None:
        self._rows = list(rows)
        self.asked: list[Any] = []

    async def rows(self, query: Any) -> list[tuple[Any, ...]]:
        self.asked.append(query)
        return self._rows.pop(0)


async def test_a_page_that_goes_on_is_bounded_by_two_times() -> None:
    reads: Any = Answers([(9, 9, 1, 30)], [(4, 5), (3, 4), (2, 1)])
    where = Where("p")
    page = Page(7, 0, "created_at", descending=True)
    going = await go_on_from(reads, CREATED, where, 5, page, NOW)
    assert where.text == (
        "project = {project:String} AND created_at < {cursor_at:Int64} "
        "AND created_at >= {last_at:Int64}"
    )
    assert going.left == 20
    assert going.page.limit == MOMENT_MAX


async def test_a_page_after_a_moment_that_was_split_shows_it_again_and_goes_beyond() -> None:
    reads: Any = Answers([(0, 0, 30, 40)], [(5, 30), (4, 1)])
    where = Where("p")
    page = Page(7, 0, "created_at", descending=True)
    going = await go_on_from(reads, CREATED, where, 5, page, NOW)
    assert where.text == "project = {project:String} AND created_at <= {cursor_at:Int64}"
    assert going.left == 40


def test_the_queries_name_columns_that_are_declared() -> None:
    where, page = Where("p"), Page(7, 0, "created_at", descending=False)
    assert _ahead(CREATED, where, 5, page, NOW).sql == (
        "SELECT countIf(created_at < {cursor_at:Int64}), "
        "countIf(created_at < {cursor_at:Int64} AND created_at <= {settled_until:Int64}), "
        "countIf(created_at = {cursor_at:Int64}), count() "
        "FROM tessera.entities FINAL WHERE project = {project:String}"
    )
    assert _ahead(CREATED, where, 5, page, NOW).parameters["settled_until"] == NOW - DAY
    assert _moments(CREATED, where, page, 8).sql == (
        "SELECT created_at, count() FROM tessera.entities FINAL WHERE project = {project:String} "
        "GROUP BY created_at ORDER BY created_at ASC LIMIT {moments:UInt32}"
    )


@pytest.mark.parametrize(
    ("moments", "ahead", "last"),
    [
        ([(9, 1), (8, 1), (7, 1), (6, 1)], 0, 7),  # as long as it was asked for
        ([(9, 2), (8, 2), (7, 2)], 0, 7),  # a first page of three ends within the second
        ([(9, 2), (8, 2), (7, 2)], 10, 8),
        ([(9, 5)], 0, None),
        ([], 0, None),
    ],
)
def test_a_page_ends_with_a_moment_that_no_first_page_ended_in(
    moments: list[tuple[int, int]], ahead: int, last: int | None
) -> None:
    assert last_moment(moments, 3, ahead, 3) == last


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=25), st.integers(1, 6), st.booleans())
def test_law_who_begins_with_a_cursor_sees_each_row_once(
    times: list[int], limit: int, descending: bool
) -> None:
    rows, after = rows_at(*times), NOW if descending else -1
    seen: list[str] = []
    while len(seen) < len(rows):  # an answer says whether there is more
        shown = page_from(rows, after, limit, descending=descending)
        seen += [each.id for each in shown]
        after = shown[-1].created_at
    assert len(seen) == len(set(seen)) == len(rows)
