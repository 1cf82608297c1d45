"""A campaign that is not made yet, tried with a cart."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, b, button, div, li, p, section, small, span, ul
from starlette.responses import Response

from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import field_lookup, field_text
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import notice
from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.show import Show, read_minor
from services.dashboard.sections.campaigns.making.bodies import new_campaign
from services.dashboard.sections.campaigns.making.choices import chosen
from services.dashboard.sections.campaigns.making.draft import Draft, read_draft
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import Refused
from services.dashboard.web.visit import Visit

PATH: Final = "/campaigns/try"


def trial_part(draft: Draft, names: Mapping[str, str]) -> Node:
    """Asks for a cart, and has the place for what comes of it."""
    return section("#try.group-box.try", aria_label="Try with a cart")[
        p(".muted")["See what it would give, before anything is made. Nothing is recorded."],
        div(".fields")[
            field_text(
                "try_amount",
                "Amount of the cart",
                draft["try_amount"] or "100",
                inputmode="decimal",
                autocomplete="off",
            ),
            field_text(
                "try_quantity",
                "Units of a product",
                draft["try_quantity"] or "1",
                inputmode="numeric",
                autocomplete="off",
            ),
        ],
        field_lookup(
            "try_product", "Product in it", "product", chosen(names, draft["try_product"])
        ),
        field_lookup("try_customer", "Customer", "customer", chosen(names, draft["try_customer"])),
        div(".acts-bar")[
            button(
                "#try-button.btn",
                {
                    "hx-post": PATH,
                    "hx-target": "#try-result",
                    "hx-swap": "innerHTML",
                    "hx-include": "closest form",
                    "hx-push-url": "false",
                },
                type="button",
            )[icon("play", 14), "Try with this cart"]
        ],
        div("#try-result", aria_live="polite"),
    ]


def cart_of(draft: Draft) -> dict[str, Any]:
    """The cart that was filled in."""
    amount = read_minor(draft["try_amount"]) or 0
    order: dict[str, Any] = {"amount": amount}
    if draft["try_product"]:
        count = read_whole(draft["try_quantity"]) or 1
        item = {"product_id": draft["try_product"], "quantity": count, "amount": amount}
        order["items"] = [item]
    cart: dict[str, Any] = {"order": order}
    if draft["try_customer"]:
        cart["customer"] = {"id": draft["try_customer"]}
    return cart


async def try_draft(visit: Visit) -> Response:
    """Tries what the form says."""
    draft = read_draft(await visit.form())
    made = new_campaign(draft, visit.show)
    made.errors.pop("name", None)
    made.errors.pop("code", None)
    if made.errors:
        said = "; ".join(made.errors.values())
        return answer_node(notice("warn", f"Not complete yet. {said}."))
    body = {"campaign": made.body | {"name": draft["name"] or "Trial"}, "cart": cart_of(draft)}
    try:
        answer = await visit.api.post("/v1/campaigns/try", body)
    except Refused as fault:
        return answer_node(notice("bad", fault.sentence))
    return answer_node(trial_result(answer, visit.show))


def trial_result(answer: Any, show: Show) -> Node:
    """What came of it: each voucher or tier, what it takes, or why not."""
    return ul(".stackview")[(_one(each, show) for each in answer.get("redeemables") or [])]


def _one(each: Any, show: Show) -> Node:
    is_good = each.get("status") == "APPLICABLE"
    result = each.get("result") or {}
    order = each.get("order") or {}
    off = order.get("total_applied_discount_amount", order.get("total_discount_amount"))
    error = result.get("error") or {}
    why = result.get("details") or error.get("details") or error.get("message") or error.get("key")
    name = each.get("name") or ("One code of it" if each.get("object") == "voucher" else "Tier")
    return li(class_=None if is_good else "skipped")[
        badge("Applies", "good") if is_good else badge("Does not apply", "bad"),
        span[name],
        b[f"{show.money(off)} off"] if is_good else None,
        small[
            f"{show.money(order.get('total_amount'))} is left to pay"
            if is_good and order
            else str(why or "")
        ],
    ]
