"""How a campaign is told in one line: its kind, what it gives, how it stands."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from htpy import Node

from services.dashboard.parts.discounts import say_discount
from services.dashboard.parts.facts import badge
from services.dashboard.parts.show import NOTHING, Show, read_moment
from services.dashboard.sections.campaigns.prizes import say_draw
from services.dashboard.web.visit import escape_segment

KINDS: Final = (
    ("DISCOUNT_COUPONS", "Discount codes"),
    ("GIFT_VOUCHERS", "Gift cards"),
    ("PROMOTION", "Promotion"),
    ("LOYALTY_PROGRAM", "Loyalty program"),
    ("REFERRAL_PROGRAM", "Referral program"),
    ("GIVEAWAY", "Giveaway"),
)
#: Those that give codes.
CODES: Final = frozenset({"DISCOUNT_COUPONS", "GIFT_VOUCHERS", "REFERRAL_PROGRAM"})
#: What the server calls the states of a campaign, as they are shown: name, word, look.
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "active": ("Active", "good"),
    "before_start": ("Scheduled", "warn"),
    "expired": ("Ended", "muted"),
    "off": ("Off", "muted"),
    "in_progress": ("Making codes", "warn"),
}


def kind_name(row: Mapping[str, Any]) -> str:
    """What kind of campaign it is, in words."""
    kind = str(row.get("campaign_type") or "")
    return dict(KINDS).get(kind, kind.replace("_", " ").capitalize() or NOTHING)


def state_of(row: Mapping[str, Any], told: Mapping[str, str]) -> str:
    """How it stands: its own switch, its codes, else what the server says of its dates.

    `told` has the state of each id, as lists of the API filter by it.
    """
    if row.get("active") is False:
        return "off"
    if row.get("vouchers_generation_status") == "IN_PROGRESS":
        return "in_progress"
    if has_closed(row):
        return "expired"
    return told.get(str(row.get("id")), "")


def has_closed(row: Mapping[str, Any], now: datetime | None = None) -> bool:
    """Whether it is a giveaway that takes no entries any more."""
    closes = read_moment((row.get("giveaway") or {}).get("closes_at"))
    return closes is not None and closes < (now or datetime.now(UTC))


def period_of(row: Mapping[str, Any], show: Show) -> Node:
    """From when to when it runs; a giveaway until it closes."""
    closes = (row.get("giveaway") or {}).get("closes_at")
    return show.period(row.get("start_date"), row.get("expiration_date") or closes)


def state_badge(state: str) -> Node:
    """A state in its colour; what is not known is not guessed."""
    if state not in STATES:
        return NOTHING
    word, look = STATES[state]
    return badge(word, look)


def say_gives(row: Mapping[str, Any], show: Show) -> str:
    """What somebody gets from it: a discount, credits, or tiers."""
    if row.get("campaign_type") == "PROMOTION":
        return say_tiers(row)
    if row.get("giveaway"):
        return say_draw(row, show)
    voucher = row.get("voucher") or {}
    if voucher.get("loyalty_card"):
        return "Points on a card"
    gift = voucher.get("gift")
    if gift:
        return f"{show.money(gift.get('amount'))} of credit"
    return say_discount(voucher.get("discount"), show)


def say_tiers(row: Mapping[str, Any]) -> str:
    """How many tiers a promotion has, as far as that is shown."""
    promotion = row.get("promotion") or {}
    count = promotion.get("total", len(promotion.get("tiers") or ()))
    more = "+" if promotion.get("has_more") and "total" not in promotion else ""
    return "1 tier" if count == 1 and not more else f"{count}{more} tiers"


def campaign_category(row: Mapping[str, Any]) -> str:
    """The name of its category."""
    categories = row.get("categories") or []
    return ", ".join(str(each.get("name")) for each in categories) or str(
        row.get("category") or NOTHING
    )


def campaign_href(row: Mapping[str, Any], tab: str = "") -> str:
    """The address of a tab of a campaign."""
    return f"/campaigns/{escape_segment(str(row['id']))}" + (f"/{tab}" if tab else "")


def said_parts(row: Mapping[str, Any]) -> str:
    """What it gives, as sentences about it say: codes, cards or tiers."""
    if row.get("campaign_type") == "LOYALTY_PROGRAM":
        return "cards"
    return "codes" if has_codes(row) else "tiers"


def has_codes(row: Mapping[str, Any]) -> bool:
    """Whether it gives codes, rather than offers without one."""
    return row.get("campaign_type") in CODES
