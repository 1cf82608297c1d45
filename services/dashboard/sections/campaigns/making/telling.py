"""A campaign in sentences before it is made, and what one may regret of it."""

from collections.abc import Mapping
from typing import Final

from htpy import Node, b, code, fragment, h2, li, p, section, span, ul

from services.dashboard.parts.discounts import say_discount
from services.dashboard.parts.hours import UNITS
from services.dashboard.parts.icons import icon
from services.dashboard.parts.numbers import read_count
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.making.codes import (
    GUESSES_MIN,
    charset_of,
    count_codes,
    example_codes,
    say_count,
)
from services.dashboard.sections.campaigns.making.draft import (
    DAYS,
    Draft,
    template_of,
)
from services.dashboard.sections.campaigns.programs.expiring import expiring_rules
from services.dashboard.sections.campaigns.programs.expiry_words import say_expiring

_UNSAID: Final = span(".unset")["not said yet"]


def told_part(
    draft: Draft, body: Mapping[str, object], names: Mapping[str, str], show: Show
) -> Node:
    """The campaign in sentences, its codes by example, and the warnings."""
    warnings = list(warn(draft, body))
    return section("#told.card.pad.stack", aria_label="The campaign in words", aria_live="polite")[
        h2["In words"],
        ul(".sentences")[
            (li[icon("right", 13), span[each]] for each in say(draft, body, names, show))
        ],
        codes_part(draft, show),
        warnings
        and fragment[
            h2["Look at this again"],
            ul(".warnings")[(li[icon("warn", 14), span[each]] for each in warnings)],
        ],
    ]


def codes_part(draft: Draft, show: Show) -> Node:
    """Codes as the pattern makes them, and how many there can be."""
    template = template_of(draft)
    if template.kind == "PROMOTION" or template.name == "generic" or "#" not in draft["pattern"]:
        return None
    charset = charset_of(draft["charset"])
    count = count_codes(draft["pattern"], charset)
    return fragment[
        h2["Codes look like"],
        p[([code(".mono")[each], " "] for each in example_codes(draft["pattern"], charset))],
        p(".muted")[f"{say_count(count, show)} are possible."],
    ]


def say(
    draft: Draft, body: Mapping[str, object], names: Mapping[str, str], show: Show
) -> list[Node]:
    """What it is, a sentence each."""
    template = template_of(draft)
    lines: list[Node] = [
        [b[draft["name"] or _UNSAID], f": {template.label.lower()}, ", _switch(draft), "."],
        _gives(draft, body, show),
    ]
    if template.kind != "PROMOTION":
        lines.append(_codes(draft, template.name, show))
    lines.append(_runs(draft))
    when = _when(draft)
    if when:
        lines.append(when)
    rules = [names.get(each, each) for each in draft.all("rule")]
    lines.append(
        ["Only where ", b[" and ".join(rules)], " holds."]
        if rules
        else "For every customer."
        if template.kind == "LOYALTY_PROGRAM"
        else "For everybody, with any order."
    )
    if draft["category"]:
        lines.append(["In the category ", b[names.get(draft["category"], draft["category"])], "."])
    return lines


def _switch(draft: Draft) -> str:
    return "switched on at once" if draft.has("active") else "switched off at first"


def _gives(draft: Draft, body: Mapping[str, object], show: Show) -> Node:
    template = template_of(draft)
    if template.kind == "PROMOTION":
        count = len(draft.tiers)
        return [
            "Gives one of ",
            b["1 tier" if count == 1 else f"{count} tiers"],
            ", the first that fits.",
        ]
    voucher = body.get("voucher")
    told = voucher if isinstance(voucher, Mapping) else {}
    if template.kind == "LOYALTY_PROGRAM":
        card = told.get("loyalty_card") or {}
        points = card.get("points")
        begins = "without points" if points == 0 else f"with {show.number(points)} points"
        rules = expiring_rules(draft.values)
        return ["A card begins ", b[begins], ". ", b[say_expiring(rules)]]
    if template.kind == "GIFT_VOUCHERS":
        amount = (told.get("gift") or {}).get("amount")
        return ["Each card holds ", b[show.money(amount) if amount is not None else _UNSAID], "."]
    discount = told.get("discount")
    has_value = bool(draft["value"] or draft["formula"])
    return ["Gives ", b[say_discount(discount, show) if has_value else _UNSAID], "."]


def _codes(draft: Draft, template: str, show: Show) -> Node:
    quantity = draft["quantity"]
    limit = (
        f"{quantity} times"
        if quantity not in ("", "1")
        else "once"
        if quantity
        else "any number of times"
    )
    if template == "loyalty":
        return _cards(draft, show)
    if template == "generic":
        return [
            "The code ",
            b(".mono")[draft["code"] or _UNSAID],
            " may be redeemed ",
            b[limit],
            ".",
        ]
    count = read_count(draft["count"] or "0")
    said = show.number(count) if count is not None else draft["count"]
    more = " More are made as they are given out." if template == "growing" else ""
    return [b[f"{said} codes"], " are made; each may be redeemed ", b[limit], ".", more]


def _cards(draft: Draft, show: Show) -> Node:
    count = read_count(draft["count"] or "0")
    made = f"{show.number(count)} cards are made at once. " if count else ""
    grows = "A card is made for whoever joins. " if draft.has("grows") else ""
    how = (
        "Customers join by themselves as soon as they meet the rules"
        if draft.has("auto_join")
        else "Customers join when they are added or given a card"
    )
    return [made, grows, how, ", once." if draft.has("join_once") else "."]


def _runs(draft: Draft) -> Node:
    start, end = draft["start"].replace("T", " "), draft["end"].replace("T", " ")
    if not start and not end:
        return ["Runs from now on, ", b["without an end"], "."]
    return ["Runs from ", b[start or "now"], " to ", b[end or "no end"], " (time of the project)."]


def _when(draft: Draft) -> Node:
    said: list[str] = []
    days = [name for value, name in DAYS if value in draft.all("day")]
    if days:
        said.append("on " + ", ".join(days))
    if draft["from_hour"] and draft["to_hour"]:
        said.append(f"from {draft['from_hour']} to {draft['to_hour']}")
    if draft["frame_count"] and draft["every_count"]:
        said.append(f"for {_duration(draft, 'frame')} of every {_duration(draft, 'every')}")
    if draft["after_count"]:
        said.append(f"until {_duration(draft, 'after')} after a code was given")
    return f"Only {', '.join(said)}." if said else None


def _duration(draft: Draft, name: str) -> str:
    count, unit = draft[f"{name}_count"], dict(UNITS).get(draft[f"{name}_unit"], "")
    return f"{count} {unit.removesuffix('s') if count == '1' else unit}"


def warn(draft: Draft, body: Mapping[str, object]) -> list[Node]:
    """What one may regret."""
    template = template_of(draft)
    found: list[Node] = []
    if not draft["end"]:
        found.append("It has no end: it runs until somebody switches it off.")
    is_card = template.kind in ("GIFT_VOUCHERS", "LOYALTY_PROGRAM")
    if template.kind == "LOYALTY_PROGRAM" and draft.has("auto_join") and not draft.all("rule"):
        found.append(
            "Customers are to join by themselves, and no rule says who: nobody does, until one binds the program."
        )
    if template.kind == "LOYALTY_PROGRAM" and not draft["expire_kind"]:
        found.append("Points never expire: what is not redeemed is owed for good.")
    if template.kind == "DISCOUNT_COUPONS" and not draft["quantity"]:
        found.append("A code has no limit: whoever knows it may use it again and again.")
    if not draft.all("rule") and not is_card:
        found.append(
            "No rules: any customer with any order gets it, and nothing limits its budget."
        )
    if not draft["category"] and not is_card:
        found.append(
            "Without a category no stacking rule holds it apart: it goes together with every other discount up to the limits of the stacking rules."
        )
    if template.kind != "PROMOTION" and template.name != "generic":
        charset = charset_of(draft["charset"])
        wanted = read_count(draft["count"]) or 0
        space = count_codes(draft["pattern"], charset)
        if "#" in draft["pattern"] and wanted and space // wanted < GUESSES_MIN:
            found.append(
                f"Easy to guess: one of {max(1, space // wanted):,} tries hits a code. Add signs to the pattern."
            )
    voucher = body.get("voucher")
    discount = voucher.get("discount") if isinstance(voucher, Mapping) else None
    if (
        isinstance(discount, Mapping)
        and discount.get("type") == "PERCENT"
        and not discount.get("amount_limit")
    ):
        found.append("A percentage without a limit takes more of a larger order.")
    return found
