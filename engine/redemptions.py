"""Redemptions: all redeemables of a request are redeemed, or none.

A success counts every voucher up, spends gift credits, saves the order and names each redemption;
two or more have a parent. A failure takes nothing and is recorded, too. In mode ALL exactly one
redeemable fails; its refusal is the answer.
"""

from msgspec import structs

from engine import tables
from engine.customers import NOBODY, Known, known_by
from engine.decision import Decision
from engine.evaluate import duplicated, evaluate_for
from engine.ids import PARENT, new_id
from engine.lookup import named_customer
from engine.orders import paid, with_item_ids
from engine.stacking import fail_all
from engine.state import View
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.commands import Command, RedeemStack
from schemas.entities import (
    Evaluation,
    Order,
    OrderEntry,
    Outcome,
    Taken,
    Voucher,
)
from schemas.errors import Refusal
from schemas.events import RedemptionFailed, RedemptionSucceeded


def redeem_stack(view: View, command: Command, body: RedeemStack, now: Millis) -> Decision:
    """Redeems all redeemables or none; either way there is an event.

    What is wrong with the request as a whole fails it in this order: the fault that the front
    found, the same redeemable twice, an unknown customer, an unknown or impossible order. What is
    wrong in itself, the first two, leaves the customer as it is; it is recorded with it all the
    same.
    """
    fault = body.fault or duplicated(view, body.redeemables)
    if fault is not None:
        known: Known | Refusal = _stored(view, body.customer)
    else:
        known = known_by(view, command, body.customer, now)
    if isinstance(known, Refusal):
        fault, known = known, NOBODY
    if fault is not None:
        evaluation = fail_all(body.redeemables, fault)
    else:
        evaluation = evaluate_for(view, body, known.id, now, command.key_kind)
    session_key = body.session.key if body.session is not None else None
    if not evaluation.valid:
        failed, refusal = _failed(command, body, evaluation, known.id, session_key)
        return Decision((*known.events, failed), refusal, known.snapshot)
    succeeded = _succeeded(command, body, evaluation, known.id, session_key, now)
    if evaluation.order is not None and evaluation.order.id:
        stored = view.get(tables.ORDERS, evaluation.order.id)
        succeeded = structs.replace(succeeded, status_before=stored and stored.status)
    return Decision((*known.events, succeeded), customer=known.snapshot)


def _stored(view: View, named: CustomerInput | None) -> Known:
    found = None if named is None else named_customer(view, named)
    return NOBODY if isinstance(found, Refusal) else Known(found)


def spent(voucher: Voucher, taken: Taken) -> Voucher:
    """A voucher after one more redemption."""
    return _counted(voucher, 1, taken.credits or 0)


def restored(voucher: Voucher, taken: Taken) -> Voucher:
    """A voucher after one of its redemptions was taken back."""
    return _counted(voucher, -1, -(taken.credits or 0))


def _counted(voucher: Voucher, redemptions: int, credits: int) -> Voucher:
    gift = voucher.gift
    if gift is not None:
        gift = structs.replace(gift, balance=gift.balance - credits)
    return structs.replace(
        voucher,
        gift=gift,
        redeemed_quantity=max(voucher.redeemed_quantity + redemptions, 0),
        redeemed_amount=max(voucher.redeemed_amount + credits, 0),
    )


def _failed(
    command: Command,
    body: RedeemStack,
    evaluation: Evaluation,
    customer_id: str | None,
    session_key: str | None,
) -> tuple[RedemptionFailed, Refusal]:
    refusals = [outcome.refusal for outcome in evaluation.outcomes if outcome.refusal is not None]
    ids = tuple(new_id(command.seed, "rf_", n) for n in range(len(refusals)))
    event = RedemptionFailed(
        evaluation=evaluation,
        redemption_ids=ids,
        customer_id=customer_id,
        tracking_id=body.tracking_id,
        metadata=body.metadata,
        session_key=session_key,
        channel=command.channel,
        channel_id=command.channel_id,
    )
    refusal = refusals[0]
    if refusal.resource_id is None:
        refusal = structs.replace(refusal, resource_id=ids[0], resource_type="redemption")
    return event, refusal


def _succeeded(
    command: Command,
    body: RedeemStack,
    evaluation: Evaluation,
    customer_id: str | None,
    session_key: str | None,
    now: Millis,
) -> RedemptionSucceeded:
    outcomes = tuple(map(_redeemed, evaluation.outcomes))
    applied = [outcome for outcome in outcomes if outcome.voucher is not None]
    ids = tuple(new_id(command.seed, "r_", n) for n in range(len(applied)))
    parent_id = new_id(command.seed, "r_", PARENT) if len(ids) > 1 else None
    order = evaluation.order
    if order is not None:
        order = _saved(command, order, _entries(applied, ids, parent_id, now), now)
        if body.order is None or body.order.status is None:
            order = structs.replace(order, status=paid(order.status))
    return RedemptionSucceeded(
        evaluation=Evaluation(outcomes, order),
        redemption_ids=ids,
        parent_id=parent_id,
        order_created=evaluation.order is not None and not evaluation.order.id,
        customer_id=customer_id,
        tracking_id=body.tracking_id,
        metadata=body.metadata,
        session_key=session_key,
        channel=command.channel,
        channel_id=command.channel_id,
    )


def _redeemed(outcome: Outcome) -> Outcome:
    if outcome.voucher is None or outcome.taken is None:
        return outcome
    return structs.replace(outcome, voucher=spent(outcome.voucher, outcome.taken))


def _entries(
    applied: list[Outcome], ids: tuple[str, ...], parent_id: str | None, now: Millis
) -> tuple[OrderEntry, ...]:
    entries = [
        OrderEntry(
            id=redemption_id,
            at=now,
            related_object_type="voucher",
            related_object_id=outcome.voucher.id,
            parent_id=parent_id,
        )
        for outcome, redemption_id in zip(applied, ids, strict=True)
        if outcome.voucher is not None
    ]
    if parent_id is not None:
        entries.append(
            OrderEntry(
                id=parent_id,
                at=now,
                related_object_type="redemption",
                related_object_id=parent_id,
                stacked=ids,
            )
        )
    return tuple(entries)


def _saved(command: Command, order: Order, entries: tuple[OrderEntry, ...], now: Millis) -> Order:
    """The order as it is stored: with ids, times and the entries of its redemptions."""
    known = bool(order.id)
    return structs.replace(
        order,
        id=order.id or new_id(command.seed, "ord_"),
        items=with_item_ids(command.seed, order.items),
        redemptions=order.redemptions + entries,
        created_at=order.created_at if known else now,
        updated_at=now if known else None,
    )
