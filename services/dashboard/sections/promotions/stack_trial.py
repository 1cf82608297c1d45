"""A combined promotion tried on a cart: what each of its tiers would take."""

from typing import Any

from htpy import Node, b, button, div, form, li, p, small, span, ul
from starlette.responses import Response

from services.dashboard.parts.facts import badge, block, facts
from services.dashboard.parts.forms import field_lookup, field_text
from services.dashboard.parts.icons import icon
from services.dashboard.parts.reasons import reason_box
from services.dashboard.parts.show import Row, Show, read_minor
from services.dashboard.sections.promotions.naming import tier_names
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import Refused
from services.dashboard.web.visit import Visit


def trial_form(row: Row) -> Node:
    """The small form, and the place of its answer."""
    return block(
        "Try it on a cart",
        form(
            ".stack",
            {
                "hx-post": f"/promotion-stacks/{row['id']}/try",
                "hx-target": "#tried",
                "hx-swap": "innerHTML",
                "hx-push-url": "false",
            },
            aria_label="Try this combined promotion",
        )[
            div(".fields")[
                field_text(
                    "try_amount",
                    "Order amount",
                    "100.00",
                    inputmode="decimal",
                    autocomplete="off",
                    required=True,
                ),
                field_lookup("try_customer", "Customer", "customer", hint="Empty: nobody"),
            ],
            div(".row")[button(".btn.small")[icon("play", 13), "Try it"]],
            div("#tried", role="status"),
        ],
    )


async def try_stack(visit: Visit) -> Response:
    """Validates it on an amount, and tells what each tier takes or why it does not."""
    form_, show = await visit.form(), visit.show
    amount = read_minor(str(form_.get("try_amount") or ""))
    if amount is None:
        return answer_node(p(".bad-text")["The order amount should be a number, as 100 or 99.90."])
    body: dict[str, Any] = {
        "redeemables": [{"object": "promotion_stack", "id": visit.path("id")}],
        "order": {"amount": amount},
    }
    if form_.get("try_customer"):
        body["customer"] = {"id": str(form_["try_customer"])}
    try:
        answer = await visit.api.post("/v1/validations", body)
    except Refused as fault:
        told = fault.body.get("explanation")
        return answer_node(reason_box(told, show, key=fault.key, message=fault.sentence))
    every = [each["id"] for each in _tried(answer)]
    return answer_node(show_cart(answer, await tier_names(visit, every), show))


def _tried(answer: Row) -> list[Row]:
    """Every tier of the answer, those that do not apply last."""
    names = ("redeemables", "skipped_redeemables", "inapplicable_redeemables")
    return [each for name in names for each in answer.get(name) or []]


def show_cart(answer: Row, names: dict[str, str], show: Show) -> Node:
    """Each tier with what it takes, and what is left to pay."""
    order = answer.get("order") or {}
    return div(".stack")[
        ul(".stackview")[(_line(each, names, show) for each in _tried(answer))],
        order
        and facts(
            ("Amount", show.money(order.get("amount"))),
            (
                "Taken off",
                show.money(
                    order.get("total_applied_discount_amount", order.get("total_discount_amount"))
                    or 0
                ),
            ),
            ("Left to pay", b[show.money(order.get("total_amount"))]),
        ),
    ]


def _line(tried: Row, names: dict[str, str], show: Show) -> Node:
    name = names.get(str(tried.get("id")), str(tried.get("id")))
    if tried.get("status") == "APPLICABLE":
        order = tried.get("order") or {}
        taken = order.get("applied_discount_amount", order.get("total_applied_discount_amount"))
        return li[badge("Applies", "good"), span[name], span(".num")[show.money(taken or 0)]]
    result = tried.get("result") or {}
    error = result.get("error") or {}
    message = error.get("message") or (result.get("details") or {}).get("message") or ""
    told = error.get("explanation") or result.get("explanation")
    is_skipped = tried.get("status") == "SKIPPED"
    return li(class_="skipped" if is_skipped else None)[
        badge("Skipped", "warn") if is_skipped else badge("Does not apply", "bad"),
        span[name],
        span(),
        small[reason_box(told, show, key=str(error.get("key") or ""), message=str(message))],
    ]
