"""A combined promotion tried on a cart: what each of its tiers would take."""

from collections.abc import Mapping

from htpy import Node, b, div, li, p, small, span, ul
from starlette.responses import Response

from services.dashboard.parts.facts import badge, block, facts
from services.dashboard.parts.reasons import reason_box
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.promotions.naming import tier_names
from services.dashboard.sections.reason_words import find_reason_words
from services.dashboard.sections.rules.cart import cart_form, read_cart
from services.dashboard.sections.trying import answer_refusal, explanation_of, taken_off
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import Refused
from services.dashboard.web.visit import Visit


def trial_form(row: Row) -> Node:
    """The small form, and the place of its answer."""
    return block(
        "Try it on a cart",
        cart_form(
            f"/promotion-stacks/{row['id']}/try",
            "Try this combined promotion",
            no_amount="Empty: what the products come to",
            lines_open=True,
        ),
    )


async def try_stack(visit: Visit) -> Response:
    """Validates it on a cart, and tells what each tier takes or why it does not."""
    form_, show = await visit.form(), visit.show
    try:
        cart = read_cart(form_)
    except ValueError as fault:
        return answer_node(p(".bad-text")[f"{fault}."])
    if "order" not in cart:
        return answer_node(p(".bad-text")["Say an order amount, or choose a product."])
    stack = {"object": "promotion_stack", "id": visit.path("id")}
    try:
        answer = await visit.api.post("/v1/validations", {"redeemables": [stack], **cart})
    except Refused as fault:
        return await answer_refusal(visit, fault)
    every = _tried(answer)
    words = await find_reason_words(visit, map(explanation_of, every))
    names = await tier_names(visit, [str(each["id"]) for each in every])
    return answer_node(show_cart(answer, names, words, show))


def _tried(answer: Row) -> list[Row]:
    """Every tier of the answer once, which lists what does not apply in two places."""
    names = ("redeemables", "skipped_redeemables", "inapplicable_redeemables")
    rows = [each for name in names for each in answer.get(name) or []]
    return list({each["id"]: each for each in reversed(rows)}.values())[::-1]


def show_cart(answer: Row, names: Mapping[str, str], words: Mapping[str, str], show: Show) -> Node:
    """Each tier with what it takes, and what is left to pay."""
    order = answer.get("order") or {}
    return div(".stack")[
        answer.get("valid") is False
        and p(".bad-text")["It would not be redeemed: all of its tiers have to apply."],
        ul(".stackview")[(_line(each, names, words, show) for each in _tried(answer))],
        order
        and facts(
            ("Amount", show.money(order.get("amount"))),
            ("Taken off", show.money(taken_off(order))),
            ("Left to pay", b[show.money(order.get("total_amount"))]),
        ),
    ]


def _line(tried: Row, names: Mapping[str, str], words: Mapping[str, str], show: Show) -> Node:
    name = names.get(str(tried.get("id")), str(tried.get("id")))
    if tried.get("status") == "APPLICABLE":
        order = tried.get("order") or {}
        taken = order.get("total_applied_discount_amount", order.get("applied_discount_amount"))
        return li[badge("Applies", "good"), span[name], span(".num")[show.money(taken or 0)]]
    result = tried.get("result") or {}
    error = result.get("error") or {}
    message = error.get("message") or (result.get("details") or {}).get("message") or ""
    why = reason_box(
        explanation_of(tried),
        show,
        key=str(error.get("key") or ""),
        message=str(message),
        words=words,
    )
    is_skipped = tried.get("status") == "SKIPPED"
    return li(class_="skipped" if is_skipped else None)[
        badge("Skipped", "warn") if is_skipped else badge("Does not apply", "bad"),
        span[name],
        span(),
        small[why],
    ]
