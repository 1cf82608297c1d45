"""Whether two customers are one person, as far as what they say of themselves tells.

It is asked while something is decided, of what both are known by then; nothing of it is kept.
"""

from typing import Literal

from engine.kernel import tables
from engine.kernel.state import View
from schemas.customers import Customer
from schemas.errors import Refusal, refuse
from schemas.vouchers import Voucher

Sameness = Literal["customer", "email", "phone"]


def same_person(one: Customer, other: Customer) -> Sameness | None:
    """By what the two are the same; None: they are not, or one of them is forgotten."""
    if one.id == other.id:
        return "customer"
    first, second = one.personal.data, other.personal.data
    if first is None or second is None:
        return None
    if _said_alike(_email(first.email), _email(second.email)):
        return "email"
    return "phone" if _said_alike(_phone(first.phone), _phone(second.phone)) else None


def same_as_referrer(
    view: View, voucher: Voucher | None, customer: Customer | None
) -> Sameness | None:
    """By what the customer is who holds the referral code; None: somebody else, or no such code."""
    if voucher is None or not voucher.is_referral_code or customer is None:
        return None
    if voucher.holder_id is None:
        return None
    if voucher.holder_id == customer.id:
        return "customer"
    referrer = view.get(tables.CUSTOMERS, voucher.holder_id)
    return None if referrer is None else same_person(referrer, customer)


def self_referral(view: View, voucher: Voucher, customer: Customer) -> Refusal | None:
    """The refusal of a customer who would come by the own code."""
    same = same_as_referrer(view, voucher, customer)
    if same is None:
        return None
    return refuse(
        "referrer_not_permitted_to_redeem",
        voucher.code,
        explanation={"rule": "referrer", "same": same},
    )


def _said_alike(one: str, other: str) -> bool:
    return bool(one) and one == other


def _email(text: str | None) -> str:
    return (text or "").strip().lower()


def _phone(text: str | None) -> str:
    """The digits: however they are grouped, and with `00` for `+`."""
    digits = "".join(each for each in text or "" if each.isdecimal())
    return digits.removeprefix("00")
