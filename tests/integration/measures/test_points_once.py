"""What the engine does to points is in the summary of a program once: a history, and its sums.

Each way that points can go has an amount of its own, so that what is counted twice, or in the wrong
place, is seen. What remains of the sums is what is on the cards.
"""

from decimal import Decimal
from pathlib import Path
from typing import Final

from engine.kernel import tables
from schemas.api import CustomerInput, OrderInput, Redeemable, RewardChoice
from schemas.balances import AdjustBalance
from schemas.campaigns import Campaign, CardTemplate, CreateCampaign, VoucherTemplate
from schemas.earning import PendingTerms
from schemas.expiry import ExpireDue
from schemas.orders import CreateOrder, UpdateOrder
from schemas.pending import ActivatePendingPoints, AdjustPendingPoints, CancelPendingPoints
from schemas.points import PointsExpirationRules, PointsMove, TransferPoints
from schemas.records import Decided
from schemas.redemptions import RedeemStack, RollBackRedemption
from schemas.rewards import (
    AssignReward,
    CreateReward,
    NewRewardAssignment,
    Reward,
    RewardCampaign,
    RewardCreated,
)
from schemas.voucher_events import VoucherDeleted
from schemas.vouchers import DeleteVoucher
from tests.integration.insight_host import Insight, running
from tests.unit.engine.campaign_world import id_of, publish
from tests.unit.engine.earning_world import fixed, rule
from tests.unit.engine.program_world import card_of, points, refer, referral_program, referrer_code
from tests.unit.engine.world import DAY, World, found, only
from tests.unit.services.audit.examples import PROJECT

CLUB: Final = "Club"
OTHER: Final = "Other"
YEAR: Final = PointsExpirationRules("MONTH", 12)


class History(World):
    """Two programs whose cards begin with points, and their members."""

    def __init__(self) -> None:
        self.records: list[Decided] = []
        super().__init__(PROJECT)
        for name, begin in ((CLUB, 1000), (OTHER, 7)):
            card = VoucherTemplate(
                "LOYALTY_CARD", loyalty_card=CardTemplate(begin, YEAR), quantity=None
            )
            self.done(
                CreateCampaign(
                    Campaign("", name, "LOYALTY_PROGRAM", "AUTO_UPDATE", 0, card, join_once=True)
                )
            )
        for who in ("ann", "bob", "cid"):
            self.done(publish(CLUB, who))

    def fold_in(self, record: Decided) -> None:
        """Keeps the record, too."""
        self.records.append(record)
        super().fold_in(record)

    def done(self, command: object) -> Decided:
        """The record of a command that is let."""
        record = self.when(command)  # type: ignore[arg-type]
        assert record.refusal is None, record.refusal
        return record

    def code(self, who: str, name: str = CLUB) -> str:
        """The code of a member's card."""
        return card_of(self, who, name).code


def rules_give(history: History) -> None:
    """11 for each paid order, and 13 a fortnight later: four orders, of which the last is canceled."""
    rule(history, fixed(11), name=CLUB)
    rule(history, fixed(13), name=CLUB, pending_points=PendingTerms(14))
    for number in range(4):
        order = OrderInput(source_id=f"o-{number}", amount=1, status="PAID")
        history.done(CreateOrder(order, CustomerInput(source_id="ann")))
    history.done(UpdateOrder("o-3", OrderInput(status="CANCELED")))
    card = card_of(history, "ann", CLUB)
    first, second, third = history.view.scan(tables.PENDING_POINTS, card.id)
    history.done(AdjustPendingPoints(card.code, first.id, 5))
    history.done(AdjustPendingPoints(card.code, first.id, -2))
    history.done(CancelPendingPoints(card.code, second.id))
    history.done(ActivatePendingPoints(card.code, third.id))


def hands_move(history: History) -> None:
    """170 added, 17 taken off, 19 from one member to another; whoever leaves takes 1000 along."""
    history.done(AdjustBalance(history.code("bob"), 170))
    history.done(AdjustBalance(history.code("bob"), -17))
    moves = (PointsMove(history.code("bob"), 19, "S"),)
    history.done(TransferPoints(CLUB, history.code("ann"), moves))
    gone = history.done(DeleteVoucher(history.code("cid")))
    assert only(gone, VoucherDeleted).points == 1000


def cards_pay(history: History) -> None:
    """23 and 29 for orders, which earn, the latter given back; 31 for 37 points of the other program, twice, once for good."""
    coin = Reward("", "Coin", 0, exchange_ratio=Decimal(1))
    other = RewardCampaign(id_of(history, OTHER), "LOYALTY_PROGRAM", 37)
    rewards = [
        only(history.done(CreateReward(each)), RewardCreated).reward.id
        for each in (coin, Reward("", "Other", 0, type="CAMPAIGN", campaign=other))
    ]
    history.done(AssignReward(CLUB, NewRewardAssignment(rewards[0])))
    history.done(AssignReward(CLUB, NewRewardAssignment(rewards[1], 31, priced=True)))
    for reward, spent, is_kept in (
        (rewards[0], 23, True), (rewards[0], 29, False), (rewards[1], None, True), (rewards[1], None, False),
    ):  # fmt: skip
        paid = Redeemable("voucher", history.code("ann"), reward=RewardChoice(reward, spent))
        order = None if spent is None else OrderInput(amount=100 * spent)
        record = history.done(RedeemStack((paid,), order, customer=CustomerInput(source_id="ann")))
        (redemption_id,) = (
            each for event in record.events for each in getattr(event, "redemption_ids", ())
        )
        if not is_kept:
            history.done(RollBackRedemption(redemption_id))


def prizes_come(history: History) -> None:
    """41 for each of two friends, of whom one is taken back."""
    referral_program(history, referrer_reward=points(41, CLUB))
    code = referrer_code(history, "ann").code
    refer(history, code, "dan")
    record = refer(history, code, "eve")
    (redemption_id,) = (
        each for event in record.events for each in getattr(event, "redemption_ids", ())
    )
    history.done(RollBackRedemption(redemption_id))


def time_passes(history: History) -> None:
    """What is left to become active does, and what came by rules of expiry is over in the end."""
    for days in (15, 400):
        history.now += days * DAY
        history.done(ExpireDue())


async def summary(insight: Insight, name: str) -> dict[str, int]:
    """The sums of points of a program."""
    told = await insight.get(f"/v1/campaigns/{name}/summary")
    return {key: value for key, value in told.items() if "points" in key and value}


def left(sums: dict[str, int]) -> int:
    """What the sums say is on the cards."""
    come = "created_vouchers_points points_added points_rewarded points_rolledback pending_points_activated points_transferred_in"
    gone = "points_subtracted points_redeemed points_expired points_deleted points_transferred_out"
    return sum(sums.get(each, 0) for each in come.split()) - sum(
        sums.get(each, 0) for each in gone.split()
    )


def on_cards(history: History, name: str) -> tuple[int, int]:
    """What is on the cards of a program, and what is pending."""
    cards = [
        found(each.loyalty_card)
        for each in history.view.scan(tables.VOUCHERS)
        if each.campaign == name and each.loyalty_card is not None
    ]
    return sum(each.balance for each in cards), sum(each.pending_points for each in cards)


async def test_each_move_of_points_is_counted_once(tmp_path: Path) -> None:
    history = History()
    rules_give(history)
    hands_move(history)
    cards_pay(history)
    prizes_come(history)
    time_passes(history)
    async with running(tmp_path) as insight:
        insight.world.append(*history.records)
        insight.world.time = history.now + DAY
        club, other = [await summary(insight, name) for name in (CLUB, OTHER)]
        told = await insight.get(f"/v1/loyalties/{CLUB}/summary")
        names = "points_issued,points_earned,points_redeemed,points_removed,points_transferred"
        metrics = await insight.get(f"/v1/analytics/top?metrics={names}&by=campaign")
    assert club == {
        "created_vouchers_points": 3000,
        "points_rewarded": 6 * 11,
        "pending_points_added": 6 * 13 + 5,
        "pending_points_subtracted": 2,
        "pending_points_canceled": 3 * 13,
        "pending_points_activated": 3 * 13 + 5 - 2,
        "points_added": 170 + 2 * 41,
        "points_subtracted": 17 + 2 * 11 + 41,
        "points_transferred_in": 19,
        "points_transferred_out": 19,
        "points_redeemed": 23 + 29 + 2 * 31,
        "points_rolledback": 29 + 31,
        "points_deleted": 1000,
        "points_expired": club["points_expired"],
    }
    assert other == {
        "created_vouchers_points": 7,
        "points_added": 2 * 37,
        "points_subtracted": 37,
        "points_expired": 37,
    }
    earned, redeemed, removed = 6 * 11 + 3 * 13 + 5 - 2, 23 + 31, 17 + 2 * 11 + 41
    assert told["points"] == {
        "earned": earned,
        "added": 170 + 2 * 41,
        "redeemed": redeemed,
        "expired": club["points_expired"],
        "removed": removed,
    }
    (row,) = (each for each in metrics["rows"] if each["points_transferred"])
    counted = [3000 + 170 + 2 * 41, earned, redeemed, removed + 1000, 19]
    assert [row[each] for each in names.split(",")] == counted
    for name, sums in ((CLUB, club), (OTHER, other)):
        assert on_cards(history, name) == (left(sums), 0)
