"""Random histories of cards with points, played by the engine and by the model beside it.

A move is a method of `Play` that sends a command and does the same to the model; `MOVES` names
those that are drawn. Another room adds its moves by another line there: what earns points calls
`model.add`, what takes them `model.take`. After each move `check` compares what both say.
"""

from collections.abc import Callable
from typing import Final

from hypothesis import strategies as st

from engine.answers.transactions import transactions
from engine.kernel.zones import zone_named, zone_of
from engine.points.buckets import settle_points
from engine.points.expiration import end_of_day, expires_at_of, moves_with_activity
from engine.points.stored import buckets_of
from schemas.api import Redeemable, RewardChoice
from schemas.balances import AdjustBalance
from schemas.campaigns import Campaign, CampaignCreated, CardTemplate, VoucherTemplate
from schemas.commands import CommandBody
from schemas.expiry import ExpireDue
from schemas.points import PointsExpirationRules, PointsMove, TransferPoints
from schemas.projects import ProjectOpened
from schemas.records import Decided
from schemas.redemptions import RedemptionSucceeded, RollBackStack
from schemas.rewards import Reward, RewardAssigned, RewardAssignment, RewardCreated
from tests.property.points.model import NEVER, PointsModel
from tests.unit.engine.world import DAY, NOON, World, loyalty_card, redeem

CARDS: Final = ("A", "B", "C")
ZONES: Final = ("Etc/UTC", "Europe/Warsaw", "America/New_York", "Asia/Kathmandu")
PROGRAM: Final = "camp_1"


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
        self.model = PointsModel()
        #: What the transactions of each card add up to.
        self.booked = dict.fromkeys(CARDS, 0)

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

    # --- the moves

    def wait(self) -> None:
        """Time passes; whether a sweep comes is chance."""
        self.world.now += self.number(0, 40 * DAY)
        self.model.pass_time(self.world.now)

    def sweep(self) -> None:
        """A sweep ends what is over; nobody sees a difference."""
        self.send(ExpireDue())

    def add_by_rules(self) -> None:
        """Points that expire as the program says."""
        code, points = self.card(), self.number(1, 100)
        self.send(AdjustBalance(code, points, of_member=True))
        self.active(code)
        end = expires_at_of(self.rules, self.world.now, self.zone)
        kept = moves_with_activity(self.rules)
        self.model.add(code, points, NEVER if end is None else end, kept=kept)

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
)
