"""What the vouchers of a campaign are made with, as requests say it."""

from typing import Any

import msgspec
from msgspec import structs

from engine.campaigns.body import template_body
from engine.kernel.changes import changed_member
from engine.kernel.encode import to_json
from engine.kernel.state import View
from engine.terms.discounts import with_items
from schemas.campaigns import Campaign, VoucherTemplate


def changed_template(campaign: Campaign, repeated: Any) -> str | None:
    """The path of the first thing that is said otherwise of what the vouchers are made of."""
    if repeated is None or campaign.voucher is None:
        return None
    shown = msgspec.json.decode(to_json(template_body(campaign.voucher)))
    return changed_member(repeated, shown, "voucher")


def with_template_items(view: View, campaign: Campaign) -> VoucherTemplate | None:
    """The campaign's template, its discount with the items that the catalogue knows."""
    template = campaign.voucher
    if template is None or template.discount is None:
        return template
    return structs.replace(template, discount=with_items(view, template.discount))
