"""What feeds show of referrals and prizes."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.prizes_shown import referred_data, rewarded_data
from engine.answers.told import Told
from schemas.prizes import CustomerRewarded
from schemas.referrals import CustomerReferred


def _referred(event: CustomerReferred) -> Iterable[Told]:
    return (Told(event.referral.customer_id, "customer.referred", referred_data(event)),)


def _rewarded(event: CustomerRewarded) -> Iterable[Told]:
    """By its own name where it is points."""
    customer_id, voucher = event.given.customer_id, event.voucher
    yield Told(customer_id, "customer.rewarded", rewarded_data(event), voucher)
    if voucher.loyalty_card is not None and event.amount:
        name = "customer.rewarded.loyalty_points"
        yield Told(customer_id, name, rewarded_data(event), voucher)


#: What each event tells.
TELLS: Final[Mapping[type[Any], Callable[[Any], Iterable[Told]]]] = MappingProxyType(
    {
        CustomerReferred: _referred,
        CustomerRewarded: _rewarded,
    }
)
