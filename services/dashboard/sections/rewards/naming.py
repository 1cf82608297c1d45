"""What a reward is, in one line."""

from collections.abc import Iterable, Mapping
from typing import Final

from htpy import Node

from services.dashboard.parts.facts import link
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.rewards.rates import say_points, say_rate
from services.dashboard.sections.vouchers.campaigns import find_campaigns
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

TYPES: Final = (
    ("COIN", "Pay with points"),
    ("CAMPAIGN", "Voucher of a campaign"),
    ("MATERIAL", "Product"),
)
BACK: Final = ("Rewards", "/rewards")
#: What campaigns, products and SKUs are called, by their ids.
Names = Mapping[str, str]


def type_name(row: Row) -> str:
    """What kind of reward it is."""
    kind = str(row.get("type") or "")
    return dict(TYPES).get(kind, kind.capitalize() or NOTHING)


def parameters_of(row: Row) -> Row:
    """What a reward is, as the API tells it."""
    found: Row = row.get("parameters") or {}
    return found


def say_parameters(row: Row, names: Names, show: Show) -> str:
    """What somebody gets for points: `100 points pay €1.00`, `A gift card of Cards with €5.00`."""
    told = parameters_of(row)
    coin, campaign, product = (told.get(each) or {} for each in ("coin", "campaign", "product"))
    if coin:
        return say_rate(coin, show)
    if campaign:
        return _say_campaign(campaign, names, show)
    if product:
        name = names.get(str(product.get("id")), str(product.get("id")))
        sku = product.get("sku_id")
        return f"{name}, {names.get(str(sku), str(sku))}" if sku else name
    return NOTHING


def _say_campaign(campaign: Row, names: Names, show: Show) -> str:
    name = names.get(str(campaign.get("id")), str(campaign.get("id")))
    kind, balance = campaign.get("type"), campaign.get("balance")
    if kind == "GIFT_VOUCHERS":
        return f"A gift card of {name}" + (f" with {show.money(balance)}" if balance else "")
    if kind == "LOYALTY_PROGRAM":
        return f"{say_points(balance, show)} of {name}" if balance else f"A card of {name}"
    return f"A code of {name}"


def say_cost(assignment: Row, show: Show) -> str:
    """What a reward costs in a program."""
    points = ((assignment.get("parameters") or {}).get("loyalty") or {}).get("points")
    return "As many as it pays" if points is None else say_points(points, show)


def say_stock(row: Row, show: Show) -> str:
    """How many there are left; only products have a stock."""
    if row.get("type") != "MATERIAL":
        return NOTHING
    stock = row.get("stock")
    return "Without limit" if stock is None else show.number(stock)


def leads_to(row: Row, names: Names, show: Show) -> Node:
    """The same as a link to the campaign or the product."""
    said, told = say_parameters(row, names, show), parameters_of(row)
    if told.get("campaign"):
        return link(said, f"/campaigns/{escape_segment(str(told['campaign'].get('id')))}")
    if told.get("product"):
        return link(said, f"/products/{escape_segment(str(told['product'].get('id')))}")
    return said


async def find_reward_names(visit: Visit, rows: Iterable[Row]) -> dict[str, str]:
    """What the campaigns, products and SKUs of rewards are called, as far as they may be seen."""
    told = [parameters_of(each) for each in rows]
    found = await find_campaigns(visit, ((each.get("campaign") or {}).get("id") for each in told))
    names = {name: str(row.get("name") or name) for name, row in found.items()}
    products = {str(each["product"].get("id")) for each in told if each.get("product")}
    if products and visit.may("products.read"):
        params = [("limit", "100"), *(("ids", each) for each in sorted(products)[:100])]
        body = await ask_quietly(visit.api.get("/v1/products", params)) or {}
        for row in body.get("products") or []:
            names[str(row["id"])] = str(row.get("name") or row.get("source_id") or row["id"])
            for sku in (row.get("skus") or {}).get("data") or []:
                names[str(sku["id"])] = str(sku.get("sku") or sku.get("source_id") or sku["id"])
    return names
