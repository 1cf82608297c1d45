"""The answer to a command, from its record alone.

A refusal answers with its own status; the decision has named its resource already, for a recorded
failure the failed redemption or rollback.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from msgspec import structs

from engine.ids import new_id
from engine.render.customer import customer_body
from engine.render.encode import Body
from engine.render.error import error_body
from engine.render.redeemable import inapplicable_body, skipped_body
from engine.render.redemption import success_bodies
from engine.render.rollback import rolled_back_body, stack_rolled_back_body
from engine.render.validation import validation_body
from engine.render.voucher import voucher_body
from schemas import events as e
from schemas.entities import Customer, KeyKind
from schemas.errors import Refusal, refuse
from schemas.personal import Personal, PersonalData
from schemas.records import Answer, Conflicted, Decided, Expired


class Rendered(NamedTuple):
    """A status and its body; None where the answer has none."""

    status: int
    body: Body | None


NO_CONTENT = Rendered(204, None)


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
        if isinstance(event, e.CustomerCreated | e.CustomerUpdated):
            return event.customer
    return record.customer


def _decided(record: Decided, key_kind: KeyKind) -> Rendered:
    if record.refusal is not None:
        return _error(record.refusal, key_kind)
    for event in reversed(record.events):
        render = _RENDERS.get(type(event))
        if render is not None:
            return render(event, record, key_kind)
    return Rendered(200, None)


def _redeemed(event: e.RedemptionSucceeded, record: Decided, key_kind: KeyKind) -> Rendered:
    customer = customer_of(record)
    if customer is not None and key_kind == "client":
        customer = _as_named(customer)
    entries, parent = success_bodies(event, record.at, customer)
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
        skipped_body(each) for each in outcomes if each.status == "SKIPPED"
    ]
    return Rendered(200, body)


def _as_named(customer: Customer) -> Customer:
    """The customer without anything that whoever guessed a source id could learn."""
    data = customer.personal.data
    known = None if data is None else PersonalData(source_id=data.source_id)
    return structs.replace(customer, personal=Personal(customer.personal.owner, known))


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


def _voucher(event: e.VoucherCreated | e.VoucherUpdated, *_: object) -> Rendered:
    return Rendered(200, voucher_body(event.voucher))


def _customer(event: e.CustomerCreated | e.CustomerUpdated, *_: object) -> Rendered:
    return Rendered(200, customer_body(event.customer))


def _rolled_back(event: e.RedemptionRolledBack, record: Decided, _: KeyKind) -> Rendered:
    stack = record.command_type == "roll_back_stack"
    render = stack_rolled_back_body if stack else rolled_back_body
    return Rendered(200, render(event, record.at, customer_of(record)))


#: The events that answer a command; of several the last one does.
_RENDERS: Final[Mapping[type[Any], Callable[[Any, Decided, KeyKind], Rendered]]] = MappingProxyType(
    {
        e.VoucherCreated: _voucher,
        e.VoucherUpdated: _voucher,
        e.VoucherEnabled: _voucher,
        e.VoucherDisabled: _voucher,
        e.VoucherDeleted: _no_content,
        e.SessionReleased: _no_content,
        e.RedemptionSucceeded: _redeemed,
        e.RedemptionRolledBack: _rolled_back,
        e.SessionLocked: _session_answer,
        e.SessionRefused: _session_answer,
        e.CustomerCreated: _customer,
        e.CustomerUpdated: _customer,
    }
)
