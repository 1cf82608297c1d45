"""From an event to the rows of the entities that it changed, each as it is after the event."""

from collections.abc import Iterable, Iterator

from msgspec import structs

from engine.codes.generated import encoded_vouchers
from engine.kernel.state import encode
from engine.pricing.sums import left_of
from runtime.clickhouse.native_block import Alike
from schemas.actions import ActionProgressed, ActionStarted, AsyncAction, FollowSegment
from schemas.assignments import AssignmentsDropped, RuleAssigned, RuleAssignment, RuleUnassigned
from schemas.balances import BalanceAdjusted
from schemas.bin import BinEntry, BinEntryAdded, BinEntryRemoved, CampaignVouchersDeleted
from schemas.campaigns import (
    Campaign,
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomersSummed,
    CustomerUpdated,
)
from schemas.erasures import CustomerForgotten
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.projects import ProjectCreated
from schemas.promotion_events import TierCreated, TierDeleted
from schemas.publications import Publication, PublicationFailed, Published
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded
from schemas.rules import ValidationRuleCreated, ValidationRuleDeleted, ValidationRuleUpdated
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.vouchers import Voucher
from services.audit.sink.entities import EntityRow, entity_row, gone
from services.audit.sink.promotion_rows import placed_tier, tier_gone, tier_row

Rows = Iterable[EntityRow]
_ID, _ALIAS, _BODY = map(EntityRow._fields.index, ("id", "alias", "body"))


def voucher_changed(
    project: str,
    event: (VoucherCreated | VoucherUpdated | VoucherEnabled | VoucherDisabled | BalanceAdjusted),
) -> Rows:
    """The voucher."""
    return (_voucher(project, event.voucher),)


def voucher_deleted(project: str, event: VoucherDeleted) -> Rows:
    """That the voucher is gone, and its campaign."""
    row = gone(project, "voucher", event.voucher_id, event.code)
    return (row,) if event.campaign is None else (row, campaign_row(project, event.campaign))


def vouchers_generated(project: str, event: VouchersGenerated) -> Iterator[EntityRow | Alike]:
    """The campaign, and its new vouchers; what they share is made once."""
    yield campaign_row(project, event.campaign)
    bodies = [body.decode() for body in encoded_vouchers(event)]
    own = {_ID: event.ids, _ALIAS: event.codes, _BODY: bodies}
    if bodies:
        yield Alike(len(bodies), _voucher(project, event.template), own)


def campaign_changed(
    project: str,
    event: CampaignUpdated | CampaignEnabled | CampaignDisabled,
) -> Rows:
    """The campaign."""
    return (campaign_row(project, event.campaign),)


def campaign_created(project: str, event: CampaignCreated) -> Iterator[EntityRow]:
    """The campaign, and the tiers of a promotion."""
    yield campaign_row(project, event.campaign)
    for tier in event.tiers:
        yield from placed_tier(project, tier)


def tier_created(project: str, event: TierCreated) -> Rows:
    """The tier with its place, and its campaign, which counts it."""
    return *placed_tier(project, event.tier), campaign_row(project, event.campaign)


def tier_deleted(project: str, event: TierDeleted) -> Rows:
    """That the tier is gone, and its campaign."""
    rows = tier_gone(project, event.tier.id, event.tier.name)
    return *rows, campaign_row(project, event.campaign)


def campaign_deleted(project: str, event: CampaignDeleted) -> Rows:
    """That the campaign is gone; its vouchers follow by events of their own."""
    return (gone(project, "campaign", event.campaign.id, event.campaign.name),)


def campaign_vouchers_deleted(project: str, event: CampaignVouchersDeleted) -> Rows:
    """That the vouchers are gone."""
    return [
        gone(project, "voucher", voucher_id, code)
        for voucher_id, code in zip(event.ids, event.codes, strict=True)
    ]


def bin_entry_added(project: str, event: BinEntryAdded) -> Rows:
    """What is in the bin."""
    return (_bin_entry(project, event.entry),)


def bin_entry_removed(project: str, event: BinEntryRemoved) -> Rows:
    """That it is no longer there, and that a customer is gone for good."""
    entry = event.entry
    # the time stays, so that a list that was read up to this entry can be read on
    row = gone(project, "bin_entry", entry.id, entry.resource_name)
    rows = [row._replace(created_at=entry.created_at)]
    if entry.resource_type == "customer":
        rows.append(gone(project, "customer", entry.resource_id))
        rows.append(gone(project, "customer_summary", entry.resource_id))
    return rows


def action_changed(project: str, event: ActionStarted | ActionProgressed) -> Rows:
    """How far the work is; the contract knows no action that looks through customers."""
    if isinstance(event.action.work, FollowSegment):
        return ()
    return (_action(project, event.action),)


def customer_changed(project: str, event: CustomerCreated | CustomerUpdated) -> Rows:
    """The customer."""
    return (_customer(project, event.customer),)


def customer_deleted(project: str, event: CustomerDeleted) -> Rows:
    """That the customer is in the bin; those who redeemed are still shown by their redemptions."""
    return (_customer(project, event.customer)._replace(deleted=1),)


def customer_forgotten(project: str, event: CustomerForgotten) -> Rows:
    """That the customer is gone for good, and what they added up to."""
    kinds = ("customer", "customer_summary")
    return [gone(project, kind, event.deletion.customer_id) for kind in kinds]


def customers_summed(project: str, event: CustomersSummed) -> Iterator[EntityRow]:
    """What each customer adds up to."""
    for customer_id, summary in event.summaries.items():
        row = gone(project, "customer_summary", customer_id)
        yield row._replace(deleted=0, body=encode(summary).decode())


def order_changed(project: str, event: OrderCreated | OrderUpdated) -> Rows:
    """The order."""
    return (_order(project, event.order),)


def redeemed(project: str, event: RedemptionSucceeded) -> Iterator[EntityRow]:
    """The vouchers, the tiers and the order that a redemption changed."""
    for outcome in event.evaluation.outcomes:
        if outcome.status != "APPLICABLE":
            continue
        if outcome.voucher is not None:
            yield _voucher(project, outcome.voucher)
        if outcome.tier is not None:
            yield tier_row(project, outcome.tier)
    if event.evaluation.order is not None:
        yield _order(project, event.evaluation.order)


def rolled_back(project: str, event: RedemptionRolledBack) -> Iterator[EntityRow]:
    """The vouchers, the tiers and the order that a rollback changed."""
    for each in event.rollbacks:
        if each.voucher is not None:
            yield _voucher(project, each.voucher)
        if each.tier is not None:
            yield tier_row(project, each.tier)
    if event.order is not None:
        yield _order(project, event.order)


def published(project: str, event: Published | PublicationFailed) -> Iterator[EntityRow]:
    """The publication, and the vouchers and the campaign that it changed."""
    yield _publication(project, event.publication)
    for voucher in event.vouchers if isinstance(event, Published) else ():
        yield _voucher(project, voucher)
    if event.campaign is not None:
        yield campaign_row(project, event.campaign)


def rule_changed(project: str, event: ValidationRuleCreated | ValidationRuleUpdated) -> Rows:
    """The set of rules; how many objects it binds is counted where it is listed."""
    rule = event.rule
    texts = {"type": rule.type, "context_type": rule.context_type}
    return (entity_row(project, "validation_rule", rule, alias=rule.name, texts=texts),)


def rule_deleted(project: str, event: ValidationRuleDeleted) -> Rows:
    """That the set is gone, and with it, for whoever lists them, its assignments."""
    return (gone(project, "validation_rule", event.rule.id, event.rule.name),)


def rule_assigned(project: str, event: RuleAssigned) -> Rows:
    """The assignment."""
    assignment = event.assignment
    texts = {"type": assignment.related_object_type, "rule_id": assignment.rule_id}
    alias = assignment.related_object_id
    return (entity_row(project, "rule_assignment", assignment, alias=alias, texts=texts),)


def rule_unassigned(project: str, event: RuleUnassigned) -> Rows:
    """That the assignment is gone."""
    return (_ended(project, event.assignment),)


def assignments_dropped(project: str, event: AssignmentsDropped) -> Rows:
    """That the assignments are gone."""
    return [_ended(project, each) for each in event.assignments]


def _ended(project: str, assignment: RuleAssignment) -> EntityRow:
    return gone(project, "rule_assignment", assignment.id, assignment.related_object_id)


def project_created(project: str, event: ProjectCreated) -> Rows:
    """The project. Its origins change by events of their own, which do not hold the whole of it."""
    return (entity_row(project, "project", structs.replace(event.project, trusted_origins=())),)


def _voucher(project: str, voucher: Voucher) -> EntityRow:
    discount, gift = voucher.discount, voucher.gift
    return entity_row(
        project,
        "voucher",
        voucher,
        alias=voucher.code,
        texts={
            "type": voucher.type,
            "category_id": voucher.category_id,
            "campaign_id": voucher.campaign_id,
            "campaign": voucher.campaign,
            "discount_type": discount.type if discount else None,
            "customer_id": voucher.holder_id,
        },
        numbers={
            "start_date": voucher.start_date,
            "expiration_date": voucher.expiration_date,
            "quantity": voucher.quantity,
            "redeemed_quantity": voucher.redeemed_quantity,
            "amount": gift.amount if gift else None,
            "balance": gift.balance if gift else None,
            "active": voucher.active,
        },
        metadata=voucher.metadata,
    )


def campaign_row(project: str, campaign: Campaign) -> EntityRow:
    """A campaign as it is."""
    template, timeframe = campaign.voucher, campaign.validity_timeframe
    return entity_row(
        project,
        "campaign",
        campaign,
        alias=campaign.name,
        texts={
            "type": campaign.campaign_type,
            "status": "IN_PROGRESS" if campaign.generating else "DONE",
            "campaign_id": campaign.id,
            "update_type": campaign.type,
            "category_id": campaign.category_id,
            "voucher_type": template.type if template else None,
            "validity_timeframe": f"{timeframe.interval}/{timeframe.duration}" if timeframe else "",
            "validity_day_of_week": [str(day) for day in campaign.validity_day_of_week or ()],
        },
        numbers={
            "start_date": campaign.start_date,
            "expiration_date": campaign.expiration_date,
            "active": campaign.active,
        },
        metadata=campaign.metadata,
    )


def _bin_entry(project: str, entry: BinEntry) -> EntityRow:
    return entity_row(
        project,
        "bin_entry",
        entry,
        alias=entry.resource_name,
        texts={"type": entry.resource_type, "resource_id": entry.resource_id},
    )


def _action(project: str, action: AsyncAction) -> EntityRow:
    texts = {"type": action.type, "status": action.status}
    return entity_row(project, "async_action", action, texts=texts)


def _customer(project: str, customer: Customer) -> EntityRow:
    data = customer.personal.data
    if data is None:
        return entity_row(project, "customer", customer)
    return entity_row(
        project,
        "customer",
        customer,
        alias=data.source_id,
        texts={
            "name": data.name,
            "email": data.email,
            "phone": data.phone,
            "city": data.address.city if data.address else None,
        },
        metadata=data.metadata,
    )


def _order(project: str, order: Order) -> EntityRow:
    return entity_row(
        project,
        "order",
        order,
        alias=order.source_id,
        texts={"status": order.status, "customer_id": order.customer_id},
        numbers={
            "amount": order.amount,
            # what is left of it
            "balance": left_of(order),
            "discount_amount": order.discount_amount,
            "items_discount_amount": order.items_discount,
            "total_discount_amount": order.discount_amount + order.items_discount,
        },
        metadata=order.metadata,
    )


def _publication(project: str, publication: Publication) -> EntityRow:
    return entity_row(
        project,
        "publication",
        publication,
        alias=publication.source_id,
        texts={
            "type": publication.voucher_type,
            "status": "FAILURE" if publication.failure_code else "SUCCESS",
            "campaign_id": publication.campaign_id,
            "campaign": publication.campaign,
            "customer_id": publication.customer_id,
            "voucher_id": publication.voucher_ids,
            "voucher_code": publication.codes,
            "failure_code": publication.failure_code,
            "tracking_id": publication.tracking_id,
            "channel": publication.channel,
        },
        metadata=publication.metadata,
    )
