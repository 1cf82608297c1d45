"""The rows of members who are in a tier: one for each card, of the tier that was told last."""

from collections.abc import Iterable
from typing import Final

from schemas.loyalty_tiers import TierMove
from services.audit.sink.entities import ENTITIES, EntityRow, gone_row

STANDING: Final = "standing"
#: The cards of a program in a tier: values `project`, `program` and `loyalty_tier_id`.
IN_TIER: Final = (
    f"id IN (SELECT id FROM {ENTITIES.full_name} FINAL "  # noqa: S608
    f"WHERE project = {{project:String}} AND kind = '{STANDING}' "
    "AND campaign_id = {program:String} AND status = {loyalty_tier_id:String} AND deleted = 0)"
)


def tier_moved(project: str, event: TierMove) -> Iterable[EntityRow]:
    """In which tier the card's holder is; gone where in none."""
    standing = event.standing
    if standing.tier_id is None:
        return (gone_row(project, STANDING, standing.voucher_id),)
    return (
        EntityRow(
            project, STANDING, standing.voucher_id, "", 0, 0, 0,
            status=standing.tier_id, campaign_id=standing.campaign_id,
        ),
    )  # fmt: skip
