"""What files of exports can hold: the columns of each kind of thing, those of the default first.

The table of `docs/services/audit.md`; a test holds it to what the service knows.
"""

from typing import Final, NamedTuple


class Exported(NamedTuple):
    """A kind of thing that files are made of."""

    label: str
    #: Columns without any being chosen.
    default: tuple[str, ...]
    others: tuple[str, ...]
    orders: tuple[str, ...]
    #: Whether `metadata.KEY` is a column, too.
    has_metadata: bool


EXPORTED: Final = {
    "voucher": Exported(
        "Vouchers",
        ("code", "voucher_type", "value", "discount_type"),
        (
            "campaign",
            "category",
            "start_date",
            "expiration_date",
            "active",
            "metadata",
            "id",
            "is_referral_code",
            "created_at",
            "updated_at",
            "validity_day_of_week",
            "campaign_id",
            "additional_info",
            "formula",
            "discount_amount_limit",
            "discount_effect",
            "discount_unit_type",
            "discount_unit_effect",
            "gift_balance",
            "loyalty_balance",
            "redemption_quantity",
            "redemption_count",
            "qr_code",
            "bar_code",
            "validity_timeframe_interval",
            "validity_timeframe_duration",
            "validation_rules_id",
            "customer_id",
            "customer_source_id",
        ),
        ("created_at", "updated_at", "code"),
        True,
    ),
    "redemption": Exported(
        "Redemptions",
        ("id", "object", "voucher_code", "customer_id", "date", "result"),
        (
            "tracking_id",
            "failure_code",
            "failure_message",
            "metadata",
            "campaign",
            "promotion_tier_id",
            "customer_source_id",
            "customer_name",
            "order_id",
            "order_amount",
            "gift_amount",
            "loyalty_points",
            "user_id",
        ),
        ("created_at", "id", "voucher_code", "tracking_id", "customer_id"),
        True,
    ),
    "customer": Exported(
        "Customers",
        ("name", "source_id"),
        (
            "id",
            "description",
            "email",
            "created_at",
            "updated_at",
            "phone",
            "birthday",
            "birthdate",
            "metadata",
            "address_city",
            "address_state",
            "address_line_1",
            "address_line_2",
            "address_country",
            "address_postal_code",
            "redemptions_total_redeemed",
            "redemptions_total_failed",
            "redemptions_total_succeeded",
            "redemptions_total_rolled_back",
            "redemptions_total_rollback_failed",
            "redemptions_total_rollback_succeeded",
            "orders_total_amount",
            "orders_total_count",
            "orders_average_amount",
            "orders_last_order_amount",
            "orders_last_order_date",
            "loyalty_points",
            "loyalty_referred_customers",
        ),
        ("created_at", "updated_at", "source_id", "id", "name", "email"),
        True,
    ),
    "publication": Exported(
        "Publications",
        ("voucher_code", "customer_id", "date", "channel"),
        ("campaign", "is_winner", "metadata", "customer_source_id"),
        ("created_at", "id", "voucher_code", "tracking_id", "customer_id", "channel"),
        True,
    ),
    "order": Exported(
        "Orders",
        ("id", "source_id", "status"),
        (
            "created_at",
            "updated_at",
            "amount",
            "discount_amount",
            "items_discount_amount",
            "total_discount_amount",
            "total_amount",
            "customer_id",
            "metadata",
            "referrer_id",
        ),
        ("created_at", "updated_at", "status"),
        True,
    ),
    "voucher_transactions": Exported(
        "Transactions of cards",
        ("id", "type", "source_id", "reason", "balance", "amount", "created_at"),
        ("campaign_id", "voucher_id", "source", "related_transaction_id", "details"),
        ("created_at",),
        False,
    ),
    "product": Exported(
        "Products",
        ("id", "source_id", "name", "price"),
        ("attributes", "image_url", "metadata", "created_at", "updated_at"),
        ("created_at", "updated_at"),
        True,
    ),
    "sku": Exported(
        "SKUs",
        ("id", "source_id", "sku", "product_id", "price"),
        ("currency", "attributes", "image_url", "metadata", "created_at", "updated_at"),
        ("created_at", "updated_at"),
        True,
    ),
}
