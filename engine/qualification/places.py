"""Where candidates lie, and which offers are some: the newest first.

What cannot be used until it changes (disabled, used up, given to somebody, in the bin) is no
candidate. Vouchers that a campaign generates are none: the campaign stands for them.
"""

from typing import Final

from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.promotions import PromotionStack, PromotionTier
from schemas.qualifications import CandidateKind, RuleKey, Space
from schemas.vouchers import Voucher

Candidate = Voucher | Campaign | PromotionTier | PromotionStack

#: Stands in place of a rule's id.
UNBOUND: Final = "-"
#: The length of the time in a place.
TIME_DIGITS: Final = 15
_TIME_MAX: Final = 10**TIME_DIGITS - 1


def place_of(created_at: Millis, object_id: str) -> str:
    """Where it lies among others: the newest first, of one time by id."""
    return f"{_TIME_MAX - created_at:0{TIME_DIGITS}d}{object_id}"


def time_of_place(place: str) -> Millis:
    """When what lies at the place was created."""
    return _TIME_MAX - int(place[:TIME_DIGITS])


def is_candidate(bound: Candidate) -> bool:
    """Whether it is one that anybody could have now, as far as no time and no rule says otherwise."""
    if isinstance(bound, Voucher):
        return bound.campaign_id is None and bound.holder_id is None and not _is_useless(bound)
    if isinstance(bound, PromotionTier):
        return bound.active
    if isinstance(bound, PromotionStack):
        return True
    template = bound.voucher
    return (
        template is not None
        and (template.discount or template.gift) is not None
        and bound.active
        and bound.deleted_at is None
    )


def _is_useless(voucher: Voucher) -> bool:
    used_up = voucher.quantity is not None and voucher.redeemed_quantity >= voucher.quantity
    card = voucher.gift or voucher.loyalty_card
    return used_up or not voucher.active or (card is not None and not card.balance)


def posting_key(space: Space, kind: CandidateKind, key: RuleKey) -> tuple[str, ...]:
    """The parts of the key of the state under which sets are posted."""
    return space, kind, key.kind, key.subject, key.value
