"""The columns of files: what each reads from an object as the API shows it.

Amounts are in minor units, times in UTC, as everywhere in the API.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.kernel.encode import Body

#: What stands in a cell: a text, a number, a flag, a list, an object, or nothing.
Column = Callable[[Body], Any]


def _at(*path: str) -> Column:
    """The value at the end of a path; None where the path ends before."""

    def read(body: Body) -> Any:
        found: Any = body
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    return read


def _plain(names: str) -> dict[str, Column]:
    return {name: _at(name) for name in names.split()}


def _within(names: str, *path: str) -> dict[str, Column]:
    """Columns that are called after the last of a path, with a member of it behind that."""
    prefix = f"{path[-1]}_"
    return {name: _at(*path, name.removeprefix(prefix)) for name in names.split()}


def _booked(body: Body) -> Any:
    """What a transaction added, or took off: credits or points."""
    balance = body["details"]["balance"]
    return balance.get("amount", balance.get("points"))


def _value(body: Body) -> Any:
    """What a voucher is worth: what it takes off, or what was loaded."""
    discount = body.get("discount") or {}
    for name in ("percent_off", "amount_off", "unit_off", "fixed_amount"):
        if name in discount:
            return discount[name]
    gift, card = body.get("gift") or {}, body.get("loyalty_card") or {}
    return gift.get("amount", card.get("points"))


def _formula(body: Body) -> Any:
    discount = body.get("discount") or {}
    return next((value for name, value in discount.items() if name.endswith("_formula")), None)


def _effect(*, of_units: bool) -> Column:
    def read(body: Body) -> Any:
        discount = body.get("discount") or {}
        return discount.get("effect") if (discount.get("type") == "UNIT") == of_units else None

    return read


def _rule_ids(body: Body) -> Any:
    listed = body.get("validation_rules_assignments") or {}
    return ",".join(each["rule_id"] for each in listed.get("data", ())) or None


def _codes(body: Body) -> Any:
    if "voucher" in body:
        return body["voucher"]["code"]
    return ",".join(body.get("vouchers", ()))


def _user_id(body: Body) -> Any:
    """Who redeemed, where a person did and no key."""
    channel = body.get("channel") or {}
    return channel.get("channel_id") if channel.get("channel_type") == "USER" else None


VOUCHER_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        **_plain(
            "code campaign category start_date expiration_date active metadata id "
            "is_referral_code created_at updated_at validity_day_of_week campaign_id "
            "additional_info"
        ),
        "voucher_type": _at("type"),
        "value": _value,
        "formula": _formula,
        "discount_type": _at("discount", "type"),
        "discount_amount_limit": _at("discount", "amount_limit"),
        "discount_effect": _effect(of_units=False),
        "discount_unit_type": _at("discount", "unit_type"),
        "discount_unit_effect": _effect(of_units=True),
        "gift_balance": _at("gift", "balance"),
        "loyalty_balance": _at("loyalty_card", "balance"),
        "redemption_quantity": _at("redemption", "quantity"),
        "redemption_count": _at("redemption", "redeemed_quantity"),
        "qr_code": _at("assets", "qr", "url"),
        "bar_code": _at("assets", "barcode", "url"),
        "validity_timeframe_interval": _at("validity_timeframe", "interval"),
        "validity_timeframe_duration": _at("validity_timeframe", "duration"),
        "validation_rules_id": _rule_ids,
        "customer_id": _at("holder_id"),
        "customer_source_id": _at("customer", "source_id"),
    }
)
REDEMPTION_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        **_plain(
            "id object date customer_id tracking_id result failure_code failure_message metadata"
        ),
        "voucher_code": _at("voucher", "code"),
        "campaign": _at("voucher", "campaign"),
        "promotion_tier_id": _at("promotion_tier", "id"),
        "customer_source_id": _at("customer", "source_id"),
        "customer_name": _at("customer", "name"),
        "order_id": _at("order", "id"),
        "order_amount": _at("order", "amount"),
        "gift_amount": _at("gift", "amount"),
        "loyalty_points": _at("loyalty_card", "points"),
        "user_id": _user_id,
    }
)
CUSTOMER_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        **_plain(
            "name id description email source_id created_at updated_at phone birthday birthdate "
            "metadata"
        ),
        **_within(
            "address_city address_state address_line_1 address_line_2 address_country "
            "address_postal_code",
            "address",
        ),
        **_within(
            "redemptions_total_redeemed redemptions_total_failed redemptions_total_succeeded "
            "redemptions_total_rolled_back redemptions_total_rollback_failed "
            "redemptions_total_rollback_succeeded",
            "summary",
            "redemptions",
        ),
        **_within(
            "orders_total_amount orders_total_count orders_average_amount "
            "orders_last_order_amount orders_last_order_date",
            "summary",
            "orders",
        ),
        "loyalty_points": _at("loyalty", "points"),
        "loyalty_referred_customers": _at("loyalty", "referred_customers"),
    }
)
PUBLICATION_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        **_plain("customer_id channel campaign is_winner metadata"),
        "voucher_code": _codes,
        "customer_source_id": _at("customer", "source_id"),
        "date": _at("created_at"),
    }
)
ORDER_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        **_plain(
            "id source_id created_at updated_at status amount discount_amount "
            "items_discount_amount total_discount_amount total_amount customer_id metadata"
        ),
        "referrer_id": _at("referrer_id"),
    }
)
POINTS_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    _plain("id campaign_id voucher_id points status expires_at")
)
TRANSACTION_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        **_plain(
            "id campaign_id voucher_id type source_id reason source related_transaction_id "
            "created_at details"
        ),
        "balance": _at("details", "balance", "balance"),
        "amount": _booked,
    }
)
PRODUCT_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    _plain("id source_id name price attributes image_url metadata created_at updated_at")
)
SKU_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    _plain(
        "id source_id product_id sku price currency attributes image_url metadata created_at "
        "updated_at"
    )
)
