"""A cart as fields of a form: who asks, with which lines of an order."""

from typing import Any, Final

from htpy import Node, button, div, form, fragment, li, span, ul
from htpy import input as input_
from starlette.datastructures import FormData

from services.dashboard.parts.forms import (
    field_area,
    field_lookup,
    field_text,
    folded,
    read_metadata,
)
from services.dashboard.parts.icons import icon
from services.dashboard.parts.lookups import lookup
from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.show import read_minor
from services.dashboard.sections.rules.entries import item_body
from services.dashboard.sections.rules.form_text import text_of

LINES_MAX: Final = 50


def cart_fields() -> Node:
    """The fields; nothing of them is saved."""
    return fragment[
        field_lookup("try_customer", "Customer", "customer"),
        _amount_field("", "Empty: what the lines come to"),
        cart_lines(),
    ]


def cart_head(amount: str, hint: str) -> Node:
    """The amount and who buys, beside one another; `hint`: what holds without an amount."""
    return div(".fields")[
        _amount_field(amount, hint),
        field_lookup("try_customer", "Customer", "customer", hint="Empty: nobody"),
    ]


def cart_form(action: str, label: str, *, no_amount: str, lines_open: bool) -> Node:
    """A small form that tries something on a cart, and the place of its answer.

    `action`: what it posts to; `no_amount`: what holds where none is typed.
    """
    return form(
        ".stack",
        {
            "hx-post": action,
            "hx-target": "#tried",
            "hx-swap": "innerHTML",
            "hx-push-url": "false",
        },
        aria_label=label,
    )[
        cart_head("100.00", no_amount),
        folded("Products in the cart", cart_lines(), is_open=lines_open),
        div(".row")[button(".btn.small")[icon("play", 13), "Try it"]],
        div("#tried", role="status"),
    ]


def _amount_field(amount: str, hint: str) -> Node:
    return field_text(
        "try_amount",
        "Order amount",
        amount,
        inputmode="decimal",
        autocomplete="off",
        hint=hint,
    )


def cart_lines() -> Node:
    """The lines of the order and its metadata."""
    return fragment[
        div(".field")[
            span(".label")["Lines of the order"],
            ul("#try-lines.stack")[line_view(0)],
            button(
                ".btn.small",
                {
                    "hx-post": "/validation-rules/try-line",
                    "hx-target": "#try-lines",
                    "hx-swap": "beforeend",
                    "hx-sync": "this:drop",
                    "hx-push-url": "false",
                },
                type="button",
                data_part=True,
            )[icon("plus", 14), "Line"],
            span(".hint.muted")["Without a price, the product's own holds"],
        ],
        field_area(
            "try_metadata", "Metadata of the order", rows=2, hint="One a line: name = value"
        ),
    ]


def try_button(address: str) -> Node:
    """Sends the whole form to an address, whose answer stands below."""
    return fragment[
        button(
            ".btn.wide",
            {
                "hx-post": address,
                "hx-target": "#tried",
                "hx-swap": "innerHTML",
                "hx-sync": "this:replace",
            },
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
        lookup(f"try_item-{at}", "line-item"),
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
    quantity = text_of(form, f"try_quantity-{at}") or "1"
    line["quantity"] = read_whole(quantity)
    if line["quantity"] is None:
        raise ValueError(f"{quantity} is no number of pieces")
    if price := text_of(form, f"try_price-{at}"):
        line["price"] = _minor(price)
    return line


def _minor(text: str) -> int:
    minor = read_minor(text)
    if minor is None:
        raise ValueError(f"{text} is no amount")
    return minor
