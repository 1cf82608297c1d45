"""The answer to a command, from its record alone.

A refusal answers with its own status; the decision has named its resource already, for a recorded
failure the failed redemption or rollback.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.generated import first_of
from engine.ids import new_id
from engine.render.balance import balance_body
from engine.render.browser import as_named, with_plain_voucher
from engine.render.campaign import campaign_body
from engine.render.category import category_body
from engine.render.custom_event import tracked_body
from engine.render.customer import customer_body
from engine.render.encode import Body
from engine.render.erasure import deletion_body
from engine.render.error import error_body, failure_error_body
from engine.render.location import location_body
from engine.render.order import stored_order_body
from engine.render.product import collection_body, product_body, sku_body
from engine.render.promotion import promotion_campaign_body, stack_body, tier_body
from engine.render.publication import publication_body
from engine.render.redeemable import inapplicable_body, skipped_body
from engine.render.redemption import success_bodies
from engine.render.reward import reward_body
from engine.render.rollback import rolled_back_body, stack_rolled_back_body
from engine.render.rules import assignment_body, rule_body
from engine.render.segment import segment_body
from engine.render.stacking import stacking_rules_body
from engine.render.validation import validation_body
from engine.render.voucher import voucher_body
from engine.render.webhook import schema_body, webhook_body
from schemas import events as e
from schemas.actions import ActionStarted
from schemas.base import tag_of
from schemas.campaigns import CreateCampaign
from schemas.customers import CustomerSummary
from schemas.entities import Customer, KeyKind
from schemas.errors import Refusal, refuse
from schemas.promotion_events import StackEvent, TierEvent
from schemas.records import Answer, Conflicted, Decided, Expired


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
        if isinstance(event, e.CustomerCreated | e.CustomerUpdated | e.CustomerUnchanged):
            return event.customer
    return record.customer


def _decided(record: Decided, key_kind: KeyKind) -> Rendered:
    if record.refusal is not None:
        if any(isinstance(event, e.RedemptionFailed) for event in record.events):
            return Rendered(record.refusal.status, failure_error_body(record.refusal, key_kind))
        return _error(record.refusal, key_kind)
    for event in reversed(record.events):
        render = _RENDERS.get(type(event))
        if render is not None:
            return render(event, record, key_kind)
    return Rendered(200, None)


def _redeemed(event: e.RedemptionSucceeded, record: Decided, key_kind: KeyKind) -> Rendered:
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
    event: e.SessionLocked | e.SessionRefused, record: Decided, key_kind: KeyKind
) -> Rendered:
    body = validation_body(
        new_id(record.command_id, "valid_"),
        event.evaluation,
        key_kind,
        tracking_id=event.tracking_id,
        session=event.session if isinstance(event, e.SessionLocked) else None,
    )
    return Rendered(200, body)


def _error(refusal: Refusal, key_kind: KeyKind) -> Rendered:
    return Rendered(refusal.status, error_body(refusal, key_kind))


def _no_content(*_: object) -> Rendered:
    return NO_CONTENT


def _voucher(event: e.VoucherCreated | e.VoucherUpdated, record: Decided, _: KeyKind) -> Rendered:
    return Rendered(200, voucher_body(event.voucher, record.assignments, record.categories))


def _new_customer(event: e.CustomerCreated, *_: object) -> Rendered:
    return Rendered(200, customer_body(event.customer))


def _campaign(
    event: e.CampaignCreated | e.CampaignUpdated, record: Decided, _: KeyKind
) -> Rendered:
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


def _generated(event: e.VouchersGenerated, record: Decided, _: KeyKind) -> Rendered:
    if record.command_type == CREATE_CAMPAIGN:
        return Rendered(
            200, campaign_body(event.campaign, record.assignments, categories=record.categories)
        )
    return Rendered(200, voucher_body(first_of(event), record.assignments, record.categories))


def _started(event: ActionStarted, *_: object) -> Rendered:
    return Rendered(202, {"async_action_id": event.action.id})


def _customer(event: e.CustomerUpdated | e.CustomerUnchanged, *_: object) -> Rendered:
    return Rendered(200, customer_body(event.customer, event.summary))


def _order(event: e.OrderCreated | e.OrderUpdated, *_: object) -> Rendered:
    return Rendered(200, stored_order_body(event.order))


def _forgotten(event: e.CustomerForgotten, *_: object) -> Rendered:
    return Rendered(200, deletion_body(event.deletion))


def _tracked(event: e.CustomEventTracked, record: Decided, key_kind: KeyKind) -> Rendered:
    customer = customer_of(record)
    if customer is not None and key_kind == "client":
        customer = as_named(customer)
    return Rendered(200, tracked_body(event.event, customer))


def _rolled_back(event: e.RedemptionRolledBack, record: Decided, _: KeyKind) -> Rendered:
    stack = record.command_type == "roll_back_stack"
    render = stack_rolled_back_body if stack else rolled_back_body
    return Rendered(200, render(event, record.at, customer_of(record), record.assignments))


def _webhook(event: e.WebhookCreated | e.WebhookUpdated, *_: object) -> Rendered:
    return Rendered(200, webhook_body(event.webhook))


def _rule(event: e.ValidationRuleCreated | e.ValidationRuleUpdated, *_: object) -> Rendered:
    return Rendered(200, rule_body(event.rule))


def _assigned(event: e.RuleAssigned, *_: object) -> Rendered:
    return Rendered(200, assignment_body(event.assignment))


def _stacking_rules(event: e.StackingRulesCreated | e.StackingRulesUpdated, *_: object) -> Rendered:
    return Rendered(200, stacking_rules_body(event.stored))


def _category(event: e.CategoryCreated | e.CategoryUpdated, *_: object) -> Rendered:
    return Rendered(200, category_body(event.category))


def _segment(event: e.SegmentCreated, *_: object) -> Rendered:
    return Rendered(200, segment_body(event.segment))


def _location(event: e.LocationCreated | e.LocationUpdated, *_: object) -> Rendered:
    return Rendered(200, location_body(event.location))


def _reward(event: e.RewardCreated | e.RewardUpdated, *_: object) -> Rendered:
    return Rendered(200, reward_body(event.reward))


def _redelivery(event: e.RedeliveryRequested, *_: object) -> Rendered:
    return Rendered(202, {"event_id": event.event_id, "webhook_id": event.webhook_id})


def _metadata_schema(
    event: e.MetadataSchemaCreated | e.MetadataSchemaUpdated, *_: object
) -> Rendered:
    return Rendered(200, schema_body(event.schema))


def _product(event: e.ProductCreated | e.ProductUpdated, *_: object) -> Rendered:
    return Rendered(200, product_body(event.product))


def _sku(event: e.SkuCreated | e.SkuUpdated, *_: object) -> Rendered:
    return Rendered(200, sku_body(event.sku))


def _collection(event: e.CollectionCreated | e.CollectionUpdated, *_: object) -> Rendered:
    return Rendered(200, collection_body(event.collection))


def _balance(event: e.BalanceAdjusted, *_: object) -> Rendered:
    return Rendered(200, balance_body(event.voucher, event.amount))


def summary_after(
    event: e.Published | e.PublicationRepeated, record: Decided
) -> CustomerSummary | None:
    """What the customer adds up to, with what the record changed of it."""
    for each in record.events:
        if isinstance(each, e.CustomersSummed):
            return each.summaries.get(event.publication.customer_id, event.summary)
    return event.summary


def _published(
    event: e.Published | e.PublicationRepeated, record: Decided, key_kind: KeyKind
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
        e.VoucherCreated: _voucher,
        e.VoucherUpdated: _voucher,
        e.VoucherEnabled: _voucher,
        e.VoucherDisabled: _voucher,
        e.VoucherDeleted: _no_content,
        e.CampaignCreated: _campaign,
        e.CampaignUpdated: _campaign,
        e.CampaignEnabled: _switched,
        e.CampaignDisabled: _switched,
        e.VouchersGenerated: _generated,
        ActionStarted: _started,
        e.BinEntryRemoved: _no_content,
        e.BalanceAdjusted: _balance,
        e.Published: _published,
        e.PublicationRepeated: _published,
        e.TierCreated: _tier,
        e.TierUpdated: _tier,
        e.TierEnabled: _tier,
        e.TierDisabled: _tier,
        e.TierDeleted: _no_content,
        e.StackCreated: _stack,
        e.StackUpdated: _stack,
        e.StackDeleted: _no_content,
        e.ValidationRuleCreated: _rule,
        e.ValidationRuleUpdated: _rule,
        e.ValidationRuleDeleted: _no_content,
        e.RuleAssigned: _assigned,
        e.RuleUnassigned: _no_content,
        e.StackingRulesCreated: _stacking_rules,
        e.StackingRulesUpdated: _stacking_rules,
        e.StackingRulesDeleted: _no_content,
        e.CategoryCreated: _category,
        e.CategoryUpdated: _category,
        e.CategoryDeleted: _no_content,
        e.SegmentCreated: _segment,
        e.SegmentDeleted: _no_content,
        e.LocationCreated: _location,
        e.LocationUpdated: _location,
        e.LocationDeleted: _no_content,
        e.RewardCreated: _reward,
        e.RewardUpdated: _reward,
        e.RewardDeleted: _no_content,
        e.WebhookCreated: _webhook,
        e.WebhookUpdated: _webhook,
        e.WebhookDeleted: _no_content,
        e.RedeliveryRequested: _redelivery,
        e.MetadataSchemaCreated: _metadata_schema,
        e.MetadataSchemaUpdated: _metadata_schema,
        e.MetadataSchemaDeleted: _no_content,
        e.ProductCreated: _product,
        e.ProductUpdated: _product,
        e.ProductDeleted: _no_content,
        e.SkuCreated: _sku,
        e.SkuUpdated: _sku,
        e.SkuDeleted: _no_content,
        e.CollectionCreated: _collection,
        e.CollectionUpdated: _collection,
        e.CollectionDeleted: _no_content,
        e.SessionReleased: _no_content,
        e.RedemptionSucceeded: _redeemed,
        e.RedemptionRolledBack: _rolled_back,
        e.SessionLocked: _session_answer,
        e.SessionRefused: _session_answer,
        e.CustomerCreated: _new_customer,
        e.CustomerUpdated: _customer,
        e.CustomerUnchanged: _customer,
        e.CustomerDeleted: _no_content,
        e.CustomerForgotten: _forgotten,
        e.CustomEventTracked: _tracked,
        e.OrderCreated: _order,
        e.OrderUpdated: _order,
    }
)
