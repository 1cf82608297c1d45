"""Random histories of cards with points, played by the engine and by the model beside it.

A move is a method of `Play` that sends a command and does the same to the model; `MOVES` names
those that are drawn. Another room adds its moves by another line there: what earns points calls
`model.add`, what takes them `model.take`. After each move `check` compares what both say.
"""

from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st

from engine.answers.transactions import transactions
from engine.kernel import tables
from engine.kernel.zones import zone_named, zone_of
from engine.loyalty_tiers.find import tier_of
from engine.points.buckets import settle_points
from engine.points.expiration import end_of_day, expires_at_of, moves_with_activity
from engine.points.pending import activation_after
from engine.points.stored import buckets_of
from schemas.api import CustomerInput, OrderInput, Redeemable, RewardChoice
from schemas.balances import AdjustBalance
from schemas.base import Millis
from schemas.campaigns import Campaign, CampaignCreated, CardTemplate, VoucherTemplate
from schemas.commands import CommandBody
from schemas.earning import CreateEarningRules, PendingTerms
from schemas.expiry import ExpireDue
from schemas.loyalty_tiers import CreateLoyaltyTiers, NewLoyaltyTier, PointsRange
from schemas.orders import CreateOrder, UpdateOrder
from schemas.pending import ActivatePendingPoints
from schemas.points import PointsExpirationRules, PointsMove, TransferPoints
from schemas.projects import ProjectOpened
from schemas.publications import PublishVouchers
from schemas.records import Decided
from schemas.redemptions import RedemptionSucceeded, RollBackStack
from schemas.rewards import Reward, RewardAssigned, RewardAssignment, RewardCreated
from tests.property.points.model import NEVER, Earned, PointsModel
from tests.unit.engine.campaign_world import run_actions
from tests.unit.engine.earning_world import new_rule
from tests.unit.engine.world import DAY, NOON, World, loyalty_card, redeem

CARDS: Final = ("A", "B", "C")
ZONES: Final = ("Etc/UTC", "Europe/Warsaw", "America/New_York", "Asia/Kathmandu")
PROGRAM: Final = "camp_1"
#: What a paid order earns, and what it earns that waits for so many days.
EARNED: Final = 20
PENDING: Final = 15
PENDING_DAYS: Final = 3


def _for_visits(points: int) -> dict[str, Any]:
    """So many points of an order that says `visits`, so that what cards pay for earns nothing."""
    terms = {"property": "visits", "every": 1, "points": points}
    kind = "ORDER_METADATA"
    return {"type": "PROPORTIONAL", "calculation_type": kind, "order": {"metadata": terms}}


RULES: Final = (
    new_rule(_for_visits(EARNED)),
    new_rule(_for_visits(PENDING), pending_points=PendingTerms(PENDING_DAYS)),
)
#: From how many points on there is which tier; with fewer there is none.
LADDER: Final = {"Silver": 50, "Gold": 150}
TIERS: Final = (
    NewLoyaltyTier("Silver", PointsRange(LADDER["Silver"], LADDER["Gold"] - 1)),
    NewLoyaltyTier("Gold", PointsRange(LADDER["Gold"])),
)


def tier_named(balance: int) -> str | None:
    """The tier of so many points."""
    return next((name for name in reversed(LADDER) if balance >= LADDER[name]), None)


class Play:
    """A program with three members, in the engine and in the model."""

    def __init__(
        self, draw: Callable[[st.SearchStrategy[int]], int], rules: PointsExpirationRules | None
    ) -> None:
        self.draw = draw
        self.rules = rules
        zone = ZONES[self.number(0, len(ZONES) - 1)]
        self.world = World(opened=False).given(ProjectOpened("proj_test", timezone=zone))
        self.zone = zone_named(zone)
        template = VoucherTemplate("LOYALTY_CARD", loyalty_card=CardTemplate(0, rules))
        program = Campaign(PROGRAM, "P", "LOYALTY_PROGRAM", "STATIC", NOON, template)
        members = {"campaign": "P", "campaign_id": PROGRAM}
        cards = (loyalty_card(code, 0, **members) for code in CARDS)
        coin = Reward("rew_1", "R", 0, 1)  # type: ignore[arg-type]
        self.world.given(CampaignCreated(program), RewardCreated(coin), *cards)
        self.world.given(RewardAssigned(RewardAssignment("rewa_1", "rew_1", PROGRAM, NOON)))
        for code in CARDS:
            self._set_up(PublishVouchers(CustomerInput(source_id=code), voucher=code))
        self._set_up(CreateEarningRules(PROGRAM, RULES))
        self._set_up(CreateLoyaltyTiers(PROGRAM, TIERS))
        run_actions(self.world)
        self.orders = 0
        self.model = PointsModel()
        #: What the transactions of each card add up to.
        self.booked = dict.fromkeys(CARDS, 0)

    def _set_up(self, body: CommandBody) -> None:
        record = self.world.when(body)
        assert record.refusal is None, record.refusal

    def number(self, least: int, most: int) -> int:
        """A number of the history."""
        return self.draw(st.integers(least, most))

    def card(self) -> str:
        """One of the cards."""
        return CARDS[self.number(0, len(CARDS) - 1)]

    def send(self, body: CommandBody) -> Decided:
        """Sends a command; what its record books is added up."""
        record = self.world.when(body)
        for transaction in transactions(record):
            balance = transaction.body["details"]["balance"]
            self.booked[transaction.voucher_id.removeprefix("v_")] += balance["points"]
        return record

    def active(self, code: str) -> None:
        """A card earned or paid."""
        end = expires_at_of(self.rules, self.world.now, self.zone)
        if end is not None and moves_with_activity(self.rules):
            self.model.keep(code, end)

    def earn(self, code: str, points: int) -> Millis:
        """Points come to a card by the rules of the program; until when whatever the card does."""
        self.active(code)
        end = expires_at_of(self.rules, self.world.now, self.zone)
        kept = moves_with_activity(self.rules)
        self.model.add(code, points, NEVER if end is None else end, kept=kept)
        return NEVER if end is None or kept else end

    def activate(self, earned: Earned) -> None:
        """What was waiting is in the card."""
        earned.active_at = None
        earned.ends = self.earn(earned.code, earned.points)

    # --- the moves

    def wait(self) -> None:
        """Time passes; whether a sweep comes is chance."""
        self.world.now += self.number(0, 40 * DAY)
        self.model.pass_time(self.world.now)

    def sweep(self) -> None:
        """A sweep ends what is over, of which nobody sees a difference, and makes active what is due."""
        self.send(ExpireDue())
        for each in self.model.waiting():
            if each.active_at is not None and each.active_at <= self.world.now:
                self.activate(each)

    def add_by_rules(self) -> None:
        """Points that expire as the program says."""
        code, points = self.card(), self.number(1, 100)
        self.send(AdjustBalance(code, points, of_member=True))
        self.earn(code, points)

    def add_until(self) -> None:
        """Points that expire on a day that is given."""
        code, points = self.card(), self.number(1, 100)
        at = self.world.now + self.number(0, 60) * DAY
        body = AdjustBalance(code, points, expiration_type="CUSTOM_DATE", expires_at=at)
        self.send(body)
        self.model.add(code, points, end_of_day(at, self.zone))

    def add_for_good(self) -> None:
        """Points that never expire."""
        code, points = self.card(), self.number(1, 100)
        self.send(AdjustBalance(code, points, expiration_type="NON_EXPIRING"))
        self.model.add(code, points)

    def take_off(self) -> None:
        """Points are taken off by hand, as far as they are there."""
        code, points = self.card(), self.number(1, 150)
        record = self.send(AdjustBalance(code, -points))
        assert (record.refusal is None) == (self.model.take(code, points) is not None)

    def redeem(self) -> None:
        """One card pays, or several in one stack."""
        codes = CARDS[: self.number(1, len(CARDS))]
        asked = {code: self.number(1, 80) for code in codes}
        paying = [
            Redeemable("voucher", c, reward=RewardChoice("rew_1", n)) for c, n in asked.items()
        ]
        record = self.send(redeem(*paying, order=10**9))
        enough = all(self.model.cards[code].balance >= n for code, n in asked.items())
        assert (record.refusal is None) == enough
        if not enough:
            return
        (redeemed,) = (each for each in record.events if isinstance(each, RedemptionSucceeded))
        for code in codes:
            self.active(code)
        taken = [(code, self.model.take(code, n) or []) for code, n in asked.items()]
        self.model.taken[redeemed.parent_id or redeemed.redemption_ids[0]] = taken

    def roll_back(self) -> None:
        """A redemption is taken back, as long as it can be."""
        if not self.model.taken:
            return
        names = sorted(self.model.taken)
        name = names[self.number(0, len(names) - 1)]
        record = self.send(RollBackStack(name))
        taken = self.model.taken.pop(name)
        if record.refusal is None:
            for code, lots in taken:
                self.model.give_back(code, lots, self.world.now)

    def transfer(self) -> None:
        """Points of two cards go to the third, those of both or none."""
        member = self.card()
        origins = [code for code in CARDS if code != member][: self.number(1, 2)]
        moves = {code: self.number(1, 60) for code in origins}
        asked = tuple(PointsMove(code, n, "s") for code, n in moves.items())
        record = self.send(TransferPoints(PROGRAM, member, asked))
        enough = all(self.model.cards[code].balance >= n for code, n in moves.items())
        assert (record.refusal is None) == enough
        if enough:
            for code, points in moves.items():
                for (end, kept), part in self.model.take(code, points) or ():
                    self.model.add(member, part, end, kept=kept)

    def pay_order(self) -> None:
        """An order earns points at once, and others that are pending."""
        code, name = self.card(), f"o{self.orders}"
        self.orders += 1
        order = OrderInput(source_id=name, amount=100, status="PAID", metadata={"visits": 1})
        self.send(CreateOrder(order, CustomerInput(source_id=code)))
        active = activation_after(PENDING_DAYS, self.world.now, self.zone)
        self.model.earned[name] = [
            Earned(code, EARNED, self.earn(code, EARNED)),
            Earned(code, PENDING, active_at=active.at),
        ]

    def cancel_order(self) -> None:
        """An order is canceled, whatever became of its points."""
        if not self.model.earned:
            return
        names = sorted(self.model.earned)
        name = names[self.number(0, len(names) - 1)]
        self.send(UpdateOrder(name, OrderInput(status="CANCELED")))
        self.model.take_earned(name, self.world.now)

    def activate_by_hand(self) -> None:
        """What is pending on a card becomes active before its day."""
        code = self.card()
        pending = list(self.world.view.scan(tables.PENDING_POINTS, f"v_{code}"))
        pending.sort(key=lambda each: each.activates_at)
        waiting = self.model.waiting(code)
        assert len(waiting) == len(pending)
        if waiting:
            self.send(ActivatePendingPoints(code, pending[0].id))
            named = pending[0].order_source_id or ""
            self.activate(next(e for e in self.model.earned[named] if e in waiting))

    # --- what both say

    def check(self) -> None:
        """The engine says of each card what the model does."""
        view, now = self.world.view, self.world.now
        for code in CARDS:
            stored, model = self.world.voucher(code), self.model.cards[code]
            settled = settle_points(view, stored, now)
            card = settled.voucher.loyalty_card
            assert card is not None
            assert stored.loyalty_card is not None
            assert card.balance == model.balance >= 0
            assert card.expired_points == model.expired
            assert card.pending_points == sum(e.points for e in self.model.waiting(code))
            tier = tier_of(view, stored.id, now)
            assert (None if tier is None else tier.name) == tier_named(card.balance)
            # transactions tell of what was stored: a sweep may be still to come
            assert self.booked[code] == stored.loyalty_card.balance
            living = [each for each in buckets_of(view, stored.id) if each.expires_at >= now]
            assert all(each.points > 0 for each in living)
            found = [(each.expires_at, each.points) for each in living]
            assert found == model.ending
            assert (card.next_expiration_at, card.next_expiration_points) == model.next
            assert zone_of(view) == self.zone


#: The moves of a history. What another room does to points is another line.
MOVES: Final[tuple[Callable[[Play], None], ...]] = (
    Play.wait,
    Play.sweep,
    Play.add_by_rules,
    Play.add_until,
    Play.add_for_good,
    Play.take_off,
    Play.redeem,
    Play.roll_back,
    Play.transfer,
    Play.pay_order,
    Play.cancel_order,
    Play.activate_by_hand,
)
