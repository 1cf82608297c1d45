"""The places of a campaign's tiers: their hierarchy, each held by at most one, with gaps.

Who takes a place that another holds makes the others move by one, no further than to the next free
place: down, for a new tier or one that comes from below; up, for one that comes from above, whose
own place is then free. So no two tiers ever change their order because of a third, and a tier that
is deleted moves nobody. What is moved at once is bounded.
"""

from collections import deque
from collections.abc import Iterable

from engine.kernel import tables
from engine.kernel.ordering import check_order
from engine.kernel.state import View
from schemas.campaigns import Campaign
from schemas.errors import Refusal, refuse
from schemas.promotions import TIERS_MAX, TIERS_MOVED_MAX, PromotionTier


def make_room_for(view: View, tier: PromotionTier) -> dict[str, int] | Refusal:
    """The new places of the others that make room for a tier, by their ids; most often none.

    The tier may be new, or stored with the place that it has so far.
    """
    stored = view.get(tables.TIERS, tier.id)
    own = None if stored is None else stored.hierarchy
    step = -1 if own is not None and own < tier.hierarchy else 1
    moved: dict[str, int] = {}
    place = tier.hierarchy
    while place != own:
        holder = tier_in_place(view, tier.campaign_id, place)
        if holder is None:
            break
        place += step
        moved[holder] = place
        if len(moved) > TIERS_MOVED_MAX:
            return refuse(
                "invalid_payload",
                f"At most {TIERS_MOVED_MAX} tiers are moved by another's hierarchy",
            )
    if not 1 <= min(place, tier.hierarchy) <= max(place, tier.hierarchy) <= TIERS_MAX:
        return refuse("invalid_payload", f"The hierarchy of a tier is 1 to {TIERS_MAX}")
    return moved


def ordered_places(
    view: View, campaign: Campaign, ids: tuple[str, ...]
) -> dict[str, int] | Refusal:
    """The places 1, 2, 3 of all tiers of a campaign, as they are named."""
    if campaign.tiers_count > TIERS_MOVED_MAX:
        return refuse("invalid_payload", f"At most {TIERS_MOVED_MAX} tiers are put in an order")
    known = tuple(view.scan(tables.CAMPAIGN_TIERS, campaign.id))
    wrong = check_order(ids, known, "promotion_tier")
    return wrong or {each: place for place, each in enumerate(ids, 1)}


def tier_in_place(view: View, campaign_id: str, place: int) -> str | None:
    """The id of the tier in a place of a campaign."""
    return view.get(tables.CAMPAIGN_TIERS, campaign_id, tables.place_key(place))


def last_place(view: View, campaign: Campaign, taken: Iterable[int], left: int) -> int:
    """The last place in use once some are taken and one is left."""
    now_taken = set(taken)
    last = max((campaign.last_tier_place, *now_taken))
    if left != last or left in now_taken:
        return last
    # the tier that leaves the last place, and the one before it
    before = deque(view.scan(tables.CAMPAIGN_TIERS, campaign.id), maxlen=2)
    tier = view.get(tables.TIERS, before[0]) if len(before) > 1 else None
    return max((0 if tier is None else tier.hierarchy, *now_taken))
