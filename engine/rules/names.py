"""The names that conditions can be about: to each a small function to its value, and its refusal.

`PLAIN` are about the request, `OF_LINE` about a line of the order, `CHOOSING` choose lines, about
which their nested rules are. A name of a line that stands alone is about any line.

Source of the names: the API contract, section 7. `redemption.date` is added: the time of the
request, for operators that ask for days and hours.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from engine.formulas.operands import cheapest_line, most_expensive_line, property_of
from engine.kernel.calendar import iso
from engine.pricing.basket import Line
from engine.rules import budgets
from engine.rules.facts import Facts
from engine.rules.name_kinds import Choosing, Chosen, OfLine, Plain, RefusalKey
from schemas.tallies import Period

_ORDER: Final[RefusalKey] = "order_rules_violated"
_CUSTOMER: Final[RefusalKey] = "customer_rules_violated"
_REDEMPTION: Final[RefusalKey] = "redemption_rules_violated"


# --- the order


def _order_amount(facts: Facts, _: str | None) -> int | None:
    """The amount before discounts."""
    return facts.basket.amount


def _order_total_amount(facts: Facts, _: str | None) -> int | None:
    """What is left to pay after those before it."""
    return facts.basket.left


def _order_initial_amount(facts: Facts, _: str | None) -> int | None:
    """The amount as the request had it, before redeemables added items."""
    return facts.basket.initial.initial_amount


def _order_items_count(facts: Facts, _: str | None) -> int:
    """How many lines it has."""
    return len(facts.lines)


def _order_metadata(facts: Facts, name: str | None) -> Any:
    return property_of(facts.basket.initial.metadata, name or "")


def _order_items_price(facts: Facts, _: str | None) -> list[int | None]:
    """The unit price of each line."""
    return [line.price for line in facts.lines]


def _order_items_metadata(facts: Facts, name: str | None) -> list[Any]:
    """A property of each line."""
    return [property_of(line.item.metadata, name or "") for line in facts.lines]


# --- the customer


def _customer_segment(_: Facts, __: str | None) -> None:
    """Asked of each segment that a condition names (engine/rules/compile.py)."""


def _customer_metadata(facts: Facts, name: str | None) -> Any:
    return property_of(facts.customer_metadata, name or "")


# --- the redemption


def _redemption_metadata(facts: Facts, name: str | None) -> Any:
    return property_of(facts.redemption_metadata, name or "")


def _custom_event_metadata(facts: Facts, name: str | None) -> Any:
    return property_of(facts.event_metadata, name or "")


def _redemption_api_key(facts: Facts, _: str | None) -> str | None:
    """The public id of the key."""
    return facts.key_id or None if facts.user is None else None


def _redemption_user_login(facts: Facts, _: str | None) -> str | None:
    """The address by which the user signs in."""
    return facts.user or None


def _redemption_date(facts: Facts, _: str | None) -> str:
    """The time of the request."""
    return iso(facts.now)


def _redemption_gift_amount(facts: Facts, _: str | None) -> int | None:
    """The credits that it takes."""
    return None if facts.taken is None else facts.taken.credits


def _redemption_points_used(facts: Facts, _: str | None) -> int | None:
    """The points that it takes."""
    return None if facts.taken is None else facts.taken.points


def _linked_customer(facts: Facts, _: str | None) -> bool:
    """Whether the customer is the one whom the voucher was given to."""
    holder = None if facts.voucher is None else facts.voucher.holder_id
    return facts.customer is not None and holder == facts.customer.id


# --- lines


def _quantity(_: Facts, chosen: Chosen, __: str | None) -> int:
    """The line's units."""
    return chosen.line.quantity


def _price(_: Facts, chosen: Chosen, __: str | None) -> int | None:
    """The line's unit price."""
    return chosen.line.price


def _metadata(_: Facts, chosen: Chosen, name: str | None) -> Any:
    return property_of(chosen.line.item.metadata, name or "")


def _aggregated_quantity(_: Facts, chosen: Chosen, __: str | None) -> int:
    """The units of all chosen lines."""
    return sum(line.quantity for line in chosen.lines)


def _aggregated_amount(_: Facts, chosen: Chosen, __: str | None) -> int:
    """The amount of all chosen lines before discounts."""
    return sum(line.amount or 0 for line in chosen.lines)


def _match_all(facts: Facts, chosen: Chosen, _: str | None) -> bool:
    """Whether every line of the order was chosen."""
    return len(chosen.lines) == len(facts.lines)


def _discount_applicable(_: Facts, __: Chosen, ___: str | None) -> bool:
    """Says that the discount is for the chosen lines (engine/rules/items.py); always met."""
    return True


def _product_id(facts: Facts, line: Line, _: str | None) -> Sequence[str]:
    """What the line's product goes by."""
    return facts.products(line)


def _sku_id(facts: Facts, line: Line, _: str | None) -> Sequence[str]:
    """What the line's SKU goes by."""
    return facts.skus(line)


def _product_metadata(facts: Facts, line: Line, name: str | None) -> Any:
    return property_of(facts.product_metadata(line), name or "")


_PERIODS: Final[Mapping[str, Period]] = {
    ".daily": "daily",
    ".weekly": "weekly",
    ".monthly": "monthly",
}
_EVER: Final[Mapping[str, Period | None]] = {"": None, **_PERIODS}

PLAIN: Final[Mapping[str, Plain]] = MappingProxyType(
    {
        "customer.segment": Plain("segment", _CUSTOMER, _customer_segment, needs="customer"),
        "customer.metadata": Plain(
            "any", _CUSTOMER, _customer_metadata, property=True, needs="customer", personal=True
        ),
        "order.amount": Plain("number", _ORDER, _order_amount),
        "order.total_amount": Plain("number", _ORDER, _order_total_amount),
        "order.initial_amount": Plain("number", _ORDER, _order_initial_amount),
        "order.metadata": Plain("any", _ORDER, _order_metadata, property=True),
        "order.items.count": Plain("number", _ORDER, _order_items_count),
        "order.items.price_any": Plain("number", _ORDER, _order_items_price, quantifier="any"),
        "order.items.price_each": Plain("number", _ORDER, _order_items_price, quantifier="each"),
        "order.items.metadata_any": Plain(
            "any", _ORDER, _order_items_metadata, property=True, quantifier="any"
        ),
        "order.items.metadata_each": Plain(
            "any", _ORDER, _order_items_metadata, property=True, quantifier="each"
        ),
        "campaign.orders.amount": Plain("number", _REDEMPTION, budgets.orders_amount),
        "campaign.orders.amount_discounted": Plain(
            "number", _REDEMPTION, budgets.orders_amount_discounted, needs="taken"
        ),
        **{
            f"campaign.redemptions.count{end}": Plain(
                "number", _REDEMPTION, budgets.redemption_count(budgets.campaign_scope, period)
            )
            for end, period in _EVER.items()
        },
        **{
            f"campaign.redemptions.customers_count{end}": Plain(
                "number", _REDEMPTION, budgets.customer_count(period)
            )
            for end, period in _EVER.items()
        },
        **{
            f"redemption.count{end}": Plain(
                "number", _REDEMPTION, budgets.redemption_count(budgets.own_scope, period)
            )
            for end, period in _PERIODS.items()
        },
        **{
            f"redemption.count.per_customer{end}": Plain(
                "number",
                _REDEMPTION,
                budgets.redemption_count_of("customer", period),
                needs="customer",
            )
            for end, period in _EVER.items()
        },
        **{
            f"redemption.count.per_api_key{end}": Plain(
                "number", _REDEMPTION, budgets.redemption_count_of("key", period)
            )
            for end, period in _EVER.items()
        },
        **{
            f"redemption.count.per_user{end}": Plain(
                "number", _REDEMPTION, budgets.redemption_count_of("user", period)
            )
            for end, period in _EVER.items()
        },
        "redemption.gift.amount": Plain(
            "number", _REDEMPTION, _redemption_gift_amount, needs="taken"
        ),
        "redemption.reward.pay_with_points.points_used": Plain(
            "number", _REDEMPTION, _redemption_points_used, needs="taken"
        ),
        "redemption.metadata": Plain("any", _REDEMPTION, _redemption_metadata, property=True),
        "redemption.api_key": Plain("text", _REDEMPTION, _redemption_api_key),
        "redemption.user.login": Plain("text", _REDEMPTION, _redemption_user_login),
        "redemption.date": Plain("date", _REDEMPTION, _redemption_date),
        "publication.redeemable_by_linked_customer": Plain(
            "flag", _REDEMPTION, _linked_customer, needs="customer"
        ),
        "custom_event.metadata": Plain("any", _REDEMPTION, _custom_event_metadata, property=True),
    }
)
OF_LINE: Final[Mapping[str, OfLine]] = MappingProxyType(
    {
        "order.items.quantity": OfLine("number", _quantity),
        "order.items.price": OfLine("number", _price),
        "order.items.metadata": OfLine("any", _metadata, property=True),
        "order.items.aggregated_quantity": OfLine("number", _aggregated_quantity),
        "order.items.aggregated_amount": OfLine("number", _aggregated_amount),
        "product.price": OfLine("number", _price),
        "product.quantity": OfLine("number", _quantity),
        "product.discount_applicable": OfLine("flag", _discount_applicable),
        "product.metadata.aggregated_quantity": OfLine("number", _aggregated_quantity),
        "product.metadata.aggregated_amount": OfLine("number", _aggregated_amount),
        "product.metadata.discount_applicable": OfLine("flag", _discount_applicable),
        "product.metadata.match_all": OfLine("flag", _match_all),
        "sku.price": OfLine("number", _price),
        "sku.quantity": OfLine("number", _quantity),
        "sku.discount_applicable": OfLine("flag", _discount_applicable),
    }
)
CHOOSING: Final[Mapping[str, Choosing]] = MappingProxyType(
    {
        "order.items.any": Choosing("items", None),
        "order.items.every": Choosing("items", None, "every"),
        "order.items.none": Choosing("items", None, "none"),
        "order.items.cheapest": Choosing("items", None, among=cheapest_line),
        "order.items.most_expensive": Choosing("items", None, among=most_expensive_line),
        "product.id": Choosing("list", _product_id, said="product_id"),
        "sku.id": Choosing("list", _sku_id, said="sku_id"),
        "product.metadata": Choosing("any", _product_metadata, property=True),
    }
)
_LEGACY: Final[Mapping[str, str]] = MappingProxyType(
    {name.replace(".", "_"): name for table in (PLAIN, OF_LINE, CHOOSING) for name in table}
)


def find_name(name: str) -> Plain | OfLine | Choosing | None:
    """What a name stands for; None: there is no such name."""
    name = dotted_name(name)
    return PLAIN.get(name) or OF_LINE.get(name) or CHOOSING.get(name)


def dotted_name(name: str) -> str:
    """The name as it is written now: `customer_segment` is `customer.segment`."""
    return _LEGACY.get(name, name)


def refusal_key(name: str) -> RefusalKey:
    """Which refusal a rule of that name leads to; whatever is about items is about the order."""
    plain = PLAIN.get(dotted_name(name))
    return _ORDER if plain is None else plain.refusal
