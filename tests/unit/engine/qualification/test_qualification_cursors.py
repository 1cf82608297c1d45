"""However many offers one millisecond has, all are listed by whoever goes on from a time."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernel.calendar import iso
from engine.qualification import page
from engine.qualification.cursor import Cursor, parse_cursor
from engine.qualification.page import Page
from schemas.base import Millis
from schemas.qualifications import SortingRule
from tests.unit.engine.qualification_world import Shop
from tests.unit.engine.rule_world import MUG, line, one, order
from tests.unit.engine.world import NOON, percent, voucher

ORDER: Final = order(line(MUG, 2, 1000))
RULES: Final[tuple[SortingRule, ...]] = ("DEFAULT", "BEST_DEAL", "LEAST_DEAL")

#: Where a client goes on after a page.
Client = Callable[[Page], str]


def from_cursor(shown: Page) -> str:
    """From what the page says."""
    assert shown.more_after is not None
    return shown.more_after.text()


def from_microseconds(shown: Page) -> str:
    """From that, read as a time of microseconds."""
    return f"{from_cursor(shown).removesuffix('Z')[:26]}Z"


def from_milliseconds(shown: Page) -> str:
    """From that, read as a time of milliseconds."""
    return f"{from_cursor(shown)[:23]}Z"


def from_created_at(shown: Page) -> str:
    """From the time at which the last row was created."""
    return iso(shown.rows[-1].candidate.created_at)


CLIENTS: Final[tuple[Client, ...]] = (
    from_cursor,
    from_microseconds,
    from_milliseconds,
    from_created_at,
)


def walked(made: Shop, limit: int, sorting: SortingRule, client: Client) -> list[str]:
    """What all pages show together."""
    asked = page.PageQuery(limit=limit, sorting_rule=sorting)
    ids: list[str] = []
    for _ in range(200):
        shown = page.find_page(made.trial(ORDER), asked)
        ids += [each.candidate.found.id for each in shown.rows]
        if shown.more_after is None:
            return ids
        asked = asked._replace(after=parse_cursor(client(shown)))
    raise AssertionError("the pages have no end")


def crowded(times: list[Millis]) -> Shop:
    """Offers, tiers and vouchers by turns, created at these times; every third is bound by a set."""
    made = Shop()
    made.rule("val_1", one("order.amount", {"$more_than": [100]}))
    made.rule("val_2", one("order.items.count", {"$more_than": [900]}))
    for n, at in enumerate(times):
        off = percent(str(n * 7 % 11 + 1))
        if n % 2:
            made.world.given(voucher(f"V{n}", off, created_at=at))
        else:
            rules = ["val_1"] if n % 3 == 0 else []
            made.tier(f"promo_{n}", *rules, at=at, hierarchy=n + 1, discount=off)
    return made


def all_of(times: list[Millis]) -> set[str]:
    return {f"v_V{n}" if n % 2 else f"promo_{n}" for n in range(len(times))}


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
@pytest.mark.parametrize("sorting", RULES)
@pytest.mark.parametrize("limit", [1, 7, 30])
def test_thirty_of_one_millisecond_are_listed(
    limit: int, sorting: SortingRule, client: Client
) -> None:
    times = [NOON] * 30
    found = walked(crowded(times), limit, sorting, client)
    assert set(found) == all_of(times)
    if client is from_cursor:
        assert len(found) == len(times)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
@pytest.mark.parametrize("limit", [1, 7, 30])
def test_what_was_created_before_and_after_them_is_listed_too(limit: int, client: Client) -> None:
    times = [NOON - 5, NOON - 5, *[NOON] * 30, NOON + 3, *[NOON + 9] * 8]
    for sorting in RULES:
        assert set(walked(crowded(times), limit, sorting, client)) == all_of(times)


@settings(max_examples=60, deadline=None)
@given(
    times=st.lists(st.integers(0, 4).map(lambda n: NOON + n), max_size=16),
    limit=st.integers(1, 5),
    sorting=st.sampled_from(RULES),
    client=st.sampled_from(CLIENTS),
)
def test_law_no_cursor_leaves_an_offer_out(
    times: list[Millis], limit: int, sorting: SortingRule, client: Client
) -> None:
    found = walked(crowded(times), limit, sorting, client)
    assert set(found) == all_of(times)
    if client is from_cursor or len(set(times)) == len(times):
        assert len(found) == len(times)


def test_pages_that_end_early_within_a_millisecond_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "LOOKED_AT_MAX", 3)
    times = [NOON] * 12
    for client in (from_cursor, from_microseconds):
        assert set(walked(crowded(times), 5, "DEFAULT", client)) == all_of(times)


@pytest.mark.parametrize("nth", [1, 998, 999, 1000, 1001, 500_000])
def test_a_cursor_says_which_of_a_time_it_was(nth: int) -> None:
    read = parse_cursor(Cursor(NOON, nth).text())
    assert read == Cursor(NOON, nth)
    assert read.is_past(NOON, nth)
    assert not read.is_past(NOON, nth + 1)


def test_the_cursor_before_a_time_is_after_all_that_is_newer() -> None:
    cursor = Cursor.before(NOON)
    assert parse_cursor(cursor.text()) == cursor
    assert cursor.place == Cursor(NOON, 1).place


def test_rows_of_one_time_are_shown_once_where_the_cursor_is_exact() -> None:
    shown: Any = walked(crowded([NOON] * 9), 2, "DEFAULT", from_cursor)
    assert shown == sorted(shown)
