"""What a customer's activity feed shows of a record: one entry for each thing that happened.

An entry holds no personal data: readers join the customer as it is now, and a redemption's body
from where it is kept; they render the order. Source: the API contract, section 10.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.answers.card_activity import TELLS as CARD_TELLS
from engine.answers.points_activity import TELLS as POINTS_TELLS
from engine.answers.prizes_activity import TELLS as PRIZES_TELLS
from engine.answers.reward_shown import tell_rewarded, tell_taken_back
from engine.answers.tier_activity import tell_tier, tell_tier_change
from engine.answers.told import NOTHING as _NOTHING
from engine.answers.told import Offer
from engine.answers.told import Told as _Told
from engine.kernel.calendar import iso
from engine.kernel.encode import CHANNELS, Body
from engine.kernel.ids import new_id
from engine.orders.order_events import OrderChanging, order_events
from engine.publications.body import publication_row_body
from engine.segments.body import simple_segment_body
from schemas.actions import ACTION_EVENTS
from schemas.bin import BIN_EVENTS
from schemas.campaigns import CAMPAIGN_EVENTS
from schemas.custom_events import CustomEventTracked, EventLoyalty, EventReferral
from schemas.customers import (
    CustomerCreated,
    CustomerDeleted,
    CustomersSummed,
    CustomerUnchanged,
    CustomerUpdated,
)
from schemas.earning import OrderEarningsEnded
from schemas.erasures import ERASURE_EVENTS
from schemas.events import QUIET_EVENTS, SETUP_EVENTS, events_of
from schemas.loyalty_tiers import (
    Standing,
    StandingChanged,
    TierDowngraded,
    TierExpirationChanged,
    TierJoined,
    TierLeft,
    TierProlonged,
    TierUpgraded,
)
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.points import PointsExpiring
from schemas.prizes import RewardTakenBack, RewardWithheld
from schemas.promotion_events import PROMOTION_EVENTS
from schemas.promotions import PromotionTier
from schemas.publications import PublicationFailed, PublicationRepeated, PublicationSucceeded
from schemas.records import Decided
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.referrals import HolderRemoved, HoldersAdded, RefereeAdded, ReferralRevoked
from schemas.segments import (
    SegmentCreated,
    SegmentDeleted,
    SegmentEntered,
    SegmentLeft,
    SegmentUpdated,
)
from schemas.sessions import SESSION_EVENTS
from schemas.voucher_events import VOUCHER_EVENTS
from schemas.vouchers import Voucher

#: How long the digits of a group's id are.
_GROUP_DIGITS: Final = 18


class ActivityEntry(NamedTuple):
    """Something that a customer did, or that happened to one."""

    id: str
    customer_id: str
    type: str
    group_id: str
    #: Of the voucher or tier that it is about; empty for none, or one without a campaign.
    campaign_id: str
    campaign_type: str
    #: The voucher that it is about; empty for none.
    voucher_id: str
    #: The redemption or rollback whose body belongs to it; empty for none.
    redemption_id: str
    #: Its data but for the customer, the redemption and the order.
    data: Body
    order: Order | None
    #: Whence it came (engine/kernel/encode.py).
    channel: str


def activity_entries(record: Decided) -> list[ActivityEntry]:
    """The entries of a record in their order; mostly none, as no customer is concerned."""
    entries: list[ActivityEntry] = []
    group = ""
    for event in record.events:
        tell = TELLS.get(type(event))
        if tell is None:
            continue
        for customer_id, kind, data, offer, redemption_id, entry_id, order in tell(event):
            if customer_id is None:
                continue
            # it is made with the first entry
            group = group or _group(record.command_id)
            campaign_id = (offer and offer.campaign_id) or ""
            entries.append(
                ActivityEntry(
                    entry_id or new_id(record.command_id, "evcus_", len(entries)),
                    customer_id,
                    kind,
                    group,
                    campaign_id,
                    _campaign_type(offer) if campaign_id else "",
                    _voucher_id(offer),
                    redemption_id,
                    data,
                    order,
                    CHANNELS[record.key_kind],
                )
            )
    return entries


def _group(command_id: str) -> str:
    return "group_" + sha256(command_id.encode()).hexdigest()[:_GROUP_DIGITS]


def _voucher_id(offer: Offer | None) -> str:
    if isinstance(offer, Standing):
        return offer.voucher_id
    return offer.id if isinstance(offer, Voucher) else ""


def _campaign_type(offer: Offer | None) -> str:
    if isinstance(offer, Standing):
        return "LOYALTY_PROGRAM"
    if isinstance(offer, PromotionTier):
        return "PROMOTION"
    gift = offer is not None and offer.type == "GIFT_VOUCHER"
    if offer is not None and offer.type == "LOYALTY_CARD":
        return "LOYALTY_PROGRAM"
    return "GIFT_VOUCHERS" if gift else "DISCOUNT_COUPONS"


def _customer(name: str) -> Callable[[Any], Iterable[_Told]]:
    return lambda event: (_Told(event.customer.id, name),)


def _custom_event_tracked(event: CustomEventTracked) -> Iterable[_Told]:
    tracked = event.event
    body = {
        "id": tracked.id,
        "object": "event",
        "type": tracked.name,
        "metadata": tracked.metadata or {},
        "created_at": iso(tracked.created_at),
    }
    data: Body = {
        "event": body,
        "event_schema": {"name": tracked.name},
        "referral": tracked.referral and _referral(tracked.referral),
        "loyalty": tracked.loyalty and _loyalty(tracked.loyalty),
    }
    return (_Told(tracked.customer_id, "customer.custom_event", data, id=tracked.id),)


def _referral(referral: EventReferral) -> Body:
    return {
        "referrer": {"id": referral.referrer_id, "object": "customer"},
        "voucher": {"id": referral.voucher_id, "code": referral.code, "object": "voucher"},
        "campaign": {"id": referral.campaign_id, "object": "campaign"},
    }


def _loyalty(loyalty: EventLoyalty) -> Body:
    return {
        "voucher": {"id": loyalty.voucher_id, "code": loyalty.code, "object": "voucher"},
        "campaign": {"id": loyalty.campaign_id, "object": "campaign"},
    }


def _publication_succeeded(event: PublicationSucceeded | PublicationFailed) -> Iterable[_Told]:
    publication = event.publication
    body = publication_row_body(publication, None)
    failed = publication.failure_code is not None
    voucher = event.vouchers[0] if isinstance(event, PublicationSucceeded) else None
    name = "customer.publication.failed" if failed else "customer.publication.succeeded"
    return (_Told(publication.customer_id, name, {"publication": body}, voucher),)


def _order_changed(event: OrderChanging) -> list[_Told]:
    return [
        _Told(order.customer_id, f"customer.{name}", order=order)
        for name, order in order_events(event)
    ]


def _redemption_succeeded(event: RedemptionSucceeded) -> Iterable[_Told]:
    order = event.evaluation.order
    if event.customer_id is None and (order is None or order.customer_id is None):
        return ()
    redeemed = _redeemed(event, "APPLICABLE", "succeeded")
    return [*redeemed, *tell_rewarded(event), *_order_changed(event)]


def _redemption_failed(event: RedemptionFailed) -> list[_Told]:
    return _redeemed(event, "INAPPLICABLE", "failed")


def _redeemed(
    event: RedemptionSucceeded | RedemptionFailed, status: str, became: str
) -> list[_Told]:
    name = f"customer.redemption.{became}"
    outcomes = [each for each in event.evaluation.outcomes if each.status == status]
    return [
        _Told(event.customer_id, name, _NOTHING, outcome.voucher or outcome.tier, redemption_id)
        for redemption_id, outcome in zip(event.redemption_ids, outcomes, strict=False)
    ]


def _redemption_rolled_back(event: RedemptionRolledBack) -> list[_Told]:
    name = "customer.redemption.rollback.succeeded"
    rollbacks = [
        _Told(event.customer_id, name, _NOTHING, each.voucher or each.tier, each.rollback_id)
        for each in event.rollbacks
    ]
    return [*rollbacks, *tell_taken_back(event), *_order_changed(event)]


def _rollback_failed(event: RollbackFailed) -> Iterable[_Told]:
    name = "customer.redemption.rollback.failed"
    return (_Told(event.customer_id, name, redemption_id=event.rollback_id),)


def _segments(name: str) -> Callable[[Any], Iterable[_Told]]:
    def tell(event: SegmentEntered | SegmentLeft) -> list[_Told]:
        return [
            _Told(event.customer_id, name, {"segment": simple_segment_body(*segment)})
            for segment in event.segments.items()
        ]

    return tell


#: What each event of the ledger tells.
TELLS: Final[Mapping[type[Any], Callable[[Any], Iterable[_Told]]]] = MappingProxyType(
    {
        RedemptionSucceeded: _redemption_succeeded,
        RedemptionFailed: _redemption_failed,
        RedemptionRolledBack: _redemption_rolled_back,
        RollbackFailed: _rollback_failed,
        CustomerCreated: _customer("customer.created"),
        CustomerUpdated: _customer("customer.updated"),
        CustomerDeleted: _customer("customer.deleted"),
        CustomEventTracked: _custom_event_tracked,
        TierJoined: tell_tier("joined"),
        TierLeft: tell_tier("left"),
        TierUpgraded: tell_tier_change("upgraded"),
        TierDowngraded: tell_tier_change("downgraded"),
        TierProlonged: tell_tier("prolonged"),
        TierExpirationChanged: tell_tier("expiration.changed"),
        SegmentEntered: _segments("customer.segment.entered"),
        SegmentLeft: _segments("customer.segment.left"),
        PublicationSucceeded: _publication_succeeded,
        PublicationFailed: _publication_succeeded,
        OrderCreated: _order_changed,
        OrderUpdated: _order_changed,
        **POINTS_TELLS,
        **CARD_TELLS,
        **PRIZES_TELLS,
    }
)

#: What is in no feed.
UNTOLD: Final = events_of(
    # No customer did it, and it happened to none: vouchers and cards change by the shop's hand.
    SETUP_EVENTS,
    ACTION_EVENTS,
    QUIET_EVENTS,
    HoldersAdded,
    HolderRemoved,
    RefereeAdded,
    ReferralRevoked,
    RewardTakenBack,
    RewardWithheld,
    CAMPAIGN_EVENTS,
    PointsExpiring,
    PROMOTION_EVENTS,
    VOUCHER_EVENTS,
    SegmentCreated,
    SegmentDeleted,
    SegmentUpdated,
    RedemptionsRetired,
    # A session is not yet a redemption.
    SESSION_EVENTS,
    # It says nothing new of a customer, or only adds up what was told.
    CustomerUnchanged,
    CustomersSummed,
    PublicationRepeated,
    OrderEarningsEnded,
    StandingChanged,
    # Who is in the bin was told to be deleted; who is forgotten has no feed.
    BIN_EVENTS,
    ERASURE_EVENTS,
)
