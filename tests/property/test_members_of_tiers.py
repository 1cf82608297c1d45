"""Members of a program whom everything happens to: each is in the tier that a recount says, told or asked."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert

from engine.kernel import tables
from engine.loyalty_tiers.find import tier_of
from schemas.api import OrderInput
from schemas.balances import AdjustBalance
from schemas.base import DAY_MS
from schemas.earning import CreateEarningRules, EarningRule, NewEarningRule
from schemas.loyalty_tiers import TiersExpiration
from schemas.orders import CreateOrder, UpdateOrder
from schemas.points import PointsMove, TransferPoints
from tests.property.tier_recount import Happening, Recount
from tests.unit.engine.loyalty_tiers.club import LADDER, Club
from tests.unit.engine.world import NOON, customer

EARNED = 60
ZONE = "America/New_York"
POLICIES: list[dict[str, Any]] = [
    {"qualification_type": "BALANCE", "start": "IMMEDIATE", "expiration": "BALANCE_DROP"},
    {"qualification_type": "BALANCE", "start": "IMMEDIATE", "expiration": "CUSTOM", "extend": "P1M"},
    {
        "qualification_type": "POINTS_IN_PERIOD", "start": "IMMEDIATE",
        "expiration": "END_OF_NEXT_PERIOD", "qualification_period": "MONTH",
    },
    {
        "qualification_type": "POINTS_IN_PERIOD", "start": "NEXT_PERIOD",
        "expiration": "END_OF_PERIOD", "qualification_period": "QUARTER",
    },
]  # fmt: skip


class Members:
    """Two members of a program with a rule that earns, and what happened to each."""

    def __init__(self, policy: dict[str, Any], draw: st.DataObject) -> None:
        self.club = Club(convert(policy, TiersExpiration), zone=ZONE, at=NOON)
        rule = EarningRule("", "", "order.paid", {"type": "FIXED", "points": EARNED}, 0)
        self.club.do(CreateEarningRules("Club", (NewEarningRule(rule),)))
        self.cards = {"alice": self.club.card, "ben": self.club.join("ben")}
        self.histories: dict[str, list[Happening]] = {"alice": [], "ben": []}
        self.orders: dict[str, list[str]] = {"alice": [], "ben": []}
        self.draw, self.made = draw, 0
        ladder = [(name, low or 0, high) for name, (low, high) in LADDER.items()]
        known = policy | {"extension": (1, 0) if "extend" in policy else (0, 0)}
        self.recount = Recount(known, ladder, ZoneInfo(ZONE), NOON)

    def number(self, least: int, most: int) -> int:
        return self.draw.draw(st.integers(least, most))

    def balance(self, who: str) -> int:
        return sum(each.balance for each in self.histories[who])

    def note(self, who: str, balance: int, collected: int = 0) -> None:
        self.histories[who].append(Happening(self.club.world.now, balance, collected))

    def step(self) -> None:
        """Time passes, swept or not, and something happens to one of them."""
        self.club.go_to(
            self.club.world.now + self.number(0, 45 * DAY_MS), sweeps=bool(self.number(0, 1))
        )
        who, what = ("alice", "ben")[self.number(0, 1)], self.number(0, 4)
        points, has = self.number(1, 300), self.balance(who)
        if what == 0:
            self.club.do(AdjustBalance(self.cards[who], points))
            self.note(who, points, points)
        elif what == 1 and has:
            self.club.do(AdjustBalance(self.cards[who], -min(points, has)))
            self.note(who, -min(points, has))
        elif what == 2 and has:
            self._transfer(who, min(points, has))
        elif what == 3 and self.orders[who]:
            self.club.do(UpdateOrder(self.orders[who].pop(), OrderInput(status="CANCELED")))
            self.note(who, -min(EARNED, has), -EARNED)
        else:
            self._earn(who)

    def _transfer(self, who: str, points: int) -> None:
        other = "ben" if who == "alice" else "alice"
        codes = {
            name: next(e.code for e in self.club.world.view.scan(tables.VOUCHERS) if e.id == card)
            for name, card in self.cards.items()
        }
        move = PointsMove(codes[who], points, f"t{self.made}")
        self.club.do(TransferPoints("Club", codes[other], (move,)))
        self.note(who, -points)
        self.note(other, points)

    def _earn(self, who: str) -> None:
        self.made += 1
        order = OrderInput(source_id=f"o{self.made}", amount=1000, status="PAID")
        self.club.do(CreateOrder(order, customer(who)))
        self.orders[who].append(f"o{self.made}")
        self.note(who, EARNED, EARNED)

    def check(self) -> None:
        """Who asks finds the tier that is right, and a sweep tells of it."""
        now = self.club.world.now
        right = {who: self.recount.place(told, now)[0] for who, told in self.histories.items()}
        assert {who: self._tier(card, now) for who, card in self.cards.items()} == right
        self.club.go_to(now)
        assert {who: self._tier(card, None) for who, card in self.cards.items()} == right

    def _tier(self, card: str, now: int | None) -> str | None:
        tier = tier_of(self.club.world.view, card, now)
        return None if tier is None else tier.name


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: str(policy["expiration"]))
@settings(max_examples=25)
@given(data=st.data())
def test_members_are_in_the_tier_of_a_recount(policy: dict[str, Any], data: st.DataObject) -> None:
    members = Members(policy, data)
    for _ in range(data.draw(st.integers(1, 12))):
        members.step()
        members.check()
