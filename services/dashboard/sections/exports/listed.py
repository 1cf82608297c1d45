"""Which filters of lists files can be made by."""

from typing import Final

from services.dashboard.lists.fields import Field
from services.dashboard.sections.redemptions.fields import FIELDS as REDEMPTIONS

#: Kind of thing → the fields of its list; a list adds its line when it offers exports.
FIELDS: Final[dict[str, tuple[Field, ...]]] = {
    "redemption": REDEMPTIONS,
    # the codes of one campaign, as its page asks for them
    "voucher": (Field("campaign_id", "Campaign", "lookup", lookup="campaign"),),
}


def fields_of(kind: str) -> tuple[Field, ...]:
    """Those of a kind; none where its list offers no exports."""
    return FIELDS.get(kind, ())
