"""A program whose points expire, with cards, in a world of its own."""

from typing import Any

from engine.kernel import tables
from engine.points.stored import buckets_of
from schemas.api import Redeemable, RewardChoice
from schemas.balances import AdjustBalance
from schemas.campaigns import Campaign, CampaignCreated, CardTemplate, VoucherTemplate
from schemas.points import PointsExpirationRules
from schemas.rewards import Reward, RewardAssigned, RewardAssignment, RewardCreated
from schemas.vouchers import LoyaltyCard
from tests.unit.engine.world import DAY, NOON, World, loyalty_card

PROGRAM = "camp_1"
#: The last millisecond of the day of a world's noon.
TONIGHT = NOON + DAY // 2 - 1
IN_TEN_DAYS = PointsExpirationRules("DAY", 10)


def cards(*codes: str, rules: PointsExpirationRules | None = IN_TEN_DAYS) -> World:
    """Members without points, and a reward that pays a minor unit for each point."""
    template = VoucherTemplate("LOYALTY_CARD", loyalty_card=CardTemplate(0, rules))
    program = Campaign(PROGRAM, "P", "LOYALTY_PROGRAM", "STATIC", NOON, template)
    coin = Reward("rew_1", "R", 0, 1)  # type: ignore[arg-type]
    members = {"campaign": "P", "campaign_id": PROGRAM}
    given = (loyalty_card(code, 0, **members) for code in codes)
    offered = RewardAssigned(RewardAssignment("rewa_1", "rew_1", PROGRAM, NOON))
    return World().given(CampaignCreated(program), RewardCreated(coin), offered, *given)


def add(world: World, points: int, code: str = "A", **said: Any) -> None:
    """Points are added by hand."""
    assert world.when(AdjustBalance(code, points, **said)).refusal is None


def pay(code: str, points: int) -> Redeemable:
    """A card that pays with so many points."""
    return Redeemable("voucher", code, reward=RewardChoice("rew_1", points))


def card_of(world: World, code: str = "A") -> LoyaltyCard:
    """The card as it is stored."""
    card = world.voucher(code).loyalty_card
    assert card is not None
    return card


def buckets(world: World, code: str = "A") -> list[tuple[int, int]]:
    """In how many days from a world's first noon how many points expire."""
    found = buckets_of(world.view, f"v_{code}")
    return [((each.expires_at - TONIGHT) // DAY, each.points) for each in found]


def dues(world: World) -> list[tuple[str, int]]:
    """What sweeps are to come for."""
    return [(each.kind, each.at) for each in world.view.scan(tables.DUE)]
