"""Why would it fail now: a voucher tried on an amount and a customer, nothing recorded but the validation."""

from typing import Any

from htpy import Node, button, div, form, p
from starlette.responses import Response

from services.dashboard.parts.facts import block
from services.dashboard.parts.forms import field_lookup, field_text
from services.dashboard.parts.icons import icon
from services.dashboard.parts.outcome import show_outcome
from services.dashboard.parts.reasons import reason_box
from services.dashboard.parts.show import Row, read_minor
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import Refused
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
            div(".fields")[
                field_text(
                    "try_amount",
                    "Order amount",
                    "100.00",
                    inputmode="decimal",
                    autocomplete="off",
                    hint="Empty: without an order",
                ),
                field_lookup("try_customer", "Customer", "customer", hint="Empty: nobody"),
            ],
            div(".row")[button(".btn.small")[icon("play", 13), "Try it"]],
            div("#tried", role="status"),
        ],
    )


async def try_voucher(visit: Visit) -> Response:
    """Validates it and tells the reason, the rule, and what was expected and found."""
    form_, show = await visit.form(), visit.show
    row = await visit.api.get(f"/v1/vouchers/{escape_segment(visit.path('id'))}")
    typed = str(form_.get("try_amount") or "").strip()
    amount = read_minor(typed)
    if typed and amount is None:
        return answer_node(p(".bad-text")["The order amount should be a number, as 100 or 99.90."])
    body: dict[str, Any] = {"redeemables": [{"object": "voucher", "id": row["code"]}]}
    if amount is not None:
        body["order"] = {"amount": amount}
    if form_.get("try_customer"):
        body["customer"] = {"id": str(form_["try_customer"])}
    try:
        answer = await visit.api.post("/v1/validations", body)
    except Refused as fault:
        told = fault.body.get("explanation")
        return answer_node(reason_box(told, show, key=fault.key, message=fault.sentence))
    return answer_node(show_outcome(answer, show))
