"""What is counted of points: the summary of a program, and the metrics of its points."""

from pathlib import Path
from typing import Any

from schemas.balances import BalanceAdjusted
from schemas.campaigns import CampaignCreated, CardTemplate, VouchersGenerated, VoucherTemplate
from schemas.earning import PointsEarned, PointsPending, Trigger
from schemas.evaluations import Evaluation, Outcome, Taken
from schemas.pending import (
    PendingPoints,
    PendingPointsActivated,
    PendingPointsAdjusted,
    PendingPointsCanceled,
)
from schemas.points import PointsExpired, PointsMoved, PointsTransferred
from schemas.redemptions import RedemptionSucceeded
from schemas.voucher_events import VoucherDeleted
from schemas.vouchers import LoyaltyCard, Voucher
from tests.integration.insight_host import running
from tests.integration.lists.listed import campaign
from tests.unit.services.audit.examples import START, decided

PROGRAM = campaign(
    1,
    campaign_type="LOYALTY_PROGRAM",
    voucher=VoucherTemplate("LOYALTY_CARD", loyalty_card=CardTemplate(100)),
)
PAID = Trigger("order.paid", "ord_1")


def card(code: str = "A", balance: int = 100) -> Voucher:
    """A card of the program."""
    return Voucher(
        f"v_{code}", code, "LOYALTY_CARD", START, loyalty_card=LoyaltyCard(balance, balance),
        campaign="name 1", campaign_id="camp_1", holder_id="cust_1",
    )  # fmt: skip


def happened() -> list[Any]:
    """Each thing once that can happen to points, by sums of their own."""
    template = Voucher(
        "", "", "LOYALTY_CARD", START, loyalty_card=LoyaltyCard(100, 100), campaign_id="camp_1"
    )
    pending = PendingPoints(
        "lopp_1", "v_A", "camp_1", "cust_1", "ern_1", 40, START, "2023-11-15", START
    )
    moved = PointsMoved(card("A"), card("B"), 7, "vtx_out", "vtx_in", "S")
    paid = Outcome("voucher", "A", "APPLICABLE", card(), taken=Taken(points=9))
    return [
        CampaignCreated(PROGRAM),
        VouchersGenerated(PROGRAM, template, ("v_A", "v_B"), ("A", "B"), 0),
        BalanceAdjusted(card(), 30, "vtx_1"),
        BalanceAdjusted(card(), -4, "vtx_2"),
        PointsEarned(card(), 50, "ern_1", "cust_1", "vtx_3", PAID),
        PointsPending(card(), pending, PAID),
        PendingPointsAdjusted(card(), pending, 5),
        PendingPointsAdjusted(card(), pending, -3),
        PendingPointsCanceled(card(), pending),
        PendingPointsActivated(card(), pending, "vtx_4"),
        PointsTransferred(card("B"), (moved,)),
        PointsExpired(card(), 6, "vtx_5", ()),
        RedemptionSucceeded(Evaluation((paid,)), ("r_1",)),
        VoucherDeleted("v_B", "B", campaign=PROGRAM, points=11),
    ]


async def test_a_summary_of_a_program_adds_up_what_happened_to_its_points(tmp_path: Path) -> None:
    async with running(tmp_path) as insight:
        for number, event in enumerate(happened()):
            insight.world.append(decided(event, command=number))
        summary = await insight.get("/v1/campaigns/camp_1/summary")
        found = {name: number for name, number in summary.items() if "points" in name}
        assert found == {
            "created_vouchers_points": 200,
            "points_added": 30,
            "points_subtracted": 4,
            "points_rewarded": 50,
            "points_redeemed": 9,
            "points_rolledback": 0,
            "points_expired": 6,
            "points_deleted": 11,
            "points_transferred_in": 7,
            "points_transferred_out": 7,
            "pending_points_added": 45,
            "pending_points_subtracted": 3,
            "pending_points_canceled": 40,
            "pending_points_activated": 40,
        }
        names = "points_issued,points_earned,points_redeemed,points_removed,points_expired,points_transferred"
        found = await insight.get(f"/v1/analytics/top?metrics={names}&by=campaign")
        (row,) = found["rows"]
        assert [row[name] for name in names.split(",")] == [230, 90, 9, 15, 6, 7]
