"""Trying a set that is not saved: a cart and a customer, and what becomes of each rule."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, button, div, fragment, h2, li, p, section, small, span, ul
from htpy import input as input_
from starlette.datastructures import FormData

from services.dashboard.parts.forms import (
    field_area,
    field_lookup,
    field_text,
    lookup,
    read_metadata,
)
from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import Show, read_minor
from services.dashboard.sections.rules.catalogue import Catalogue
from services.dashboard.sections.rules.entries import item_body
from services.dashboard.sections.rules.names import Names
from services.dashboard.sections.rules.reading import text_of
from services.dashboard.sections.rules.sentences import say_found, say_rule
from services.dashboard.sections.rules.tree import RuleSet, find_by_path

LINES_MAX: Final = 50
TRY: Final = "/validation-rules/try-out"


def trial_form(prefix: str = TRY) -> Node:
    """The cart that a set is tried with; nothing of it is saved. `prefix`: where it is sent."""
    return section(".card.pad.try", aria_labelledby="try-title")[
        h2("#try-title")["Try it"],
        p(".muted")["With a cart that nobody has. Nothing is recorded."],
        field_lookup("try_customer", "Customer", "customer"),
        field_text("try_amount", "Order amount", inputmode="decimal", autocomplete="off"),
        div(".field")[
            span(".label")["Lines of the order"],
            ul("#try-lines.stack")[line_view(0)],
            button(
                ".btn.small",
                {
                    "hx-post": "/validation-rules/try-line",
                    "hx-target": "#try-lines",
                    "hx-swap": "beforeend",
                },
                name="more",
                value="1",
                data_part=True,
            )[icon("plus", 14), "Line"],
        ],
        field_area(
            "try_metadata", "Metadata of the order", rows=2, hint="One a line: name = value"
        ),
        prefix == TRY and field_lookup("try_voucher", "Counted as for the voucher", "voucher"),
        button(
            ".btn.wide",
            {"hx-post": prefix, "hx-target": "#tried", "hx-swap": "innerHTML"},
            name="try",
            value="1",
            data_part=True,
        )[icon("play", 14), "Try"],
        div("#tried.stack", role="status"),
    ]


def line_view(at: int) -> Node:
    """A line of the cart."""
    return li(".stack.cart-line")[
        input_(type="hidden", name="try_line", value=str(at)),
        lookup(f"try_item-{at}", "item"),
        div(".row")[
            input_(
                ".input.short",
                id=f"try_quantity-{at}",
                name=f"try_quantity-{at}",
                type="number",
                min="1",
                value="1",
                aria_label="Pieces",
            ),
            input_(
                ".input.short",
                id=f"try_price-{at}",
                name=f"try_price-{at}",
                inputmode="decimal",
                placeholder="Price",
                aria_label="Price of a piece",
                autocomplete="off",
            ),
        ],
    ]


def read_cart(form: FormData) -> dict[str, Any]:
    """The cart that the form says, as validations take it. Raises ValueError with a sentence."""
    cart: dict[str, Any] = {}
    if customer := text_of(form, "try_customer"):
        cart["customer"] = {"id": customer}
    order: dict[str, Any] = {}
    if amount := text_of(form, "try_amount"):
        order["amount"] = _minor(amount)
    lines = form.getlist("try_line")[:LINES_MAX]
    items = [_line(form, str(at)) for at in lines if text_of(form, f"try_item-{at}")]
    if items:
        order["items"] = items
    if metadata := text_of(form, "try_metadata"):
        try:
            order["metadata"] = read_metadata(metadata)
        except ValueError as fault:
            said = f"Metadata is written as name = value; this line is not: {fault}"
            raise ValueError(said) from None
    return cart | ({"order": order} if order else {})


def _line(form: FormData, at: str) -> dict[str, Any]:
    named = item_body(text_of(form, f"try_item-{at}"))
    kind = named["object"]
    line: dict[str, Any] = {}
    if kind in ("product", "sku"):
        line |= (
            {f"{kind}_id": named["id"]}
            if "id" in named
            else {"source_id": named["source_id"], "related_object": kind}
        )
    else:
        raise ValueError("A line is a product or a SKU, not a collection")
    quantity = text_of(form, f"try_quantity-{at}")
    line["quantity"] = int(quantity) if quantity.isdecimal() else 1
    if price := text_of(form, f"try_price-{at}"):
        line["price"] = _minor(price)
    return line


def _minor(text: str) -> int:
    minor = read_minor(text)
    if minor is None:
        raise ValueError(f"{text} is no amount")
    return minor


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
        small[_found(tried, catalogue, show)],
    ]


def _found(tried: Mapping[str, Any], catalogue: Catalogue, show: Show) -> str:
    lines = tried.get("lines")
    if lines:
        said = [
            f"line {each['index'] + 1}: {say_found(each['found'], tried['field'], catalogue, show)}"
            for each in lines
        ]
        return ", ".join(said)
    return f"found: {say_found(tried.get('found'), tried['field'], catalogue, show)}"


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
