"""Why would it fail now: a voucher tried on an amount and a customer, nothing recorded but the validation."""

from htpy import Node, button, div, form, p
from starlette.responses import Response

from services.dashboard.parts.facts import block
from services.dashboard.parts.forms import folded
from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import Row
from services.dashboard.sections.rules.cart import cart_head, cart_lines, read_cart
from services.dashboard.sections.trying import answer_validation
from services.dashboard.web.answers import answer_node
from services.dashboard.web.visit import Visit, escape_segment


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


async def try_voucher(visit: Visit) -> Response:
    """Validates it and tells the reason, the rule, and what was expected and found."""
    form_ = await visit.form()
    row = await visit.api.get(f"/v1/vouchers/{escape_segment(visit.path('id'))}")
    try:
        body = {"redeemables": [{"object": "voucher", "id": row["code"]}], **read_cart(form_)}
    except ValueError as fault:
        return answer_node(p(".bad-text")[f"{fault}."])
    return await answer_validation(visit, body)
