"""What a record tells webhooks: the events of the contract, by name, with their data.

What one record does to many vouchers at once (a chunk of codes, the end of a campaign) is told
once, as an event of the campaign.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.answers.transactions import transactions
from engine.assignments.body import assignment_body
from engine.background.body import action_with_result
from engine.campaigns.body import campaign_body, promotion_campaign_body
from engine.campaigns.stacks.body import stack_body
from engine.campaigns.tiers.body import tier_body
from engine.codes.generated import vouchers_of
from engine.customers.body import customer_body, customer_of, simple_customer_body
from engine.kernel.calendar import iso
from engine.kernel.encode import CHANNELS, Body, to_json
from engine.publications.body import publication_body, summary_after
from engine.redemptions.rows import redemption_rows
from engine.rules.body import rule_body
from engine.segments.body import simple_segment_body
from engine.vouchers.body import voucher_body
from engine.webhooks.ids import event_id
from schemas.actions import ActionProgressed, ActionStarted, AsyncAction, GenerateVouchers
from schemas.assignments import AssignmentsDropped, RuleAssigned, RuleUnassigned
from schemas.balances import BalanceAdjusted
from schemas.campaigns import (
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.customers import CustomerCreated, CustomerDeleted
from schemas.erasures import CustomerForgotten
from schemas.promotion_events import (
    StackCreated,
    StackEvent,
    StackUpdated,
    TierCreated,
    TierDeleted,
    TierDisabled,
    TierEnabled,
    TierEvent,
    TierUpdated,
)
from schemas.publications import Published
from schemas.records import Decided
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.rules import ValidationRuleCreated, ValidationRuleDeleted, ValidationRuleUpdated
from schemas.segments import SegmentEntered, SegmentLeft
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)

#: How many codes an event names.
CODES_TOLD_MAX: Final = 500
_CHUNK: Final = "run_chunk"
_SWEEP: Final = "expire_due"
#: Commands that make vouchers of a campaign one at a time, or no more than a publication gives.
_SINGLY: Final = frozenset({"create_voucher", "add_vouchers", "publish"})
_ENDINGS: Final = {
    "DONE": "campaign.vouchers.generation.completed",
    "FAILED": "campaign.vouchers.generation.failed",
}
#: By whether they are of points.
_TRANSACTIONS: Final = {
    False: "voucher.gift.transaction.created",
    True: "voucher.loyalty_card.transaction.created",
}
#: By what is shown and whether it came about: the event's name, and what its data calls it.
_REDEMPTIONS: Final = {
    ("redemption", True): ("redemption.succeeded", "redemption"),
    ("redemption", False): ("redemption.failed", "redemption"),
    ("redemption_rollback", True): ("redemption.rollback.succeeded", "redemption_rollback"),
    ("redemption_rollback", False): ("redemption.rollback.failed", "redemption_rollback"),
}
#: How many names one event of the ledger can have.
NAMES_MAX: Final = 64


class HookEvent(NamedTuple):
    """One event for webhooks; `number` is its place in the record."""

    number: int
    name: str
    data: Body


def hook_events(record: Decided) -> Iterator[HookEvent]:
    """The events of a record in their order."""
    for index, event in enumerate(record.events):
        tell = _TELLS.get(type(event))
        if tell is not None:
            for number, (name, data) in enumerate(tell(event, record)):
                yield HookEvent(index * NAMES_MAX + number, name, data)


def payload(project: str, offset: int, record: Decided, event: HookEvent) -> bytes:
    """The body that is sent and signed, to the byte."""
    return to_json(
        {
            "id": event_id(project, offset, event.number),
            "project_id": project,
            "created_at": iso(record.at),
            "type": event.name,
            "data": event.data,
            "source": _source(record),
            "event": event.name,
        }
    )


def _source(record: Decided) -> Body:
    """Whence it came, as far as the record says."""
    source: Body = {"channel": CHANNELS[record.key_kind]}
    for event in record.events:
        key_id = getattr(event, "channel_id", "")
        if key_id:
            return source | {"api_key": {"name": "", "app_id": key_id}}
    return source


Told = Iterator[tuple[str, Body]]


def _voucher(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, record: Decided) -> Told:
        yield name, {"voucher": voucher_body(event.voucher, record.assignments, record.categories)}

    return tell


def _voucher_deleted(event: VoucherDeleted, _: Decided) -> Told:
    yield "voucher.deleted", {"voucher": {"id": event.voucher_id, "code": event.code}}


def _customer(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, _: Decided) -> Told:
        yield name, {"customer": customer_body(event.customer)}

    return tell


def _customer_forgotten(event: CustomerForgotten, _: Decided) -> Told:
    yield "customer.deleted", {"customer": {"id": event.deletion.customer_id, "object": "customer"}}


def _redemption(_: Any, record: Decided) -> Told:
    """Each redemption or rollback, children first, then their parent."""
    customer = customer_of(record)
    for row in redemption_rows(record):
        body = row.body | {"customer": simple_customer_body(customer) if customer else None}
        name, member = _REDEMPTIONS[row.object, row.result != "FAILURE"]
        yield name, {member: body}
    yield from _transactions(record)


def _transactions(record: Decided) -> Told:
    for transaction in transactions(record):
        name = _TRANSACTIONS[transaction.body["type"].startswith("POINTS")]
        yield name, {"transaction": transaction.body}


def _balance(event: BalanceAdjusted, record: Decided) -> Told:
    """The contract knows one name, whether something comes or goes; the amount says which."""
    card = event.voucher.loyalty_card
    yield (
        "voucher.gift.balance_aded" if card is None else "voucher.loyalty_card.points_aded",
        {
            "voucher": voucher_body(event.voucher, record.assignments, record.categories),
            "balance": {"amount": event.amount},
        },
    )
    yield from _transactions(record)


def _campaign(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, record: Decided) -> Told:
        yield (
            name,
            {
                "campaign": campaign_body(
                    event.campaign, record.assignments, categories=record.categories
                )
            },
        )

    return tell


def _campaign_defined(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: CampaignCreated | CampaignUpdated, record: Decided) -> Told:
        body = promotion_campaign_body(
            event.campaign, event.tiers, event.categories, record.assignments
        )
        yield name, {"campaign": body}

    return tell


def _tier(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: TierEvent, record: Decided) -> Told:
        body = tier_body(event.tier, event.campaign, event.categories, record.assignments)
        yield name, {"promotion_tier": body}

    return tell


def _stack(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: StackEvent, _: Decided) -> Told:
        body = stack_body(event.stack, event.categories)
        yield name, {"promotion_stack": body}

    return tell


def _vouchers_added(event: VouchersGenerated, record: Decided) -> Told:
    """Vouchers that a request adds; those that an action makes are told of by its end.

    One that a request adds by itself, or that a publication needed, is told of as a voucher, too.
    """
    if record.command_type == _CHUNK or not event.ids:
        return
    campaign = campaign_body(event.campaign, record.assignments, categories=record.categories)
    added = {"count": len(event.ids), "codes": event.codes[:CODES_TOLD_MAX]}
    yield "campaign.vouchers.aded", {"campaign": campaign, "vouchers": added}
    if record.command_type in _SINGLY:
        for voucher in vouchers_of(event):
            yield "voucher.created", {"voucher": voucher_body(voucher)}


def _action_started(event: ActionStarted, _: Decided) -> Told:
    if isinstance(event.action.work, GenerateVouchers):
        yield "campaign.vouchers.generation.started", _generation(event.action)


def _action_progressed(event: ActionProgressed, _: Decided) -> Told:
    ending = _ENDINGS.get(event.action.status)
    if ending is not None and isinstance(event.action.work, GenerateVouchers):
        yield ending, _generation(event.action)


def _generation(action: AsyncAction) -> Body:
    assert isinstance(action.work, GenerateVouchers)
    campaign = {"id": action.work.campaign_id, "object": "campaign"}
    return {"campaign": campaign, "async_action": action_with_result(action)}


def _published(event: Published, record: Decided) -> Told:
    customer = customer_of(record)
    # as the answer shows it, of which the contract requires the whole customer
    whole = None if customer is None else customer_body(customer, summary_after(event, record))
    body = publication_body(
        event.publication, event.vouchers, whole, record.assignments, record.categories
    )
    yield "publication.succeeded", {"publication": body}
    shown = None if customer is None else simple_customer_body(customer)
    for voucher in event.vouchers:
        given = voucher_body(voucher, record.assignments, record.categories)
        yield "voucher.published", {"voucher": given, "customer": shown}


def _rule(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, _: Decided) -> Told:
        yield name, {"validation_rule": rule_body(event.rule)}

    return tell


def _assignment(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, _: Decided) -> Told:
        yield name, {"validation_rule_assignment": assignment_body(event.assignment)}

    return tell


def _assignments_dropped(event: AssignmentsDropped, record: Decided) -> Told:
    """Those that end with their object; of a deleted set, or of many at once, others tell."""
    if record.command_type in (_CHUNK, _SWEEP):
        return
    for assignment in event.assignments:
        if assignment.rule_id in event.counts:
            body = {"validation_rule_assignment": assignment_body(assignment)}
            yield "business_validation_rule.assignment.deleted", body


def _segments(name: str) -> Callable[[Any, Decided], Told]:
    """One event for each segment that the customer enters or leaves."""

    def tell(event: SegmentEntered | SegmentLeft, record: Decided) -> Told:
        known = customer_of(record)
        shown: Body = {"id": event.customer_id, "object": "customer"}
        if known is not None and known.id == event.customer_id:
            shown = simple_customer_body(known)
        for segment_id, segment_name in event.segments.items():
            segment = simple_segment_body(segment_id, segment_name)
            yield name, {"customer": shown, "segment": segment}

    return tell


#: What each event of the ledger is called outside. A name that is missing here is never sent.
_TELLS: Final[Mapping[type[Any], Callable[[Any, Decided], Told]]] = MappingProxyType(
    {
        VoucherCreated: _voucher("voucher.created"),
        VoucherUpdated: _voucher("voucher.updated"),
        VoucherEnabled: _voucher("voucher.enabled"),
        VoucherDisabled: _voucher("voucher.disabled"),
        VoucherDeleted: _voucher_deleted,
        CustomerCreated: _customer("customer.created"),
        CustomerDeleted: _customer("customer.deleted"),
        SegmentEntered: _segments("customer.segment.entered"),
        SegmentLeft: _segments("customer.segment.left"),
        CustomerForgotten: _customer_forgotten,
        CampaignCreated: _campaign_defined("campaign.created"),
        CampaignUpdated: _campaign_defined("campaign.updated"),
        CampaignEnabled: _campaign("campaign.enabled"),
        CampaignDisabled: _campaign("campaign.disabled"),
        CampaignDeleted: _campaign("campaign.deleted"),
        VouchersGenerated: _vouchers_added,
        TierCreated: _tier("campaign.promotion_tier.created"),
        TierUpdated: _tier("campaign.promotion_tier.updated"),
        TierEnabled: _tier("campaign.promotion_tier.enabled"),
        TierDisabled: _tier("campaign.promotion_tier.disabled"),
        TierDeleted: _tier("campaign.promotion_tier.deleted"),
        StackCreated: _stack("campaign.promotion_stack.created"),
        StackUpdated: _stack("campaign.promotion_stack.updated"),
        ValidationRuleCreated: _rule("business_validation_rule.created"),
        ValidationRuleUpdated: _rule("business_validation_rule.updated"),
        ValidationRuleDeleted: _rule("business_validation_rule.deleted"),
        RuleAssigned: _assignment("business_validation_rule.assignment.created"),
        RuleUnassigned: _assignment("business_validation_rule.assignment.deleted"),
        AssignmentsDropped: _assignments_dropped,
        Published: _published,
        BalanceAdjusted: _balance,
        ActionStarted: _action_started,
        ActionProgressed: _action_progressed,
        RedemptionSucceeded: _redemption,
        RedemptionFailed: _redemption,
        RedemptionRolledBack: _redemption,
        RollbackFailed: _redemption,
    }
)
