"""The form that asks why a voucher would fail now."""

from htpy import Node, button, div, form

from services.dashboard.parts.facts import block
from services.dashboard.parts.forms import folded
from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import Row
from services.dashboard.sections.rules.cart import cart_head, cart_lines


def fail_form(row: Row) -> Node:
    """The small form, and the place of its answer."""
    return block(
        "Why would it fail now?",
        form(
            ".stack",
            {
                "hx-post": f"/vouchers/{row['id']}/try",
                "hx-target": "#tried",
                "hx-swap": "innerHTML",
                "hx-push-url": "false",
            },
            aria_label="Try this voucher",
        )[
            cart_head("100.00", "Empty: what the products come to, else no order"),
            folded("Products in the cart", cart_lines()),
            div(".row")[button(".btn.small")[icon("play", 13), "Try it"]],
            div("#tried", role="status"),
        ],
    )
