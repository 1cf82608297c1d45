"""In which tier a member is, whether anybody was told of it already or not."""

from typing import NamedTuple

from msgspec import structs

from engine.kernel import tables
from engine.kernel.lookup import campaign_of
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.loyalty_tiers.ends import BY_BALANCE
from engine.loyalty_tiers.ladder import is_open, ladder_of, lowest_of, mapped_points
from engine.loyalty_tiers.standing import Program, counted_points, settle
from engine.points.buckets import settle_points
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.loyalty_tiers import LoyaltyTier, Standing
from schemas.vouchers import Voucher

__all__ = ["find_loyalty_tier", "mapped_points", "standing_of", "tier_of"]


class Progress(NamedTuple):
    """How a member stands, by which points, and what comes next."""

    standing: Standing
    points: int
    tier: LoyaltyTier | None
    #: The next tier with more points; None: there is none.
    next_tier: LoyaltyTier | None
    #: How many points are missing to it.
    missing: int


def tier_of(view: View, voucher_id: str, now: Millis | None = None) -> LoyaltyTier | None:
    """The tier of the card's holder at `now`; None: as it was told last."""
    if now is None:
        standing = view.get(tables.STANDINGS, voucher_id)
    else:
        voucher = view.get(tables.VOUCHERS, voucher_id)
        standing = None if voucher is None else standing_of(view, voucher, now)
    if standing is None or standing.tier_id is None:
        return None
    found = view.get(tables.LOYALTY_TIERS, standing.campaign_id, standing.tier_id)
    return None if found is None or found.deleted_at is not None else found


def standing_of(view: View, voucher: Voucher, now: Millis) -> Standing | None:
    """How the card's holder stands at `now`; None: of no program with tiers, or held by nobody."""
    standing = stored_standing(view, voucher)
    campaign = campaign_of(view, voucher)
    if standing is None or campaign is None:
        return None
    program = program_of(view, campaign)
    if program is None:
        return None
    steps = settle(program, standing, balance_of(view, voucher, now), now)
    return steps[-1].after if steps else standing


def progress_of(view: View, voucher: Voucher, now: Millis) -> Progress | None:
    """How the card's holder stands, and what is missing to the next tier; None: as `standing_of`."""
    standing = standing_of(view, voucher, now)
    campaign = campaign_of(view, voucher)
    program = None if campaign is None else program_of(view, campaign)
    if standing is None or program is None:
        return None
    ladder = program.ladder
    points = counted_points(program, standing, balance_of(view, voucher, now), now)
    tier = ladder.find(standing.tier_id)
    rank = ladder.rank_of(tier)
    above = (
        each
        for each in ladder.rungs
        if not is_open(each.points)
        and ladder.rank_of(each) > rank
        and lowest_of(each.points) > points
    )
    following = next(above, None)
    missing = 0 if following is None else lowest_of(following.points) - points
    living = None if tier is None or tier.deleted_at is not None else tier
    return Progress(standing, points, living, following, missing)


def find_loyalty_tier(view: View, campaign_id: str, tier_id: str) -> LoyaltyTier | None:
    """The tier of a program with that id."""
    found = view.get(tables.LOYALTY_TIERS, campaign_id, tier_id)
    return None if found is None or found.deleted_at is not None else found


def stored_standing(view: View, voucher: Voucher) -> Standing | None:
    """How the card's holder stood last, of whom nothing is known yet: without tier and points."""
    if voucher.holder_id is None or voucher.campaign_id is None or voucher.loyalty_card is None:
        return None
    stored = view.get(tables.STANDINGS, voucher.id)
    if stored is not None:
        # a card may have come to somebody else since
        return structs.replace(stored, customer_id=voucher.holder_id)
    joined_at = voucher.created_at if voucher.published_at is None else voucher.published_at
    return Standing(voucher.id, voucher.holder_id, voucher.campaign_id, joined_at)


def program_of(view: View, campaign: Campaign) -> Program | None:
    """What decides where the members of a campaign stand; None: it never had tiers."""
    ladder = ladder_of(view, campaign.id)
    if not ladder.rungs and not ladder.gone:
        return None
    rules = campaign.loyalty_tiers_expiration or BY_BALANCE
    return Program(campaign.id, campaign.name, ladder, rules, zone_of(view))


def balance_of(view: View, voucher: Voucher, now: Millis) -> int:
    """The points of the card without those that are over."""
    card = settle_points(view, voucher, now).voucher.loyalty_card
    return 0 if card is None else card.balance
