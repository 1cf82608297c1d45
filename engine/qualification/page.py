"""A page of what suits: the newest first, or by what it would take.

In the default order candidates are looked at until the page is full. A page for which too many are
looked at in vain, or too many sets of rules are asked, ends early and says where the next one
begins, so nothing is left out. For the order of deals all have to be compared: so many of the
newest ones are.

All sets whose newest offer is of one time are asked before any of these offers, so a page that ends
at a set begins the next one with that time. It asks these sets again: they count only from the
second time of a page on, and so every page gets further.

A cursor that is a time and no more, as the `created_at` of a row, says that one of that time was
seen. Its page begins after the first of them, so that none is left out, and goes on beyond its limit
until it ends with a later one, so that the next page gets further; a row may come twice.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from engine.qualification.candidates import Found, Passed, find_by_keys, find_held, sort_found
from engine.qualification.cursor import Cursor
from engine.qualification.filters import Filters
from engine.qualification.places import time_of_place
from engine.qualification.request_keys import request_keys
from engine.qualification.trial import Suiting, Trial
from engine.qualification.turns import Steps, run_at_once
from schemas.base import Millis
from schemas.qualifications import LIMIT_DEFAULT, CandidateKind, Scenario, SortingRule, Space

#: How many offers and sets are looked at for a page; how many offers are compared to find the best
#: deals, and how many sets are asked for them.
LOOKED_AT_MAX: Final = 1000
DEALS_MAX: Final = 500
DEAL_SETS_MAX: Final = 10_000
KINDS: Final[tuple[CandidateKind, ...]] = ("voucher", "campaign", "promotion_tier")
#: Scenarios that are not about a customer.
_OF_NOBODY: Final = frozenset({"PRODUCTS", "PRODUCTS_DISCOUNT"})


class PageQuery(NamedTuple):
    """Which offers are asked for, how many of them, and after what."""

    scenario: Scenario = "ALL"
    limit: int = LIMIT_DEFAULT
    after: Cursor | None = None
    filters: Filters = Filters()
    sorting_rule: SortingRule = "DEFAULT"
    kinds: tuple[CandidateKind, ...] = KINDS


class Page(NamedTuple):
    """What suits, and after what the next page begins; None: there is none."""

    rows: list[Suiting]
    more_after: Cursor | None = None


class UnknownCursor(ValueError):
    """The cursor names none of those that are compared."""


class _Placed(NamedTuple):
    """A place in the stream, and what suits there; None: what lies there does not."""

    cursor: Cursor
    suiting: Suiting | None
    #: How many offers it is.
    offers: int


def find_page(trial: Trial, query: PageQuery) -> Page:
    """The page that is asked for. Raises UnknownCursor."""
    return run_at_once(page_steps(trial, query))


def page_steps(trial: Trial, query: PageQuery) -> Steps[Page]:
    """The page that is asked for, step by step. Raises UnknownCursor."""
    view = trial.circumstances.view
    query = query._replace(filters=query.filters.spell_codes(view))
    return _newest(trial, query) if query.sorting_rule == "DEFAULT" else _by_deal(trial, query)


def _newest(trial: Trial, query: PageQuery) -> Steps[Page]:
    rows: list[Suiting] = []
    last: Cursor | None = None
    begins_at: Millis | None = None
    looked_at = 0
    #: The time of which one was seen, and whether that one was passed.
    seen_at = query.after.at if query.after is not None and query.after.nth is None else None
    is_passed = False
    shown_at: Millis | None = None
    for each in _try_candidates(trial, query, query.after):
        yield
        if isinstance(each, Passed):
            at = time_of_place(each.place)
            if each.is_refused and begins_at is None:
                begins_at = at
            elif each.is_refused and at != begins_at:
                looked_at += 1
                if looked_at >= LOOKED_AT_MAX:
                    return Page(rows, Cursor.before(at))
            continue
        if begins_at is None:
            begins_at = each.cursor.at
        if each.suiting is not None and each.cursor.at == seen_at and not is_passed:
            is_passed = True
        elif each.suiting is not None:
            if len(rows) >= query.limit and (seen_at is None or shown_at != seen_at):
                return Page(rows, last)
            rows.append(each.suiting)
            shown_at = each.cursor.at
        last = each.cursor
        looked_at += each.offers
        if looked_at >= LOOKED_AT_MAX:
            return Page(rows, last)
    return Page(rows)


def _by_deal(trial: Trial, query: PageQuery) -> Steps[Page]:
    found: list[tuple[Cursor, Suiting]] = []
    looked_at = asked = 0
    for each in _try_candidates(trial, query, None):
        yield
        if isinstance(each, Passed):
            asked += each.is_refused
        else:
            looked_at += each.offers
            if each.suiting is not None:
                found.append((each.cursor, each.suiting))
        if looked_at >= DEALS_MAX or asked >= DEAL_SETS_MAX:
            break
    # stable: of equal deals the newest first
    sign = -1 if query.sorting_rule == "BEST_DEAL" else 1
    found.sort(key=lambda each: sign * each[1].taken)
    first, end = _part([cursor for cursor, _ in found], query)
    rows = found[first:end]
    more = len(found) > end
    return Page([suiting for _, suiting in rows], rows[-1][0] if more and rows else None)


def _part(cursors: list[Cursor], query: PageQuery) -> tuple[int, int]:
    """Where a page of deals begins and ends. Raises UnknownCursor.

    A time stands for the first deal of that time. A page that begins after a time ends with a deal
    whose time stands for a later one, so that the next page gets further.
    """
    after = query.after
    if after is None:
        return 0, query.limit
    if after in cursors:
        first = cursors.index(after) + 1
        return first, first + query.limit
    stands_for: dict[Millis, int] = {}
    for n, cursor in enumerate(cursors):
        stands_for.setdefault(cursor.at, n)
    if after.at not in stands_for:
        raise UnknownCursor
    seen = stands_for[after.at]
    end = seen + 1 + query.limit
    while end < len(cursors) and stands_for[cursors[end - 1].at] <= seen:
        end += 1
    return seen + 1, end


def _try_candidates(
    trial: Trial, query: PageQuery, after: Cursor | None
) -> Iterator[_Placed | Passed]:
    """The candidates that filters let through, each tried when it is asked for."""
    at, nth = -1, 0
    for found in _stream(trial, query, "" if after is None else after.place):
        if isinstance(found, Passed):
            yield found
            continue
        created_at = time_of_place(found.place)
        nth = nth + 1 if created_at == at else 1
        at = created_at
        if after is not None and after.is_past(at, nth):
            continue
        candidate = trial.candidate(found)
        if candidate is None:
            yield _Placed(Cursor(at, nth), None, 1)
        else:
            suiting = trial.suiting(candidate) if query.filters.meets(candidate) else None
            yield _Placed(Cursor(at, nth), suiting, len(candidate.offers))


def _stream(trial: Trial, query: PageQuery, start: str) -> Iterator[Found | Passed]:
    view, scenario, filters = trial.circumstances.view, query.scenario, query.filters
    customer = None if scenario in _OF_NOBODY else trial.circumstances.customer
    if scenario == "PROMOTION_STACKS":
        kinds = filters.kinds(("promotion_stack",))
        return find_by_keys(view, "all", kinds, (), trial.can_be_met, (), start)
    held = [] if customer is None or "voucher" not in query.kinds else find_held(view, customer.id)
    if scenario == "CUSTOMER_WALLET":
        return sort_found(held, start)
    named = filters.find_named(view, None if customer is None else customer.id)
    if named is not None:
        return sort_found((each for each in named if each.kind in query.kinds), start)
    space = _SPACES.get(scenario, "all")
    kinds = filters.kinds(query.kinds)
    keys = request_keys(trial.facts, space, kinds)
    return find_by_keys(view, space, kinds, keys, trial.can_be_met, held, start)


_SPACES: Final[dict[Scenario, Space]] = {
    "AUDIENCE_ONLY": "audience",
    "PRODUCTS": "products",
    "PRODUCTS_DISCOUNT": "products",
    "PRODUCTS_BY_CUSTOMER": "products",
    "PRODUCTS_DISCOUNT_BY_CUSTOMER": "products",
}
