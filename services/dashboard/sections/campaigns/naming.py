"""How a campaign is told in one line: its kind, what it gives, how it stands."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node

from services.dashboard.parts.facts import badge
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.web.visit import escape_segment

KINDS: Final = (
    ("DISCOUNT_COUPONS", "Discount codes"),
    ("GIFT_VOUCHERS", "Gift cards"),
    ("PROMOTION", "Promotion"),
)
#: Those that give codes.
CODES: Final = frozenset({"DISCOUNT_COUPONS", "GIFT_VOUCHERS"})
#: What the server calls the states of a campaign, as they are shown: name, word, look.
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "active": ("Active", "good"),
    "before_start": ("Scheduled", "warn"),
    "expired": ("Ended", "muted"),
    "off": ("Off", "muted"),
    "in_progress": ("Making codes", "warn"),
}
_OF_ITEMS: Final = "APPLY_TO_ITEMS"


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
    return told.get(str(row.get("id")), "")


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
    voucher = row.get("voucher") or {}
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


def say_discount(discount: Any, show: Show) -> str:
    """A discount in words."""
    if not isinstance(discount, Mapping) or not discount.get("type"):
        return "No discount"
    kind = discount["type"]
    where = " items" if discount.get("effect") == _OF_ITEMS else ""
    if kind == "PERCENT":
        return _say_percent(discount, show, where)
    if kind == "AMOUNT":
        off = _or_formula(discount, "amount_off", show)
        return f"{off} off{where and ' each item'}"
    if kind == "FIXED":
        return f"Fixed price {_or_formula(discount, 'fixed_amount', show)}{where and ' an item'}"
    return _say_units(discount, show)


def _say_percent(discount: Mapping[str, Any], show: Show, where: str) -> str:
    off = discount.get("percent_off")
    said = f"{show.number(off)}%" if off is not None else "A calculated share"
    limit = discount.get("amount_limit")
    most = f", at most {show.money(limit)}" if limit else ""
    return f"{said} off{where}{most}"


def _say_units(discount: Mapping[str, Any], show: Show) -> str:
    units = discount.get("units")
    if units:
        return " and ".join(_say_unit(each, show) for each in units)
    return _say_unit(discount, show)


def _say_unit(unit: Mapping[str, Any], show: Show) -> str:
    count = unit.get("unit_off")
    thing = unit.get("sku") or unit.get("product") or {}
    name = thing.get("name") or thing.get("sku") or unit.get("unit_type") or "units"
    said = show.number(count) if count is not None else "A calculated number of"
    return f"{said} × {name} free"  # noqa: RUF001 - a multiplication sign on purpose


def _or_formula(discount: Mapping[str, Any], name: str, show: Show) -> str:
    amount = discount.get(name)
    return show.money(amount) if amount is not None else "A calculated amount"


def campaign_category(row: Mapping[str, Any]) -> str:
    """The name of its category."""
    categories = row.get("categories") or []
    return ", ".join(str(each.get("name")) for each in categories) or str(
        row.get("category") or NOTHING
    )


def campaign_href(row: Mapping[str, Any], tab: str = "") -> str:
    """The address of a tab of a campaign."""
    return f"/campaigns/{escape_segment(str(row['id']))}" + (f"/{tab}" if tab else "")


def has_codes(row: Mapping[str, Any]) -> bool:
    """Whether it gives codes, rather than offers without one."""
    return row.get("campaign_type") in CODES
