"""What the vouchers of a campaign are made with, as requests say it."""

from typing import Any

import msgspec
from msgspec import structs

from engine.campaigns.body import template_body
from engine.campaigns.referral_body import giveaway_terms_body
from engine.kernel.calendar import parse_iso
from engine.kernel.changes import changed_member
from engine.kernel.encode import to_json
from engine.kernel.state import View
from engine.terms.discounts import with_items
from schemas.base import Millis
from schemas.campaigns import Campaign, VoucherTemplate


def changed_template(campaign: Campaign, repeated: Any) -> str | None:
    """The path of the first thing that is said otherwise of what the vouchers are made of."""
    if repeated is None or campaign.voucher is None:
        return None
    shown = msgspec.json.decode(to_json(template_body(campaign.voucher)))
    return changed_member(repeated, shown, "voucher")


def changed_giveaway(campaign: Campaign, repeated: Any) -> str | None:
    """The path of the first thing that is said otherwise of a giveaway: nothing of it changes."""
    if repeated is None:
        return None
    terms = campaign.giveaway
    if terms is None:
        return changed_member(repeated, {}, "giveaway")
    shown = msgspec.json.decode(to_json(giveaway_terms_body(terms)))
    if isinstance(repeated, dict) and _is_instant(repeated.get("closes_at"), terms.closes_at):
        repeated = repeated | {"closes_at": shown["closes_at"]}
    return changed_member(repeated, shown, "giveaway")


def _is_instant(text: Any, at: Millis) -> bool:
    """Whether a text says that time, in whatever way it may be written."""
    try:
        return parse_iso(text) == at
    except (TypeError, ValueError):
        return False


def with_template_items(view: View, campaign: Campaign) -> VoucherTemplate | None:
    """The campaign's template, its discount with the items that the catalogue knows."""
    template = campaign.voucher
    if template is None or template.discount is None:
        return template
    return structs.replace(template, discount=with_items(view, template.discount))
