"""What becomes of the tiers and stacks of a promotion that was deleted: they are gone for good.

Nobody finds them from the campaign's deletion on. Unlike a voucher's code, nothing of them has to
be kept from being used again, so the bin keeps the campaign alone.
"""

from itertools import islice

from engine.assignments.decide import drop_assignments_of
from engine.background.chunk import Chunk
from engine.campaigns.tiers.places import tier_in_place
from engine.kernel import tables
from engine.kernel.state import View
from schemas.actions import CHUNK_ROWS_MAX, AsyncAction, DeletePromotions, Rows
from schemas.base import Millis
from schemas.commands import Command
from schemas.promotion_events import CampaignPromotionsDeleted
from schemas.promotions import PromotionTier

#: How many assignments of validation rules end in one chunk with their tiers.
ASSIGNMENTS_DROPPED_MAX = 1000


def delete_promotions(
    view: View,
    _: Command,
    action: AsyncAction,
    work: DeletePromotions,
    __: Rows | None,
    ___: Millis,
) -> Chunk:
    """Deletes the next stacks, then the next tiers by their places.

    The cursor is the last place that was looked at; it stands while there are stacks left.
    """
    stacks = tuple(islice(view.scan(tables.CAMPAIGN_STACKS, work.campaign_id), CHUNK_ROWS_MAX))
    if stacks:
        gone = CampaignPromotionsDeleted(work.campaign_id, stack_ids=stacks)
        return Chunk((gone,), len(stacks), cursor=action.cursor, finished=False)
    tiers: list[PromotionTier] = []
    assigned = 0
    place = action.cursor
    while place < min(action.cursor + CHUNK_ROWS_MAX, work.last_place):
        held_by = tier_in_place(view, work.campaign_id, place + 1)
        tier = None if held_by is None else view.get(tables.TIERS, held_by)
        assigned += 0 if tier is None else len(tier.rule_ids)
        if tiers and assigned > ASSIGNMENTS_DROPPED_MAX:
            break
        place += 1
        if tier is not None:
            tiers.append(tier)
    finished = place >= work.last_place
    if not tiers:
        return Chunk((), 0, cursor=place, finished=finished)
    removed = CampaignPromotionsDeleted(work.campaign_id, tuple(each.id for each in tiers))
    return Chunk(
        (*drop_assignments_of(view, *tiers), removed), len(tiers), cursor=place, finished=finished
    )
