"""What becomes of the points of cards, told a second time and plainly: each point is a lot of its own.

A lot is so many points of a card that expire together, or never; one that is kept by activity moves
with it. The model keeps them by when they end, spends the soonest first, and throws away what is
over. It knows nothing of buckets that are settled or shown, nor of events: only what a customer is
promised.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from schemas.base import Millis

#: Later than anything expires.
NEVER = 10**18
#: When a lot ends, and whether activity keeps it.
End = tuple[Millis, bool]
Lot = tuple[End, int]


@dataclass
class Earned:
    """What an order earned for a card: in it, until it may be over for good, or active from a time on."""

    code: str
    points: int
    ends: Millis = NEVER
    active_at: Millis | None = None


@dataclass
class CardModel:
    """The lots of a card, and what was ever booked."""

    lots: dict[End, int] = field(default_factory=lambda: defaultdict(int))
    expired: int = 0
    #: Until when the last activity keeps what it keeps.
    kept_until: Millis = 0

    @property
    def balance(self) -> int:
        """All that is left."""
        return sum(self.lots.values())

    @property
    def ending(self) -> list[tuple[Millis, int]]:
        """What expires when, the soonest first."""
        return [(end[0], n) for end, n in sorted(self.lots.items()) if n and end[0] != NEVER]

    @property
    def next(self) -> tuple[Millis | None, int]:
        """What expires next."""
        first = self.ending[0][0] if self.ending else None
        return first, sum(n for end, n in self.ending if end == first)


@dataclass
class PointsModel:
    """The cards, by code, and what redemptions took of them."""

    cards: dict[str, CardModel] = field(default_factory=lambda: defaultdict(CardModel))
    #: By the name of a redemption: the card, and the lots that it took.
    taken: dict[str, list[tuple[str, list[Lot]]]] = field(default_factory=dict)
    #: What orders earned that were not canceled, by their names.
    earned: dict[str, list[Earned]] = field(default_factory=dict)

    def pass_time(self, now: Millis) -> None:
        """What is over is gone; whoever looks at a card sees it so, whether a sweep was there or not."""
        for card in self.cards.values():
            for end in [end for end in card.lots if end[0] < now]:
                card.expired += card.lots.pop(end)

    def add(self, code: str, points: int, end: Millis = NEVER, *, kept: bool = False) -> None:
        """Points come to a card; `kept`: as long as it is active."""
        card = self.cards[code]
        card.lots[end, kept] += points
        if kept:
            card.kept_until = max(card.kept_until, end)

    def keep(self, code: str, end: Millis) -> None:
        """The card is active: what activity keeps, it keeps until then."""
        card = self.cards[code]
        if card.kept_until:
            card.kept_until = end
            kept = [card.lots.pop(each) for each in list(card.lots) if each[1]]
            card.lots[end, True] += sum(kept)

    def take(self, code: str, points: int) -> list[Lot] | None:
        """Points leave a card, the soonest to expire first; None: there are not so many."""
        card = self.cards[code]
        if card.balance < points:
            return None
        gone: list[Lot] = []
        for end in sorted(card.lots):
            part = min(card.lots[end], points)
            if part:
                card.lots[end] -= part
                points -= part
                gone.append((end, part))
        return gone

    def give_back(self, code: str, lots: list[Lot], now: Millis) -> None:
        """Lots return as if they had never left; what ended meanwhile is over."""
        card = self.cards[code]
        for (end, kept), points in lots:
            ends = max(end, card.kept_until) if kept else end
            if ends < now:
                card.expired += points
            else:
                card.lots[ends, kept] += points

    def take_earned(self, order: str, now: Millis) -> None:
        """The order is canceled: what waits is gone, of the rest what is left and is not over."""
        for each in self.earned.pop(order):
            if each.active_at is None and each.ends >= now:
                self.take(each.code, min(each.points, self.cards[each.code].balance))

    def waiting(self, code: str | None = None) -> list[Earned]:
        """What is not active yet, of a card or of all, the first to be so first."""
        found = [each for all_of_it in self.earned.values() for each in all_of_it]
        waits = [each for each in found if each.active_at is not None and code in (None, each.code)]
        return sorted(waits, key=lambda each: each.active_at or 0)
