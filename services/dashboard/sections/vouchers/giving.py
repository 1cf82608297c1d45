"""What a voucher or a tier gives and how it stands, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from htpy import Node, span

from services.dashboard.parts.discounts import EFFECTS, say_discount
from services.dashboard.parts.facts import badge, link
from services.dashboard.parts.show import NOTHING, Row, Show, read_moment
from services.dashboard.sections.customer_names import customer_name
from services.dashboard.sections.vouchers.open_hours import is_outside_hours
from services.dashboard.web.visit import WORDS, escape_segment

TYPES: Final[Mapping[str, str]] = {
    "DISCOUNT_VOUCHER": "Discount",
    "GIFT_VOUCHER": "Gift card",
    "LOYALTY_CARD": "Loyalty card",
}
DISCOUNTS: Final[Mapping[str, str]] = {
    "AMOUNT": "Amount",
    "PERCENT": "Percent",
    "FIXED": "Fixed price",
    "UNIT": "Units",
}
_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
#: What is in force, but closed at this hour.
OUTSIDE: Final = "Outside its hours"
#: Codes that read as parts of an address; what stands between a browser and us may take them for that.
_RESERVED: Final = WORDS | {".", ".."}


def voucher_href(row: Row) -> str:
    """The page of a voucher: by its code, by its id where the code would lead elsewhere."""
    code = str(row.get("code") or "")
    if not code or code in _RESERVED or "/" in code:
        return f"/vouchers/{row['id']}"
    return f"/vouchers/{escape_segment(code)}"


def say_given(row: Row, show: Show) -> str:
    """What a voucher gives: a discount, or what is left on a card."""
    gift, card = row.get("gift"), row.get("loyalty_card")
    if isinstance(gift, dict):
        return f"{show.money(gift.get('balance'))} of {show.money(gift.get('amount'))}"
    if isinstance(card, dict):
        return f"{show.number(card.get('balance'))} of {show.number(card.get('points'))} points"
    return say_discount(row.get("discount"), show)


def say_effect(discount: Any) -> str:
    """What of an order a discount is taken from."""
    effect = discount.get("effect") if isinstance(discount, dict) else None
    return EFFECTS.get(str(effect), str(effect or NOTHING))


def say_redeemed(row: Row, show: Show) -> str:
    """How often it was redeemed, of how often it may be."""
    told = row.get("redemption") or {}
    done, most = told.get("redeemed_quantity"), told.get("quantity")
    return f"{show.number(done or 0)} / {show.number(most) if most is not None else '∞'}"


def standing(row: Row, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """How a voucher or a tier stands by its own switch, dates, limits and hours: the word and its badge."""
    starts, ends = read_moment(row.get("start_date")), read_moment(row.get("expiration_date"))
    told, gift = row.get("redemption") or {}, row.get("gift") or {}
    if row.get("active") is False:
        return "Disabled", "muted"
    if ends is not None and ends <= now:
        return "Expired", "muted"
    most = told.get("quantity")
    if most is not None and (told.get("redeemed_quantity") or 0) >= most:
        return "Used up", "violet"
    if gift and gift.get("balance") == 0:
        return "Empty", "violet"
    if starts is not None and starts > now:
        return "Scheduled", "warn"
    return (OUTSIDE, "warn") if is_outside_hours(row, now, zone) else ("Active", "good")


def standing_within(
    own: tuple[str, str], campaign: Row | None, now: datetime, zone: ZoneInfo, word: str
) -> tuple[str, str]:
    """How what is of a campaign stands: its own terms first, then those of the campaign.

    Hours come last, since they pass by themselves. `word`: what the campaign is called.
    """
    terms = campaign or {}
    if own[0] not in ("Active", "Scheduled", OUTSIDE):
        return own
    if terms.get("active") is False:
        return f"{word} is off", "muted"
    starts, ends = read_moment(terms.get("start_date")), read_moment(terms.get("expiration_date"))
    if ends is not None and ends <= now:
        return f"{word} is over", "muted"
    if starts is not None and starts > now:
        return "Scheduled", "warn"
    if own[0] == "Active" and is_outside_hours(terms, now, zone):
        return f"{word} is outside its hours", "warn"
    return own


def standing_badge(row: Row, now: datetime, zone: ZoneInfo) -> Node:
    """How a voucher stands, as a badge; `campaign_terms` are those of its campaign, where known."""
    own = standing(row, now, zone)
    return badge(*standing_within(own, row.get("campaign_terms"), now, zone, "Campaign"))


def holder_name(row: Row) -> Node:
    """Who holds a voucher: the name, where the list knows it."""
    if not row.get("holder_id"):
        return span(".muted")["Nobody"]
    return customer_name(row.get("holder") or {"id": row["holder_id"]})


def say_hours(row: Row) -> list[tuple[str, Node]]:
    """When within its dates something is valid: days of the week, hours, timeframe."""
    found: list[tuple[str, Node]] = []
    days = row.get("validity_day_of_week")
    if days:
        found.append(("Days", ", ".join(_DAYS[each] for each in days if 0 <= each < 7)))
    daily = (row.get("validity_hours") or {}).get("daily") or []
    if daily:
        spans = [
            f"{each.get('start_time')} to {each.get('expiration_time')}"
            + (
                f" ({', '.join(_DAYS[day] for day in each['days_of_week'] if 0 <= day < 7)})"
                if each.get("days_of_week")
                else ""
            )
            for each in daily
        ]
        found.append(("Hours", "; ".join(spans)))
    frame = row.get("validity_timeframe") or {}
    if frame:
        found.append(
            ("Timeframe", f"{frame.get('duration')} from each start, every {frame.get('interval')}")
        )
    return found


def member_link(row: Row) -> Node:
    """Leads to the page of whoever holds a card of a loyalty program."""
    if not (row.get("loyalty_card") and row.get("holder_id") and row.get("campaign_id")):
        return None
    program, code = (escape_segment(str(row[each])) for each in ("campaign_id", "code"))
    return link("As a member of the program", f"/campaigns/{program}/members/{code}")
