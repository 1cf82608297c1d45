"""What a record tells webhooks: the events of the contract, by name, with their data.

What one record does to many vouchers at once (a chunk of codes, the end of a campaign) is told
once, as an event of the campaign.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.alerts.body import alert_body
from engine.answers.hook_campaigns import (
    tell_added_vouchers,
    tell_campaign,
    tell_defined_campaign,
    tell_ended_generation,
    tell_loyalty_tier,
    tell_stack,
    tell_started_generation,
    tell_tier,
)
from engine.answers.hook_payload import HookEvent, Told
from engine.answers.hook_people import (
    tell_customer,
    tell_forgotten_customer,
    tell_segments,
)
from engine.answers.hook_points import TELLS as POINTS_TELLS
from engine.answers.hook_prizes import TELLS as PRIZES_TELLS
from engine.answers.hook_rules import (
    tell_assignment,
    tell_dropped_assignments,
    tell_reward_assignment,
    tell_rule,
)
from engine.answers.hook_transactions import tell_transactions
from engine.answers.reward_shown import reward_data
from engine.customers.body import (
    customer_of,
    short_customer_body,
    simple_customer_body,
)
from engine.kernel.encode import Body
from engine.publications.body import publication_body
from engine.redemptions.common_body import Recorded
from engine.redemptions.history_rows import redemption_bodies
from engine.vouchers.body import voucher_body
from engine.webhooks.body import webhook_body
from schemas.actions import ActionProgressed, ActionStarted, RowsStaged, StagedRowsDropped
from schemas.alerts import AlertContinued, AlertRaised, AlertThresholdsUpdated
from schemas.assignments import AssignmentsDropped, RuleAssigned, RuleUnassigned
from schemas.bin import BinEntryAdded, BinEntryRemoved, CampaignVouchersDeleted
from schemas.campaigns import (
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.categories import CATEGORY_EVENTS
from schemas.collections import COLLECTION_EVENTS
from schemas.custom_events import CUSTOM_EVENTS
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomersSummed,
    CustomerUnchanged,
    CustomerUpdated,
)
from schemas.earning import EarningRefused, OrderEarningsEnded
from schemas.erasures import CustomerForgotten, ErasuresEnded
from schemas.events import PLAIN_SETUP_EVENTS, QUIET_EVENTS, events_of
from schemas.exports import EXPORT_EVENTS
from schemas.keys import KEY_EVENTS
from schemas.locations import LOCATION_EVENTS
from schemas.loyalty_tiers import (
    MEMBER_TIER_EVENTS,
    LoyaltyTierCreated,
    LoyaltyTierDeleted,
    LoyaltyTierUpdated,
)
from schemas.notifications import NOTIFICATION_EVENTS
from schemas.orders import ORDER_EVENTS
from schemas.prizes import RewardWithheld
from schemas.products import PRODUCT_EVENTS
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
from schemas.publications import PublicationFailed, PublicationRepeated, PublicationSucceeded
from schemas.records import Decided
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.referrals import REFERRAL_EVENTS
from schemas.rewards import RewardAssigned, RewardAssignmentUpdated, RewardUnassigned
from schemas.rules import ValidationRuleCreated, ValidationRuleDeleted, ValidationRuleUpdated
from schemas.segments import (
    SegmentCreated,
    SegmentDeleted,
    SegmentEntered,
    SegmentLeft,
    SegmentUpdated,
)
from schemas.sessions import SESSION_EVENTS
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.webhooks import (
    RedeliveryRequested,
    WebhookCreated,
    WebhookDeleted,
    WebhookDisabled,
    WebhookTestRequested,
    WebhookUpdated,
)

#: By what is shown and whether it came about: the event's name, and what its data calls it.
_REDEMPTIONS: Final = {
    ("redemption", True): ("redemption.succeeded", "redemption"),
    ("redemption", False): ("redemption.failed", "redemption"),
    ("redemption_rollback", True): ("redemption.rollback.succeeded", "redemption_rollback"),
    ("redemption_rollback", False): ("redemption.rollback.failed", "redemption_rollback"),
}
#: How many names one event of the ledger can have.
NAMES_MAX: Final = 64


def hook_events(record: Decided) -> Iterator[HookEvent]:
    """The events of a record in their order."""
    for index, event in enumerate(record.events):
        tell = TELLS.get(type(event))
        if tell is not None:
            for number, (name, data) in enumerate(tell(event, record)):
                yield HookEvent(index * NAMES_MAX + number, name, data)


def _voucher(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, record: Decided) -> Told:
        yield name, {"voucher": voucher_body(event.voucher, record.assignments, record.categories)}

    return tell


def _voucher_deleted(event: VoucherDeleted, _: Decided) -> Told:
    yield "voucher.deleted", {"voucher": {"id": event.voucher_id, "code": event.code}}


def _redemption(event: Recorded, record: Decided) -> Told:
    """Each redemption or rollback, children first, then their parent."""
    customer = customer_of(record)
    about = customer is not None and event.customer_id in (None, customer.id)
    shown = simple_customer_body(customer) if customer is not None and about else None
    for body in redemption_bodies(event, record.at, record.assignments):
        name, member = _REDEMPTIONS[body["object"], body["result"] != "FAILURE"]
        yield name, {member: body | {"customer": shown}}
    yield from tell_transactions(event, record)


def _redemption_succeeded(event: RedemptionSucceeded, record: Decided) -> Told:
    """Each redemption, and what the customer got for points."""
    yield from _redemption(event, record)
    customer = customer_of(record)
    for outcome in event.evaluation.outcomes:
        if outcome.reward is not None:
            data = reward_data(outcome.voucher, outcome.reward, customer)
            whom = _whom(record, event.customer_id or "", simple_customer_body)
            yield "customer.rewarded", {"customer": whom, "balance": None} | data


def _whom(record: Decided, customer_id: str, show: Callable[[Customer], Body]) -> Body:
    """A customer as it is shown, if the record is about it; else that it is one."""
    known = customer_of(record)
    if known is not None and known.id == customer_id:
        return show(known)
    return {"id": customer_id, "object": "customer"}


def _publication_succeeded(event: PublicationSucceeded, record: Decided) -> Told:
    # as the answer shows it
    known = _whom(record, event.publication.customer_id, short_customer_body)
    body = publication_body(event.publication, event.vouchers, known, record.categories)
    yield "publication.succeeded", {"publication": body}
    shown = _whom(record, event.publication.customer_id, simple_customer_body)
    for voucher in event.vouchers:
        given = voucher_body(voucher, record.assignments, record.categories)
        yield "voucher.published", {"voucher": given, "customer": shown}


def _tested(event: WebhookTestRequested, _: Decided) -> Told:
    """Goes to the endpoint that is tested alone: nobody can subscribe to it."""
    yield "webhook.test", {"webhook": webhook_body(event.webhook)}


def _alert_raised(event: AlertRaised, _: Decided) -> Told:
    yield "alert.raised", {"alert": alert_body(event.alert)}


#: What each event of the ledger is called outside.
TELLS: Final[Mapping[type[Any], Callable[[Any, Decided], Told]]] = MappingProxyType(
    {
        VoucherCreated: _voucher("voucher.created"),
        VoucherUpdated: _voucher("voucher.updated"),
        VoucherEnabled: _voucher("voucher.enabled"),
        VoucherDisabled: _voucher("voucher.disabled"),
        VoucherDeleted: _voucher_deleted,
        CustomerCreated: tell_customer("customer.created"),
        CustomerDeleted: tell_customer("customer.deleted"),
        SegmentEntered: tell_segments("customer.segment.entered"),
        SegmentLeft: tell_segments("customer.segment.left"),
        CustomerForgotten: tell_forgotten_customer,
        CampaignCreated: tell_defined_campaign("campaign.created"),
        CampaignUpdated: tell_defined_campaign("campaign.updated"),
        CampaignEnabled: tell_campaign("campaign.enabled"),
        CampaignDisabled: tell_campaign("campaign.disabled"),
        CampaignDeleted: tell_campaign("campaign.deleted"),
        VouchersGenerated: tell_added_vouchers,
        TierCreated: tell_tier("campaign.promotion_tier.created"),
        TierUpdated: tell_tier("campaign.promotion_tier.updated"),
        TierEnabled: tell_tier("campaign.promotion_tier.enabled"),
        TierDisabled: tell_tier("campaign.promotion_tier.disabled"),
        TierDeleted: tell_tier("campaign.promotion_tier.deleted"),
        LoyaltyTierCreated: tell_loyalty_tier("campaign.loyalty_tier.created"),
        LoyaltyTierUpdated: tell_loyalty_tier("campaign.loyalty_tier.updated"),
        LoyaltyTierDeleted: tell_loyalty_tier("campaign.loyalty_tier.deleted"),
        StackCreated: tell_stack("campaign.promotion_stack.created"),
        StackUpdated: tell_stack("campaign.promotion_stack.updated"),
        ValidationRuleCreated: tell_rule("business_validation_rule.created"),
        ValidationRuleUpdated: tell_rule("business_validation_rule.updated"),
        ValidationRuleDeleted: tell_rule("business_validation_rule.deleted"),
        RuleAssigned: tell_assignment("business_validation_rule.assignment.created"),
        RuleUnassigned: tell_assignment("business_validation_rule.assignment.deleted"),
        AssignmentsDropped: tell_dropped_assignments,
        RewardAssigned: tell_reward_assignment("campaign.reward.assignment.created"),
        RewardAssignmentUpdated: tell_reward_assignment("campaign.reward.assignment.updated"),
        RewardUnassigned: tell_reward_assignment("campaign.reward.assignment.deleted"),
        PublicationSucceeded: _publication_succeeded,
        ActionStarted: tell_started_generation,
        ActionProgressed: tell_ended_generation,
        RedemptionSucceeded: _redemption_succeeded,
        RedemptionFailed: _redemption,
        RedemptionRolledBack: _redemption,
        RollbackFailed: _redemption,
        AlertRaised: _alert_raised,
        WebhookTestRequested: _tested,
        **POINTS_TELLS,
        **PRIZES_TELLS,
    }
)

#: What no webhook is told of.
UNTOLD: Final = events_of(
    # The contract has no name for it.
    CATEGORY_EVENTS,
    COLLECTION_EVENTS,
    EXPORT_EVENTS,
    LOCATION_EVENTS,
    MEMBER_TIER_EVENTS,
    NOTIFICATION_EVENTS,
    PLAIN_SETUP_EVENTS,
    PRODUCT_EVENTS,
    KEY_EVENTS,
    PROJECT_EVENTS,
    WebhookCreated,
    WebhookUpdated,
    WebhookDisabled,
    WebhookDeleted,
    RedeliveryRequested,
    CUSTOM_EVENTS,
    EarningRefused,
    QUIET_EVENTS,
    REFERRAL_EVENTS,
    RewardWithheld,
    ORDER_EVENTS,
    SESSION_EVENTS,
    BinEntryAdded,
    BinEntryRemoved,
    CustomerUpdated,
    PublicationFailed,
    SegmentCreated,
    SegmentDeleted,
    SegmentUpdated,
    StackDeleted,
    AlertThresholdsUpdated,
    # Another event says it: the campaign is deleted, a tier took the place, an order was paid.
    CampaignVouchersDeleted,
    CampaignPromotionsDeleted,
    TiersMoved,
    TiersOrdered,
    CustomersSummed,
    OrderEarningsEnded,
    # It says nothing new, or nothing that anyone outside sees.
    AlertContinued,
    CustomerUnchanged,
    PublicationRepeated,
    RowsStaged,
    StagedRowsDropped,
    ErasuresEnded,
    RedemptionsRetired,
)
