"""The cart and the codes of a redemption, asked once more as a validation."""

import asyncio
from typing import Any, Final

from htpy import Node
from starlette.responses import Response

from services.dashboard.parts.reasons import reason_box
from services.dashboard.parts.show import Row
from services.dashboard.sections.redemptions.naming import members_of, redeemable_name, stack_of
from services.dashboard.sections.trying import answer_validation, repeat_block
from services.dashboard.web.answers import answer_node
from services.dashboard.web.visit import Visit, escape_segment

#: Members of a line of an order that say what is bought.
_LINE: Final = ("product_id", "sku_id", "source_id", "related_object", "price", "metadata")
#: What describes a product that the shop did not tell of before.
_DESCRIBED: Final = ("name", "price", "metadata")


def can_repeat(row: Row) -> bool:
    """Whether it says what was redeemed, or was to be: a rollback does not."""
    return row.get("object") == "redemption" and bool(redeemable_of(row) or stack_of(row))


def repeat_part(row: Row) -> Node:
    """The way to ask it."""
    together = " with all that was redeemed together" if stack_of(row) else ""
    return repeat_block(
        "Would it work now?",
        f"/redemptions/{row['id']}/repeat",
        f"Asks for the same cart{together} once more, as of now. Nothing is redeemed or held.",
    )


async def repeat(visit: Visit) -> Response:
    """Validates the same as of now, and tells what would be taken off, or why not."""
    row = await _redemption(visit, visit.path("id"))
    stack = stack_of(row)
    whole = await _redemption(visit, stack) if stack not in ("", row["id"]) else row
    parts = await asyncio.gather(*(_redemption(visit, each) for each in members_of(whole)))
    asked = [*parts] or [whole]
    body = repeated_body(whole, asked)
    if not body["redeemables"]:
        said = "What was redeemed is not there any more, so it cannot be asked again."
        return answer_node(reason_box(None, visit.show, key="", message=said))
    names = {
        str(named["id"]): redeemable_name(each) for each in asked if (named := redeemable_of(each))
    }
    return await answer_validation(visit, body, names)


async def _redemption(visit: Visit, redemption_id: str) -> Row:
    found: Row = await visit.api.get(f"/v1/redemptions/{escape_segment(redemption_id)}")
    return found


def repeated_body(whole: Row, parts: list[Row]) -> dict[str, Any]:
    """The body of `POST /v1/validations` that asks for what these redemptions asked for."""
    named = (redeemable_of(each) for each in parts)
    body: dict[str, Any] = {"redeemables": [each for each in named if each is not None]}
    customer = whole.get("customer_id") or (whole.get("customer") or {}).get("id")
    if customer:
        body["customer"] = {"id": customer}
    if whole.get("order"):
        body["order"] = cart_of(whole["order"])
    if whole.get("metadata"):
        body["metadata"] = whole["metadata"]
    return body


def redeemable_of(row: Row) -> dict[str, Any] | None:
    """What was redeemed, as a request names it; None: that is not known any more."""
    voucher, tier = row.get("voucher") or {}, row.get("promotion_tier") or {}
    named: dict[str, Any]
    if voucher.get("code"):
        named = {"object": "voucher", "id": voucher["code"]}
    elif tier.get("id"):
        named = {"object": "promotion_tier", "id": tier["id"]}
    else:
        return None
    reward = row.get("reward") or {}
    return named | ({"reward": {"id": reward["id"]}} if reward.get("id") else {})


def cart_of(order: Row) -> dict[str, Any]:
    """The order as it was before discounts, as a cart: without its id, it is an order of its own."""
    cart: dict[str, Any] = {}
    lines = [_line(each) for each in order.get("items") or [] if each.get("initial_quantity") != 0]
    if lines:
        cart["items"] = lines
    amount = order.get("initial_amount", order.get("amount"))
    if amount is not None:
        cart["amount"] = amount
    if order.get("metadata"):
        cart["metadata"] = order["metadata"]
    return cart


def _line(item: Row) -> dict[str, Any]:
    line = {name: item[name] for name in _LINE if _is_said(item.get(name))}
    for name in ("quantity", "amount"):
        value = item.get(f"initial_{name}", item.get(name))
        if value is not None:
            line[name] = value
    for name in ("product", "sku"):
        told = item.get(name) or {}
        described = {each: told[each] for each in _DESCRIBED if _is_said(told.get(each))}
        if described and not item.get(f"{name}_id"):
            line[name] = described
    return line


def _is_said(value: Any) -> bool:
    """Whether a member says something: a price of 0 does, else that of the catalogue would hold."""
    return value not in (None, "", {})
