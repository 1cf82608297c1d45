"""How a redemption is told in one line: what was redeemed, by whom, what became of it."""

from htpy import Node

from services.dashboard.parts.facts import badge
from services.dashboard.parts.show import NOTHING, Row, Show, first_of


def redeemable_name(row: Row) -> str:
    """What was redeemed: a code, the name of a tier, or what was asked for."""
    voucher, tier = row.get("voucher") or {}, row.get("promotion_tier") or {}
    return (
        first_of(
            {
                "code": voucher.get("code"),
                "name": tier.get("name"),
                "id": row.get("related_object_id"),
            },
            "code",
            "name",
            "id",
        )
        if (voucher or tier or row.get("related_object_id"))
        else f"Stack {row['id']}"
    )


def campaign_name(row: Row) -> str:
    """The campaign of the voucher or of the tier."""
    tier = row.get("promotion_tier") or {}
    named = (row.get("voucher") or {}).get("campaign") or (tier.get("campaign") or {}).get("name")
    return str(named or NOTHING)


def redemption_badge(row: Row) -> Node:
    """What became of it."""
    if row.get("object") == "redemption_rollback":
        return (
            badge("Rollback", "violet")
            if row.get("result") == "SUCCESS"
            else badge("Rollback refused", "bad")
        )
    if row.get("status") == "ROLLED_BACK":
        return badge("Rolled back", "violet")
    return badge("Succeeded", "good") if row.get("result") == "SUCCESS" else badge("Refused", "bad")


def customer_name(row: Row) -> str:
    """How a customer is called, as far as that is known."""
    return first_of(row.get("customer"), "name", "source_id", "email", "id")


def show_discount(row: Row, show: Show) -> str:
    """What was taken off."""
    order = row.get("order") or {}
    return show.money(
        order.get("total_applied_discount_amount", order.get("total_discount_amount"))
    )


def caller_of(row: Row) -> str:
    """The id of the user or key that redeemed; empty where it was neither."""
    return str((row.get("channel") or {}).get("channel_id") or "")
