"""How a redemption is told in one line: what was redeemed, by whom, what became of it."""

from htpy import Node

from services.dashboard.parts.facts import badge
from services.dashboard.parts.show import NOTHING, Row, Show, first_of
from services.dashboard.sections.redemptions.fields import CHANNELS


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


def channel_name(row: Row) -> str:
    """Through which door a validation came, or who holds a session."""
    channel = str(row.get("channel") or NOTHING)
    return dict(CHANNELS).get(channel, channel)


def caller_of(row: Row) -> str:
    """The id of the user or key that redeemed; empty where it was neither."""
    return str((row.get("channel") or {}).get("channel_id") or "")


def stack_of(row: Row) -> str:
    """The id of the stack that a redemption is part of, its own where it stands for the stack.

    Empty: it was redeemed alone.
    """
    if row.get("object") != "redemption":
        return ""
    parent = row.get("redemption")
    return str(row["id"]) if members_of(row) else parent if isinstance(parent, str) else ""


def members_of(row: Row) -> list[str]:
    """The ids of what was redeemed together, of the redemption that stands for all of it."""
    return _related(row, "redemptions")


def rollback_of(row: Row) -> str:
    """The id of the rollback that took a redemption back; empty: none did."""
    return next(iter(_related(row, "rollbacks")), "")


def _related(row: Row, name: str) -> list[str]:
    return [str(each["id"]) for each in (row.get("related_redemptions") or {}).get(name) or []]
