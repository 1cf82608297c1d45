"""The stream of what may suit a request, newest first: by keys, or as a filter names it.

The sets under the request's keys lie each with the time of the newest offer that it binds. A heap
holds the next of each list: of the sets under a key, and of the offers under a set. A set is asked
when the newest of its offers that are left is due, and these are opened only if it can be met; so
of 10,000 sets those are looked at that the first offers belong to. A set that brings nothing is
told, too: it costs whoever reads the stream as much as an offer.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

from engine.evaluation.offers import Offer
from engine.kernel import tables
from engine.kernel.state import View
from engine.qualification.places import TIME_DIGITS, UNBOUND, place_of, posting_key
from schemas.base import Metadata, Millis
from schemas.campaigns import Campaign
from schemas.promotions import PromotionStack
from schemas.qualifications import CandidateKind, RuleKey, Space
from schemas.vouchers import Voucher

#: How many of the vouchers that a customer holds are looked at.
HELD_MAX = 500


class Found(NamedTuple):
    """Something that may suit; candidates are ordered by their places."""

    place: str
    kind: CandidateKind

    @property
    def id(self) -> str:
        return self.place[TIME_DIGITS:]


class Passed(NamedTuple):
    """A set of rules that brought nothing: no offer of its is left, is due yet, or can be had."""

    #: Of the newest of its offers that are left: all that is newer lies in the stream before it.
    place: str
    #: Whether the request was asked, and does not meet it.
    is_refused: bool


class Candidate(NamedTuple):
    """What was found, as it stands."""

    found: Found
    created_at: Millis
    metadata: Metadata
    #: One, or those of the tiers of a stack.
    offers: list[Offer]
    campaign: Campaign | None = None
    stack: PromotionStack | None = None


class _Next(NamedTuple):
    """The next of a list that is being merged."""

    due: str
    #: Makes the order total, so that nothing else of it is compared.
    number: int
    place: str
    kind: CandidateKind
    #: Whether it is a set of rules, and not yet an offer.
    is_rule: bool
    rest: Iterator[str]


def find_by_keys(
    view: View,
    space: Space,
    kinds: Iterable[CandidateKind],
    keys: Iterable[tuple[CandidateKind, RuleKey]],
    can_be_met: Callable[[str], bool],
    held: Iterable[Found],
    start: str,
) -> Iterator[Found | Passed]:
    """Those that a set binds which can be met, or none, and those held, each once, from a place on.

    `can_be_met` says of a set, by its id, whether the request may meet it. What is bound while the
    stream is read comes in its place or not at all.
    """
    merged = _Merged(view, start)
    if space != "products":
        for kind in kinds:
            merged.add(kind, view.scan(tables.CANDIDATES, kind, UNBOUND, after=start or None))
    for kind, key in keys:
        found = view.scan(tables.POSTED_RULES, *posting_key(space, kind, key))
        merged.add(kind, found, is_rule=True)
    merged.add("voucher", iter(sorted(each.place for each in held if each.place >= start)))
    return merged.run(can_be_met)


class _Merged:
    """Lists of places, merged lazily."""

    def __init__(self, view: View, start: str) -> None:
        self._view = view
        self._start = start
        self._heap: list[_Next] = []
        self._count = 0

    def add(self, kind: CandidateKind, places: Iterator[str], *, is_rule: bool = False) -> None:
        """Takes part from now on; its first is no earlier than what was last taken."""
        place = next(places, None)
        if place is not None:
            # a set comes before all offers of the time of its newest
            due = place[:TIME_DIGITS] if is_rule else place
            self._push(due, place, kind, places, is_rule=is_rule)

    def _push(
        self, due: str, place: str, kind: CandidateKind, rest: Iterator[str], *, is_rule: bool
    ) -> None:
        self._count += 1
        heappush(self._heap, _Next(due, self._count, place, kind, is_rule, rest))

    def run(self, can_be_met: Callable[[str], bool]) -> Iterator[Found | Passed]:
        """The offers, in the order of their places."""
        asked: set[tuple[str, str]] = set()
        heap, last = self._heap, ""
        while heap:
            due, _, place, kind, is_rule, rest = heappop(heap)
            self.add(kind, rest, is_rule=is_rule)
            if not is_rule:
                if place != last:  # it may lie under several sets
                    last = place
                    yield Found(place, kind)
                continue
            rule_id = place[TIME_DIGITS:]
            if (kind, rule_id) in asked:
                continue
            after = last or self._start or None
            bound = self._view.scan(tables.CANDIDATES, kind, rule_id, after=after)
            first = next(bound, None)
            if first is None:
                yield Passed(place, is_refused=False)
            elif first[:TIME_DIGITS] > due:
                # opened again when it is due: there may be many, and most are never needed
                self._push(first[:TIME_DIGITS], place, kind, iter(()), is_rule=True)
                yield Passed(first, is_refused=False)
            else:
                asked.add((kind, rule_id))
                if can_be_met(rule_id):
                    self.add(kind, _with(first, bound))
                else:
                    yield Passed(first, is_refused=True)


def find_held(view: View, customer_id: str) -> list[Found]:
    """The vouchers that a customer holds, of the first ones that it holds."""
    found = []
    for number, holding in enumerate(view.scan(tables.HOLDINGS, customer_id)):
        if number == HELD_MAX:
            break
        voucher = view.get(tables.VOUCHERS, holding.voucher_id)
        if voucher is not None and voucher.holder_id == customer_id:
            found.append(found_of_voucher(voucher))
    return found


def found_of_voucher(voucher: Voucher) -> Found:
    """Where a voucher lies among the candidates."""
    return Found(place_of(voucher.created_at, voucher.id), "voucher")


def sort_found(found: Iterable[Found], start: str) -> Iterator[Found]:
    """Candidates that are known one by one, each once, from a place on."""
    return iter(sorted({each for each in found if each.place >= start}))


def _with(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
