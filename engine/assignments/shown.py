"""Which assignments the answer to a command and its webhooks show.

An object that is as it was before the decision shows those that the state has of it, and whatever
the same record changes of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from engine.assignments.decide import Shown, shown_assignments
from engine.kernel.decision import Decision
from engine.kernel.state import View
from schemas.actions import ACTION_EVENTS
from schemas.assignments import (
    AssignmentsDropped,
    RuleAssigned,
    RuleAssignment,
    RuleUnassigned,
)
from schemas.balances import BalanceAdjusted
from schemas.bin import BinEntryAdded, BinEntryRemoved, CampaignVouchersDeleted
from schemas.campaigns import (
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.custom_events import CUSTOM_EVENTS
from schemas.customers import CUSTOMER_EVENTS
from schemas.earning import (
    EarningRefused,
    OrderEarningsEnded,
    PointsEarned,
    PointsPending,
    PointsTakenBack,
)
from schemas.erasures import ERASURE_EVENTS
from schemas.events import QUIET_EVENTS, SETUP_EVENTS, SHOP_EVENTS, Event, events_of
from schemas.keys import KEY_EVENTS
from schemas.loyalty_tiers import MEMBER_TIER_EVENTS
from schemas.orders import ORDER_EVENTS
from schemas.pending import PendingPointsActivated, PendingPointsAdjusted, PendingPointsCanceled
from schemas.points import PointsExpired, PointsExpiring, PointsTransferred
from schemas.prizes import PRIZE_EVENTS
from schemas.projects import PROJECT_EVENTS
from schemas.promotion_events import (
    CampaignPromotionsDeleted,
    StackCreated,
    StackDeleted,
    StackUpdated,
    TierCreated,
    TierDeleted,
    TierDisabled,
    TierEnabled,
    TiersMoved,
    TiersOrdered,
    TierUpdated,
)
from schemas.publications import (
    PublicationFailed,
    PublicationRepeated,
    PublicationSucceeded,
)
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.referrals import REFERRAL_EVENTS
from schemas.segments import SEGMENT_EVENTS
from schemas.sessions import SESSION_EVENTS
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.webhooks import WEBHOOK_EVENTS

#: Assignments by their ids.
_Seen = dict[str, RuleAssignment]


def with_assignments(view: View, decision: Decision) -> Decision:
    """The decision with the assignments that its answer and webhooks show."""
    shown: _Seen = {}
    changes = []
    for event in decision.events:
        for bound in objects_shown_by(event):
            for each in shown_assignments(view, bound):
                shown[each.id] = each
        change = CHANGES.get(type(event))
        if change is not None:
            changes.append((change, event))
    for change, event in changes:
        change(shown, event)
    return replace(decision, assignments=tuple(shown.values())) if shown else decision


def objects_shown_by(event: Event) -> Sequence[Shown]:
    """The objects that an event shows and that its decision found in the state."""
    show = SHOWS.get(type(event))
    return () if show is None else show(event)


def _voucher(event: Any) -> Sequence[Shown]:
    return (event.voucher,)


def _campaign(event: Any) -> Sequence[Shown]:
    return (event.campaign,)


def _tier(event: Any) -> Sequence[Shown]:
    return (event.tier,)


def _campaign_with_tiers(event: CampaignUpdated) -> Sequence[Shown]:
    return (event.campaign, *event.tiers)


def _redeemed_objects(event: RedemptionSucceeded | RedemptionFailed) -> Sequence[Shown]:
    outcomes = event.evaluation.outcomes
    return [each.voucher for each in outcomes if each.voucher is not None]


def _rolled_back_vouchers(event: RedemptionRolledBack) -> Sequence[Shown]:
    return [each.voucher for each in event.rollbacks if each.voucher is not None]


def _published_voucher(event: PublicationSucceeded | PublicationRepeated) -> Sequence[Shown]:
    return event.vouchers


#: What each event shows.
SHOWS: Mapping[type[Any], Callable[[Any], Sequence[Shown]]] = MappingProxyType(
    {
        VoucherUpdated: _voucher,
        VoucherEnabled: _voucher,
        VoucherDisabled: _voucher,
        BalanceAdjusted: _voucher,
        PointsExpired: _voucher,
        PointsExpiring: _voucher,
        PointsTransferred: _voucher,
        PointsEarned: _voucher,
        PointsPending: _voucher,
        PointsTakenBack: _voucher,
        PendingPointsActivated: _voucher,
        PendingPointsAdjusted: _voucher,
        PendingPointsCanceled: _voucher,
        RedemptionSucceeded: _redeemed_objects,
        RedemptionFailed: _redeemed_objects,
        RedemptionRolledBack: _rolled_back_vouchers,
        VouchersGenerated: _campaign,
        CampaignUpdated: _campaign_with_tiers,
        CampaignEnabled: _campaign,
        CampaignDisabled: _campaign,
        PublicationSucceeded: _published_voucher,
        PublicationRepeated: _published_voucher,
        TierUpdated: _tier,
        TierEnabled: _tier,
        TierDisabled: _tier,
    }
)

#: What shows nothing that can be bound and was there before.
UNSHOWN = events_of(
    # It shows something else, or nothing.
    EarningRefused,
    OrderEarningsEnded,
    SETUP_EVENTS,
    ACTION_EVENTS,
    BinEntryAdded,
    BinEntryRemoved,
    CUSTOM_EVENTS,
    CUSTOMER_EVENTS,
    ERASURE_EVENTS,
    QUIET_EVENTS,
    PRIZE_EVENTS,
    REFERRAL_EVENTS,
    MEMBER_TIER_EVENTS,
    ORDER_EVENTS,
    SEGMENT_EVENTS,
    StackCreated,
    StackUpdated,
    StackDeleted,
    TiersMoved,
    TiersOrdered,
    PublicationFailed,
    RedemptionsRetired,
    RollbackFailed,
    # Answers to validations show no assignments.
    SESSION_EVENTS,
    # The events that bind what is new are in the same record; so are those that end the assignments
    # of what is gone.
    CampaignCreated,
    TierCreated,
    VoucherCreated,
    CampaignDeleted,
    CampaignPromotionsDeleted,
    CampaignVouchersDeleted,
    TierDeleted,
    VoucherDeleted,
)


def _assign(shown: _Seen, event: RuleAssigned) -> None:
    shown[event.assignment.id] = event.assignment


def _unassign(shown: _Seen, event: RuleUnassigned) -> None:
    shown.pop(event.assignment.id, None)


def _drop(shown: _Seen, event: AssignmentsDropped) -> None:
    for ended in event.assignments:
        shown.pop(ended.id, None)


#: What each event changes of the assignments that objects show.
CHANGES: Mapping[type[Any], Callable[[_Seen, Any], None]] = MappingProxyType(
    {
        RuleAssigned: _assign,
        RuleUnassigned: _unassign,
        AssignmentsDropped: _drop,
    }
)

#: What binds nothing and lets nothing go.
UNCHANGED = events_of(
    ACTION_EVENTS,
    SHOP_EVENTS,
    KEY_EVENTS,
    PROJECT_EVENTS,
    WEBHOOK_EVENTS,
)
