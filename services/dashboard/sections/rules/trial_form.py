"""Trying a set that is not saved: a cart and a customer, and what becomes of each rule."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, fragment, h2, li, p, section, small, span, ul

from services.dashboard.parts.forms import field_lookup
from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import Show
from services.dashboard.sections.rules.cart import cart_fields, try_button
from services.dashboard.sections.rules.catalogue import Catalogue
from services.dashboard.sections.rules.naming import Names
from services.dashboard.sections.rules.sentences import say_found, say_rule
from services.dashboard.sections.rules.tree import RuleSet, find_by_path

TRY: Final = "/validation-rules/try-out"


def trial_form() -> Node:
    """The cart that a set is tried with."""
    return section(".card.pad.try", aria_labelledby="try-title")[
        h2("#try-title")["Try it"],
        p(".muted")["With a cart that nobody has. Nothing is recorded."],
        cart_fields(),
        field_lookup("try_voucher", "Counted as for the voucher", "voucher"),
        try_button(TRY),
    ]


def trial_view(
    body: Mapping[str, Any], rules: RuleSet, catalogue: Catalogue, names: Names, show: Show
) -> Node:
    """What became of a try: the whole, then each rule with the value that was found."""
    failed = body.get("failed") or {}
    message = failed.get("message")
    return fragment[
        _whole(bool(body["valid"])),
        message and p[message],
        ul(".stackview", aria_label="Each rule")[
            (_tried(each, rules, catalogue, names, show) for each in body["rules"])
        ],
        not body["rules"] and span(".muted")["There is no rule that could fail."],
        _items(body),
    ]


def _whole(is_valid: bool) -> Node:
    if is_valid:
        return span(".result.yes")[icon("check", 15), "It would be allowed"]
    return span(".result.no")[icon("x", 15), "It would be refused"]


def _tried(
    tried: Mapping[str, Any], rules: RuleSet, catalogue: Catalogue, names: Names, show: Show
) -> Node:
    is_valid = bool(tried["valid"])
    rule = find_by_path(rules, f"{tried['path']}.name")
    said = (
        say_rule(rule, catalogue, names, show)
        if rule is not None
        else catalogue.field(tried["field"]).label
    )
    return li[
        span(".result.yes" if is_valid else ".result.no")[
            icon("check" if is_valid else "x", 14),
            span(".sr")["holds" if is_valid else "does not hold"],
            str(tried["number"]),
        ],
        span[said],
        small[_found(tried, catalogue, names, show)],
    ]


def _found(tried: Mapping[str, Any], catalogue: Catalogue, names: Names, show: Show) -> str:
    lines = tried.get("lines")
    if lines:
        said = [
            f"line {each['index'] + 1}: "
            + say_found(each["found"], tried["field"], catalogue, names, show)
            for each in lines
        ]
        return ", ".join(said)
    return f"found: {say_found(tried.get('found'), tried['field'], catalogue, names, show)}"


def _items(body: Mapping[str, Any]) -> Node:
    """Which lines the discount would be for, where the set names items."""
    entries = (body.get("applicable_to") or {}).get("data") or []
    lines = sorted({at + 1 for each in entries for at in each.get("order_item_indices") or ()})
    if not entries:
        return None
    said = ", ".join(map(str, lines))
    return p(".muted")[
        f"The discount is for the lines {said}." if lines else "For none of the lines."
    ]
