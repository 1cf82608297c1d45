"""What the form of a reward shows of one, and the body that it makes of what was typed."""

from collections.abc import Mapping
from typing import Any

from services.dashboard.lists.resource import Row
from services.dashboard.parts.numbers import read_count
from services.dashboard.parts.show import read_minor, write_minor
from services.dashboard.sections.rewards.naming import TYPES, parameters_of
from services.dashboard.sections.rewards.rates import plain_rate, read_rate, write_rate
from services.dashboard.sections.saving import change_metadata, read_lines, show_metadata


def values_of_reward(row: Row) -> dict[str, str]:
    """What the form shows of one that there is."""
    told = parameters_of(row)
    coin, campaign, product = (told.get(each) or {} for each in ("coin", "campaign", "product"))
    attributes = row.get("attributes") or {}
    is_points = campaign.get("type") == "LOYALTY_PROGRAM"
    balance = campaign.get("balance")
    item = f"sku:{product['sku_id']}" if product.get("sku_id") else f"product:{product.get('id')}"
    stock = row.get("stock")
    return {
        "type": str(row.get("type") or "COIN"),
        "name": str(row.get("name") or ""),
        "pays": write_rate(coin),
        "points_ratio": str(coin.get("points_ratio") or ""),
        "campaign": str(campaign.get("id") or ""),
        "campaign_type": str(campaign.get("type") or ""),
        "balance": (str(balance) if is_points else write_minor(balance)) if balance else "",
        "item": item if product else "",
        "product": str(product.get("id") or ""),
        "stock": "" if stock is None else str(stock),
        "stock_before": "" if stock is None else str(stock),
        "description": str(attributes.get("description") or ""),
        "image_url": str(attributes.get("image_url") or ""),
        "metadata": show_metadata(row.get("metadata")),
    }


def read_reward(
    values: Mapping[str, str], old: Row | None, campaign_type: str, errors: dict[str, str]
) -> dict[str, Any]:
    """The body of a new reward, or of a change; what is wrong goes into `errors`."""
    kind = values["type"] if values["type"] in dict(TYPES) else "COIN"
    body: dict[str, Any] = {"name": values["name"], "type": kind}
    if not values["name"]:
        errors["name"] = "Give it a name"
    body["parameters"] = _read_parameters(kind, values, campaign_type, errors)
    if kind == "MATERIAL":
        stock = read_count(values["stock"]) if values["stock"] else None
        if values["stock"] and stock is None:
            errors["stock"] = "A whole number, or nothing"
        # what was redeemed while the form was open stays counted, unless another stock was typed
        if old is None or values["stock"] != values.get("stock_before"):
            body["stock"] = stock
    attributes = {name: values[name] for name in ("image_url", "description") if values[name]}
    if attributes or (old is not None and old.get("attributes")):
        body["attributes"] = attributes
    metadata = read_lines(values["metadata"], "metadata", errors)
    body["metadata"] = change_metadata(old.get("metadata") if old else None, metadata)
    return body


def _read_parameters(
    kind: str, values: Mapping[str, str], campaign_type: str, errors: dict[str, str]
) -> dict[str, Any]:
    if kind == "CAMPAIGN":
        return {"campaign": _read_campaign(values, campaign_type, errors)}
    if kind == "MATERIAL":
        what, _, name = values["item"].partition(":")
        if not name:
            errors["item-find"] = "Choose the product or the SKU"
        product = values.get("product") or name
        return {"product": {"id": product, "sku_id": name} if what == "sku" else {"id": name}}
    points, pays = read_count(values["points_ratio"]), read_rate(values["pays"])
    if not points:
        errors["points_ratio"] = "A whole number from 1 on"
    if pays is None:
        errors["pays"] = "An amount, such as 1 or 0.05"
    return {"coin": {"exchange_ratio": plain_rate(pays), "points_ratio": str(points or 1)}}


def _read_campaign(
    values: Mapping[str, str], campaign_type: str, errors: dict[str, str]
) -> dict[str, Any]:
    if not values["campaign"]:
        errors["campaign-find"] = "Choose the campaign"
    told: dict[str, Any] = {"id": values["campaign"]}
    if not values["balance"]:
        return told
    is_points = campaign_type == "LOYALTY_PROGRAM"
    balance = read_count(values["balance"]) if is_points else read_minor(values["balance"])
    if not balance or balance < 0:
        errors["balance"] = "A whole number from 1 on" if is_points else "An amount, such as 12.50"
    elif campaign_type == "DISCOUNT_COUPONS":
        errors["balance"] = "A discount code holds nothing"
    return told | {"balance": balance}
