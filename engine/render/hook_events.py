"""What a record tells webhooks: the events of the contract, by name, with their data.

What one record does to many vouchers at once (a chunk of codes, the end of a campaign) is told
once, as an event of the campaign.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.calendar import iso
from engine.generated import vouchers_of
from engine.hook_ids import event_id
from engine.render.action import action_with_result
from engine.render.answer import customer_of, summary_after
from engine.render.campaign import campaign_body
from engine.render.customer import customer_body, simple_customer_body
from engine.render.encode import Body, to_json
from engine.render.publication import publication_body
from engine.render.rows import redemption_rows
from engine.render.transactions import transactions
from engine.render.voucher import voucher_body
from schemas import events as e
from schemas.actions import ActionProgressed, ActionStarted, AsyncAction, GenerateVouchers
from schemas.balances import BalanceAdjusted
from schemas.entities import Voucher
from schemas.records import Decided

#: How many codes an event names.
CODES_TOLD_MAX: Final = 500
_CHUNK: Final = "run_chunk"
#: Commands that make vouchers of a campaign one at a time, or no more than a publication gives.
_SINGLY: Final = frozenset({"create_voucher", "add_vouchers", "publish"})
_ENDINGS: Final = {"DONE": "completed", "FAILED": "failed"}
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
    for event in record.events:
        key_id = getattr(event, "channel_id", "")
        if key_id:
            return {"channel": "API", "api_key": {"name": "", "app_id": key_id}}
    return {"channel": "API"}


Told = Iterator[tuple[str, Body]]


def _voucher(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, _: Decided) -> Told:
        yield name, {"voucher": voucher_body(event.voucher)}

    return tell


def _voucher_deleted(event: e.VoucherDeleted, _: Decided) -> Told:
    yield "voucher.deleted", {"voucher": {"id": event.voucher_id, "code": event.code}}


def _customer(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, _: Decided) -> Told:
        yield name, {"customer": customer_body(event.customer)}

    return tell


def _customer_forgotten(event: e.CustomerForgotten, _: Decided) -> Told:
    yield "customer.deleted", {"customer": {"id": event.deletion.customer_id, "object": "customer"}}


def _redemption(_: Any, record: Decided) -> Told:
    """Each redemption or rollback, children first, then their parent."""
    customer = customer_of(record)
    for row in redemption_rows(record):
        body = row.body | {"customer": simple_customer_body(customer) if customer else None}
        kind = "redemption" if row.object == "redemption" else "redemption.rollback"
        ending = "failed" if row.result == "FAILURE" else "succeeded"
        # The contract calls a rollback by its own name within the data.
        member = "redemption" if row.object == "redemption" else "redemption_rollback"
        yield f"{kind}.{ending}", {member: body}
    yield from _transactions(record)


def _transactions(record: Decided) -> Told:
    for transaction in transactions(record):
        yield "voucher.gift.transaction.created", {"transaction": transaction.body}


def _balance(event: BalanceAdjusted, record: Decided) -> Told:
    """The contract knows one name, whether credits come or go; the amount says which."""
    yield (
        "voucher.gift.balance_aded",
        {"voucher": voucher_body(event.voucher), "balance": {"amount": event.amount}},
    )
    yield from _transactions(record)


def _campaign(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, _: Decided) -> Told:
        yield name, {"campaign": campaign_body(event.campaign)}

    return tell


def _vouchers_added(event: e.VouchersGenerated, record: Decided) -> Told:
    """Vouchers that a request adds; those that an action makes are told of by its end.

    One that a request adds by itself, or that a publication needed, is told of as a voucher, too.
    """
    if record.command_type == _CHUNK or not event.ids:
        return
    campaign = campaign_body(event.campaign)
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
        yield f"campaign.vouchers.generation.{ending}", _generation(event.action)


def _generation(action: AsyncAction) -> Body:
    assert isinstance(action.work, GenerateVouchers)
    campaign = {"id": action.work.campaign_id, "object": "campaign"}
    return {"campaign": campaign, "async_action": action_with_result(action)}


def _published(event: e.Published, record: Decided) -> Told:
    customer = customer_of(record)
    # as the answer shows it, of which the contract requires the whole customer
    whole = None if customer is None else customer_body(customer, summary_after(event, record))
    body = publication_body(event.publication, event.vouchers, whole)
    yield "publication.succeeded", {"publication": body}
    shown = None if customer is None else simple_customer_body(customer)
    for voucher in event.vouchers:
        yield "voucher.published", _given(voucher, shown)


def _given(voucher: Voucher, customer: Body | None) -> Body:
    return {"voucher": voucher_body(voucher), "customer": customer}


#: What each event of the ledger is called outside. A name that is missing here is never sent.
_TELLS: Final[Mapping[type[Any], Callable[[Any, Decided], Told]]] = MappingProxyType(
    {
        e.VoucherCreated: _voucher("voucher.created"),
        e.VoucherUpdated: _voucher("voucher.updated"),
        e.VoucherEnabled: _voucher("voucher.enabled"),
        e.VoucherDisabled: _voucher("voucher.disabled"),
        e.VoucherDeleted: _voucher_deleted,
        e.CustomerCreated: _customer("customer.created"),
        e.CustomerDeleted: _customer("customer.deleted"),
        e.CustomerForgotten: _customer_forgotten,
        e.CampaignCreated: _campaign("campaign.created"),
        e.CampaignUpdated: _campaign("campaign.updated"),
        e.CampaignEnabled: _campaign("campaign.enabled"),
        e.CampaignDisabled: _campaign("campaign.disabled"),
        e.CampaignDeleted: _campaign("campaign.deleted"),
        e.VouchersGenerated: _vouchers_added,
        e.Published: _published,
        BalanceAdjusted: _balance,
        ActionStarted: _action_started,
        ActionProgressed: _action_progressed,
        e.RedemptionSucceeded: _redemption,
        e.RedemptionFailed: _redemption,
        e.RedemptionRolledBack: _redemption,
        e.RollbackFailed: _redemption,
    }
)
