"""What webhooks and feeds show of prizes and referrals. Source: the contract's EventCustomerRewarded and EventCustomerReferred."""

from typing import Final

from engine.customers.body import gone_customer_body
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from schemas.prizes import CustomerRewarded
from schemas.referrals import CustomerReferred

#: What converts, but for a custom event, which has a name.
_CONVERSIONS: Final = {
    "redemption": "redemption.succeeded",
    "segment": "customer.segment.entered",
}


def rewarded_data(event: CustomerRewarded) -> Body:
    """What was given, for what; nothing that identifies anybody."""
    voucher, occasion = event.voucher, event.occasion
    data: Body = {
        "campaign": {"id": occasion.campaign_id, "object": "campaign"},
        "voucher": {
            "id": voucher.id,
            "code": voucher.code,
            "type": voucher.type,
            "campaign_id": voucher.campaign_id,
            "created_at": iso(voucher.created_at),
            "object": "voucher",
        },
        "balance": None,
    }
    if event.amount:
        name = "amount" if voucher.loyalty_card is None else "points"
        data["balance"] = {name: event.amount}
    if occasion.tier_id is not None:
        data["referral_tier"] = {"id": occasion.tier_id, "campaign_id": occasion.campaign_id}
    if event.redemption_id is not None:
        data["redemption"] = {"id": event.redemption_id, "object": "redemption"}
    elif event.custom_event_id is not None:
        data["event_id"] = event.custom_event_id
    return data


def referred_data(event: CustomerReferred) -> Body:
    """By whom somebody came, with which code, and what that was.

    The contract wants an event whatever it was.
    """
    referral = event.referral
    named = {"id": referral.related_object_id}
    kind = referral.related_object_type
    customer = gone_customer_body(referral.customer_id)
    data: Body = {
        "referrer": gone_customer_body(referral.referrer_id),
        "campaign": {"id": referral.campaign_id, "object": "campaign"},
        "voucher": {
            "id": referral.voucher_id,
            "code": referral.code,
            "type": referral.voucher_type,
            "created_at": iso(event.code_created_at),
            "object": "voucher",
        },
        "custom_event": {
            "object": "event",
            "type": event.event_name or _CONVERSIONS.get(kind or "", ""),
            "customer": customer,
            "referral": {"code": referral.code, "referrer_id": referral.referrer_id},
            "loyalty": {},
        },
    }
    if kind == "event":
        data["custom_event"] |= named
    if kind == "redemption":
        data["redemption"] = named | {"object": "redemption"}
    return data
