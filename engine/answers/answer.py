"""The answer to a command, from its record alone.

A refusal answers with its own status; the decision has named its resource already, for a recorded
failure the failed redemption or rollback.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.assignments.body import assignment_body
from engine.balances.body import balance_body
from engine.campaigns.body import campaign_body, promotion_campaign_body
from engine.campaigns.stacks.body import stack_body
from engine.campaigns.tiers.body import tier_body
from engine.categories.body import category_body
from engine.codes.generated import first_of
from engine.collections.body import collection_body
from engine.custom_events.body import tracked_body
from engine.customers.body import customer_body
from engine.customers.browser_body import as_named, with_plain_voucher
from engine.erasures.body import deletion_body
from engine.evaluation.body import validation_body
from engine.evaluation.redeemable_body import inapplicable_body, skipped_body
from engine.kernel.encode import Body
from engine.kernel.error_body import error_body, failure_error_body
from engine.kernel.ids import new_id
from engine.locations.body import location_body
from engine.metadata.body import schema_body
from engine.orders.body import stored_order_body
from engine.products.body import product_body, sku_body
from engine.publications.body import publication_body
from engine.redemptions.body import success_bodies
from engine.redemptions.rollback_body import rolled_back_body, stack_rolled_back_body
from engine.rewards.body import reward_body
from engine.rules.body import rule_body
from engine.segments.body import segment_body
from engine.stacking_rules.body import stacking_rules_body
from engine.vouchers.body import voucher_body
from engine.webhooks.body import webhook_body
from schemas.actions import ActionStarted
from schemas.assignments import RuleAssigned, RuleUnassigned
from schemas.balances import BalanceAdjusted
from schemas.base import tag_of
from schemas.bin import BinEntryRemoved
from schemas.campaigns import (
    CampaignCreated,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    CreateCampaign,
    VouchersGenerated,
)
from schemas.categories import CategoryCreated, CategoryDeleted, CategoryUpdated
from schemas.collections import CollectionCreated, CollectionDeleted, CollectionUpdated
from schemas.custom_events import CustomEventTracked
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomersSummed,
    CustomerSummary,
    CustomerUnchanged,
    CustomerUpdated,
)
from schemas.erasures import CustomerForgotten
from schemas.errors import Refusal, refuse
from schemas.locations import LocationCreated, LocationDeleted, LocationUpdated
from schemas.metadata import MetadataSchemaCreated, MetadataSchemaDeleted, MetadataSchemaUpdated
from schemas.orders import OrderCreated, OrderUpdated
from schemas.products import (
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    SkuCreated,
    SkuDeleted,
    SkuUpdated,
)
from schemas.projects import KeyKind
from schemas.promotion_events import (
    StackCreated,
    StackDeleted,
    StackEvent,
    StackUpdated,
    TierCreated,
    TierDeleted,
    TierDisabled,
    TierEnabled,
    TierEvent,
    TierUpdated,
)
from schemas.publications import PublicationRepeated, Published
from schemas.records import Answer, Conflicted, Decided, Expired
from schemas.redemptions import RedemptionFailed, RedemptionRolledBack, RedemptionSucceeded
from schemas.rewards import RewardCreated, RewardDeleted, RewardUpdated
from schemas.rules import ValidationRuleCreated, ValidationRuleDeleted, ValidationRuleUpdated
from schemas.segments import SegmentCreated, SegmentDeleted
from schemas.sessions import SessionLocked, SessionRefused, SessionReleased
from schemas.stacking import StackingRulesCreated, StackingRulesDeleted, StackingRulesUpdated
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.webhooks import RedeliveryRequested, WebhookCreated, WebhookDeleted, WebhookUpdated


class Rendered(NamedTuple):
    """A status and its body; None where the answer has none."""

    status: int
    body: Body | None


NO_CONTENT = Rendered(204, None)
#: The stored type of the command that creates a campaign.
CREATE_CAMPAIGN = tag_of(CreateCampaign)


def render_answer(record: Answer, key_kind: KeyKind) -> Rendered:
    """What the sender of the command gets. A duplicate is answered with the first record instead.

    A command that had nothing to do answers 200 without a body.
    """
    match record:
        case Decided():
            return _decided(record, key_kind)
        case Conflicted():
            return _error(refuse("idempotency_key_reused"), key_kind)
        case Expired():
            return _error(refuse("command_expired"), key_kind)
    raise ValueError(f"{type(record).__name__} is answered with the first record")


def customer_of(record: Decided) -> Customer | None:
    """The customer that the record is about, as it was after it."""
    for event in reversed(record.events):
        if isinstance(event, CustomerCreated | CustomerUpdated | CustomerUnchanged):
            return event.customer
    return record.customer


def _decided(record: Decided, key_kind: KeyKind) -> Rendered:
    if record.refusal is not None:
        if any(isinstance(event, RedemptionFailed) for event in record.events):
            return Rendered(record.refusal.status, failure_error_body(record.refusal, key_kind))
        return _error(record.refusal, key_kind)
    for event in reversed(record.events):
        render = _RENDERS.get(type(event))
        if render is not None:
            return render(event, record, key_kind)
    return Rendered(200, None)


def _redeemed(event: RedemptionSucceeded, record: Decided, key_kind: KeyKind) -> Rendered:
    customer = customer_of(record)
    if customer is not None and key_kind == "client":
        customer = as_named(customer)
    entries, parent = success_bodies(event, record.at, customer, record.assignments)
    if key_kind == "client":
        entries = list(map(with_plain_voucher, entries))
    outcomes = event.evaluation.outcomes
    body: Body = {"redemptions": entries}
    if parent is not None:
        body["parent_redemption"] = parent
    order = (parent or entries[0])["order"]
    if order is not None:
        body["order"] = order
    body["inapplicable_redeemables"] = [
        inapplicable_body(each, key_kind) for each in outcomes if each.status == "INAPPLICABLE"
    ]
    body["skipped_redeemables"] = [
        skipped_body(each, key_kind) for each in outcomes if each.status == "SKIPPED"
    ]
    return Rendered(200, body)


def _session_answer(
    event: SessionLocked | SessionRefused, record: Decided, key_kind: KeyKind
) -> Rendered:
    body = validation_body(
        new_id(record.command_id, "valid_"),
        event.evaluation,
        key_kind,
        tracking_id=event.tracking_id,
        session=event.session if isinstance(event, SessionLocked) else None,
    )
    return Rendered(200, body)


def _error(refusal: Refusal, key_kind: KeyKind) -> Rendered:
    return Rendered(refusal.status, error_body(refusal, key_kind))


def _no_content(*_: object) -> Rendered:
    return NO_CONTENT


def _voucher(event: VoucherCreated | VoucherUpdated, record: Decided, _: KeyKind) -> Rendered:
    return Rendered(200, voucher_body(event.voucher, record.assignments, record.categories))


def _new_customer(event: CustomerCreated, *_: object) -> Rendered:
    return Rendered(200, customer_body(event.customer))


def _campaign(event: CampaignCreated | CampaignUpdated, record: Decided, _: KeyKind) -> Rendered:
    body = promotion_campaign_body(
        event.campaign, event.tiers, event.categories, record.assignments
    )
    return Rendered(200, body)


def _tier(event: TierEvent, record: Decided, _: KeyKind) -> Rendered:
    body = tier_body(event.tier, event.campaign, event.categories, record.assignments)
    return Rendered(200, body)


def _stack(event: StackEvent, *_: object) -> Rendered:
    return Rendered(200, stack_body(event.stack, event.categories))


def _switched(*_: object) -> Rendered:
    return Rendered(200, {})


def _generated(event: VouchersGenerated, record: Decided, _: KeyKind) -> Rendered:
    if record.command_type == CREATE_CAMPAIGN:
        return Rendered(
            200, campaign_body(event.campaign, record.assignments, categories=record.categories)
        )
    return Rendered(200, voucher_body(first_of(event), record.assignments, record.categories))


def _started(event: ActionStarted, *_: object) -> Rendered:
    return Rendered(202, {"async_action_id": event.action.id})


def _customer(event: CustomerUpdated | CustomerUnchanged, *_: object) -> Rendered:
    return Rendered(200, customer_body(event.customer, event.summary))


def _order(event: OrderCreated | OrderUpdated, *_: object) -> Rendered:
    return Rendered(200, stored_order_body(event.order))


def _forgotten(event: CustomerForgotten, *_: object) -> Rendered:
    return Rendered(200, deletion_body(event.deletion))


def _tracked(event: CustomEventTracked, record: Decided, key_kind: KeyKind) -> Rendered:
    customer = customer_of(record)
    if customer is not None and key_kind == "client":
        customer = as_named(customer)
    return Rendered(200, tracked_body(event.event, customer))


def _rolled_back(event: RedemptionRolledBack, record: Decided, _: KeyKind) -> Rendered:
    stack = record.command_type == "roll_back_stack"
    render = stack_rolled_back_body if stack else rolled_back_body
    return Rendered(200, render(event, record.at, customer_of(record), record.assignments))


def _webhook(event: WebhookCreated | WebhookUpdated, *_: object) -> Rendered:
    return Rendered(200, webhook_body(event.webhook))


def _rule(event: ValidationRuleCreated | ValidationRuleUpdated, *_: object) -> Rendered:
    return Rendered(200, rule_body(event.rule))


def _assigned(event: RuleAssigned, *_: object) -> Rendered:
    return Rendered(200, assignment_body(event.assignment))


def _stacking_rules(event: StackingRulesCreated | StackingRulesUpdated, *_: object) -> Rendered:
    return Rendered(200, stacking_rules_body(event.stored))


def _category(event: CategoryCreated | CategoryUpdated, *_: object) -> Rendered:
    return Rendered(200, category_body(event.category))


def _segment(event: SegmentCreated, *_: object) -> Rendered:
    return Rendered(200, segment_body(event.segment))


def _location(event: LocationCreated | LocationUpdated, *_: object) -> Rendered:
    return Rendered(200, location_body(event.location))


def _reward(event: RewardCreated | RewardUpdated, *_: object) -> Rendered:
    return Rendered(200, reward_body(event.reward))


def _redelivery(event: RedeliveryRequested, *_: object) -> Rendered:
    return Rendered(202, {"event_id": event.event_id, "webhook_id": event.webhook_id})


def _metadata_schema(event: MetadataSchemaCreated | MetadataSchemaUpdated, *_: object) -> Rendered:
    return Rendered(200, schema_body(event.schema))


def _product(event: ProductCreated | ProductUpdated, *_: object) -> Rendered:
    return Rendered(200, product_body(event.product))


def _sku(event: SkuCreated | SkuUpdated, *_: object) -> Rendered:
    return Rendered(200, sku_body(event.sku))


def _collection(event: CollectionCreated | CollectionUpdated, *_: object) -> Rendered:
    return Rendered(200, collection_body(event.collection))


def _balance(event: BalanceAdjusted, *_: object) -> Rendered:
    return Rendered(200, balance_body(event.voucher, event.amount))


def summary_after(
    event: Published | PublicationRepeated, record: Decided
) -> CustomerSummary | None:
    """What the customer adds up to, with what the record changed of it."""
    for each in record.events:
        if isinstance(each, CustomersSummed):
            return each.summaries.get(event.publication.customer_id, event.summary)
    return event.summary


def _published(
    event: Published | PublicationRepeated, record: Decided, key_kind: KeyKind
) -> Rendered:
    customer, summary = customer_of(record), summary_after(event, record)
    if customer is not None and key_kind == "client":
        customer, summary = as_named(customer), None
    known = None if customer is None else customer_body(customer, summary)
    body = publication_body(
        event.publication, event.vouchers, known, record.assignments, record.categories
    )
    return Rendered(200, with_plain_voucher(body) if key_kind == "client" else body)


#: The events that answer a command; of several the last one does.
_RENDERS: Final[Mapping[type[Any], Callable[[Any, Decided, KeyKind], Rendered]]] = MappingProxyType(
    {
        VoucherCreated: _voucher,
        VoucherUpdated: _voucher,
        VoucherEnabled: _voucher,
        VoucherDisabled: _voucher,
        VoucherDeleted: _no_content,
        CampaignCreated: _campaign,
        CampaignUpdated: _campaign,
        CampaignEnabled: _switched,
        CampaignDisabled: _switched,
        VouchersGenerated: _generated,
        ActionStarted: _started,
        BinEntryRemoved: _no_content,
        BalanceAdjusted: _balance,
        Published: _published,
        PublicationRepeated: _published,
        TierCreated: _tier,
        TierUpdated: _tier,
        TierEnabled: _tier,
        TierDisabled: _tier,
        TierDeleted: _no_content,
        StackCreated: _stack,
        StackUpdated: _stack,
        StackDeleted: _no_content,
        ValidationRuleCreated: _rule,
        ValidationRuleUpdated: _rule,
        ValidationRuleDeleted: _no_content,
        RuleAssigned: _assigned,
        RuleUnassigned: _no_content,
        StackingRulesCreated: _stacking_rules,
        StackingRulesUpdated: _stacking_rules,
        StackingRulesDeleted: _no_content,
        CategoryCreated: _category,
        CategoryUpdated: _category,
        CategoryDeleted: _no_content,
        SegmentCreated: _segment,
        SegmentDeleted: _no_content,
        LocationCreated: _location,
        LocationUpdated: _location,
        LocationDeleted: _no_content,
        RewardCreated: _reward,
        RewardUpdated: _reward,
        RewardDeleted: _no_content,
        WebhookCreated: _webhook,
        WebhookUpdated: _webhook,
        WebhookDeleted: _no_content,
        RedeliveryRequested: _redelivery,
        MetadataSchemaCreated: _metadata_schema,
        MetadataSchemaUpdated: _metadata_schema,
        MetadataSchemaDeleted: _no_content,
        ProductCreated: _product,
        ProductUpdated: _product,
        ProductDeleted: _no_content,
        SkuCreated: _sku,
        SkuUpdated: _sku,
        SkuDeleted: _no_content,
        CollectionCreated: _collection,
        CollectionUpdated: _collection,
        CollectionDeleted: _no_content,
        SessionReleased: _no_content,
        RedemptionSucceeded: _redeemed,
        RedemptionRolledBack: _rolled_back,
        SessionLocked: _session_answer,
        SessionRefused: _session_answer,
        CustomerCreated: _new_customer,
        CustomerUpdated: _customer,
        CustomerUnchanged: _customer,
        CustomerDeleted: _no_content,
        CustomerForgotten: _forgotten,
        CustomEventTracked: _tracked,
        OrderCreated: _order,
        OrderUpdated: _order,
    }
)
