"""A year of a program: what its members did, and what the engine made of it.

Members buy, write reviews, spend points and cancel orders, by chance; a sweep comes each night. What
they did is noted as plainly as a shop would note it: without buckets, and without tiers.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from engine.expiry import next_due
from engine.kernel import tables
from engine.loyalty_tiers.find import tier_of
from schemas.api import CustomerInput, OrderInput, Redeemable, RewardChoice
from schemas.base import Millis
from schemas.custom_events import TrackCustomEvent
from schemas.earning import EarningLimits, PendingTerms, PointsTakenBack
from schemas.expiry import ExpireDue
from schemas.loyalty_tiers import CreateLoyaltyTiers, NewLoyaltyTier, PointsRange, TiersExpiration
from schemas.orders import CreateOrder, UpdateOrder
from schemas.points import PointsExpirationRules
from schemas.projects import ProjectOpened
from schemas.publications import PublicationSucceeded
from schemas.records import Decided
from schemas.redemptions import RedeemStack
from schemas.rewards import (
    AssignReward,
    CreateReward,
    NewRewardAssignment,
    Reward,
    RewardCreated,
)
from tests.unit.engine.campaign_world import publish
from tests.unit.engine.earning_world import PROGRAM, every, fixed, program, rule
from tests.unit.engine.world import PROJECT, World, found, only

ZONE: Final = "Europe/Warsaw"
FIRST: Final = date(2025, 1, 1)
DAYS: Final = 365
#: Nothing is done at night but sweeping.
DAY_BEGINS_MS: Final = 3_600_000
DAY_LASTS_MS: Final = 18 * 3_600_000
#: Points that a spending wants, at most; more than most members ever have.
SPENT_MAX: Final = 400
#: Minor units that one point pays.
WORTH: Final = 100
REVIEW: Final = "review.written"
LADDER: Final = {"Bronze": (20, 149), "Silver": (150, 399), "Gold": (400, None)}
#: How often a member does what in a year, of all that is done.
KINDS: Final = {"order": 11, "review": 4, "spend": 6, "cancel": 3}


class Act(NamedTuple):
    """Something that a member did, in the order in which it happened."""

    member: str
    at: Millis
    number: int
    kind: str
    order: str
    amount: int
    #: Of a spending and of what was taken back: so many.
    points: int
    #: Whether a spending was let; of what was taken back, what was missing.
    told: int


class Stand(NamedTuple):
    """How a member stands."""

    member: str
    balance: int
    expired: int
    pending: int
    tier: str


@dataclass
class Year:
    """The program, its members, and what they did so far."""

    members: int
    seed: int
    world: World = field(default_factory=lambda: World(opened=False))
    acts: list[Act] = field(default_factory=list)
    #: How members stood when a quarter had ended, by the instant.
    stands: dict[Millis, list[Stand]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)
        self._cards: dict[str, str] = {}
        self._orders: dict[str, list[str]] = defaultdict(list)
        self._reward = ""
        self._rules: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """The members, by what their acts and stands call them."""
        return list(self._cards)

    def play(self) -> None:
        """The whole year; then how all stand is known for the beginning of each quarter."""
        self._begin()
        for number in range(1, DAYS + 1):
            self._pass(FIRST + timedelta(number - 1))
            day = FIRST + timedelta(number)
            self._sweep(day)
            if day.day == 1 and day.month % 3 == 1:
                self._note_stands()

    def _begin(self) -> None:
        self.world.now = _instant(FIRST)
        self.world.given(ProjectOpened(PROJECT, ZONE))
        rules = TiersExpiration(
            "POINTS_IN_PERIOD", "IMMEDIATE", "END_OF_NEXT_PERIOD", qualification_period="QUARTER"
        )
        half_a_year = PointsExpirationRules("MONTH", 6, "END_OF_MONTH")
        program(self.world, expiration=half_a_year, loyalty_tiers_expiration=rules)
        ladder = tuple(
            NewLoyaltyTier(name, PointsRange(*points)) for name, points in LADDER.items()
        )
        assert self.world.when(CreateLoyaltyTiers(PROGRAM, ladder)).refusal is None
        rule(self.world, every(1000, 3))
        rule(self.world, fixed(20), pending_points=PendingTerms(14))
        rule(self.world, fixed(50), REVIEW, limits=EarningLimits(count=2, period="MONTH"))
        reward = Reward("", "Points for money", 0, exchange_ratio=Decimal(1))
        self._reward = only(self.world.when(CreateReward(reward)), RewardCreated).reward.id
        self._done(self.world.when(AssignReward(PROGRAM, NewRewardAssignment(self._reward))))
        for number in range(self.members):
            member = f"member-{number}"
            record = self.world.when(publish(PROGRAM, member))
            self._cards[member] = only(record, PublicationSucceeded).vouchers[0].id

    def _sweep(self, day: date) -> None:
        self.world.now = _instant(day) + 1000
        while next_due(self.world.view) <= self.world.now:
            self.world.when(ExpireDue())
            self.world.now += 1

    def _pass(self, day: date) -> None:
        begin, names = _instant(day) + DAY_BEGINS_MS, self.names
        each_day = sum(KINDS.values()) / DAYS
        doing = sum(self._chance.random() < each_day for _ in range(self.members))
        for at in sorted(self._chance.sample(range(begin, begin + DAY_LASTS_MS), doing)):
            self.world.now = at
            kind = self._chance.choices(list(KINDS), list(KINDS.values()))[0]
            getattr(self, f"_{kind}")(self._chance.choice(names))

    def _order(self, member: str) -> None:
        order, amount = f"order-{len(self.acts)}", self._chance.randrange(500, 60_000)
        said = OrderInput(source_id=order, amount=amount, status="PAID")
        self._done(self.world.when(CreateOrder(said, CustomerInput(source_id=member))))
        self._orders[member].append(order)
        self._note(member, "order", order, amount)

    def _review(self, member: str) -> None:
        self._done(self.world.when(TrackCustomEvent(REVIEW, CustomerInput(source_id=member))))
        self._note(member, "review")

    def _spend(self, member: str) -> None:
        order, points = f"spent-{len(self.acts)}", self._chance.randrange(1, SPENT_MAX)
        paid = Redeemable("voucher", self._cards[member], reward=RewardChoice(self._reward, points))
        record = self.world.when(
            RedeemStack(
                (paid,),
                order=OrderInput(source_id=order, amount=points * WORTH),
                customer=CustomerInput(source_id=member),
            )
        )
        let = record.refusal is None
        if not let:
            assert found(record.refusal).key == "loyalty_card_points_exceeded"
        self._note(member, "spend", order, points * WORTH, points, told=let)

    def _cancel(self, member: str) -> None:
        if not self._orders[member]:
            return
        order = self._orders[member].pop(self._chance.randrange(len(self._orders[member])))
        record = self.world.when(UpdateOrder(order, OrderInput(status="CANCELED")))
        self._done(record)
        self._note(member, "cancel", order)
        for event in record.events:
            if isinstance(event, PointsTakenBack):
                self._note(member, "taken back", order, 0, event.points, told=event.missing)

    def _note(
        self,
        member: str,
        kind: str,
        order: str = "",
        amount: int = 0,
        points: int = 0,
        told: int = 0,
    ) -> None:
        number = len(self.acts)
        self.acts.append(
            Act(member, self.world.now, number, kind, order, amount, points, int(told))
        )

    def _note_stands(self) -> None:
        self.stands[self.world.now] = [self._stand_of(*each) for each in self._cards.items()]

    def _stand_of(self, member: str, voucher_id: str) -> Stand:
        view = self.world.view
        card = found(found(view.get(tables.VOUCHERS, voucher_id)).loyalty_card)
        tier = tier_of(view, voucher_id, self.world.now)
        return Stand(
            member,
            card.balance,
            card.expired_points,
            card.pending_points,
            "" if tier is None else tier.name,
        )

    @staticmethod
    def _done(record: Decided) -> None:
        assert record.refusal is None, record.refusal


def _instant(day: date) -> Millis:
    """When the day begins where the shop is."""
    begins = datetime.combine(day, time(), ZoneInfo(ZONE))
    return int(begins.astimezone(UTC).timestamp() * 1000)
