"""Why would it fail now: a voucher tried on an amount and a customer, nothing recorded but the validation."""

from collections.abc import Mapping

from htpy import Node, b, button, div, form, p, span
from starlette.responses import Response

from services.dashboard.parts.facts import block, facts
from services.dashboard.parts.forms import folded
from services.dashboard.parts.icons import icon
from services.dashboard.parts.reasons import reason_box
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.reason_words import explanation_of, find_reason_words
from services.dashboard.sections.rules.cart import cart_head, cart_lines, read_cart
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
            cart_head("100.00", "Empty: what the products come to, else no order"),
            folded("Products in the cart", cart_lines()),
            div(".row")[button(".btn.small")[icon("play", 13), "Try it"]],
            div("#tried", role="status"),
        ],
    )


async def try_voucher(visit: Visit) -> Response:
    """Validates it and tells the reason, the rule, and what was expected and found."""
    form_, show = await visit.form(), visit.show
    row = await visit.api.get(f"/v1/vouchers/{escape_segment(visit.path('id'))}")
    try:
        body = {"redeemables": [{"object": "voucher", "id": row["code"]}], **read_cart(form_)}
    except ValueError as fault:
        return answer_node(p(".bad-text")[f"{fault}."])
    try:
        answer = await visit.api.post("/v1/validations", body)
    except Refused as fault:
        told = fault.body.get("explanation")
        words = await find_reason_words(visit, [told])
        return answer_node(
            reason_box(told, show, key=fault.key, message=fault.sentence, words=words)
        )
    tried = _tried(answer)
    words = await find_reason_words(visit, [explanation_of(tried)])
    return answer_node(show_trial(answer, tried, words, show))


def _tried(answer: Row) -> Row:
    """What was tried, whichever way it went."""
    rows: list[Row] = (
        answer.get("redeemables")
        or answer.get("inapplicable_redeemables")
        or answer.get("skipped_redeemables")
        or [{}]
    )
    return rows[0]


def show_trial(answer: Row, tried: Row, words: Mapping[str, str], show: Show) -> Node:
    """What a validation of one redeemable came to."""
    result = tried.get("result") or {}
    if answer.get("valid") and tried.get("status") == "APPLICABLE":
        return _would_work(answer.get("order") or tried.get("order") or {}, show)
    error = result.get("error") or {}
    said = str(error.get("message") or (result.get("details") or {}).get("message") or "")
    key = str(error.get("key") or "")
    return reason_box(explanation_of(tried), show, key=key, message=said, words=words)


def _would_work(order: Row, show: Show) -> Node:
    taken = order.get("total_applied_discount_amount", order.get("total_discount_amount"))
    return div(".notice.good")[
        icon("check"),
        div[
            b["It would work."],
            facts(
                ("Takes off", show.money(taken or 0)),
                ("Left to pay", show.money(order.get("total_amount"))),
            )
            if order
            else span[" Nothing is taken without an order."],
        ],
    ]
