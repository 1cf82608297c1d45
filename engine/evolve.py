"""The fold: what an event changes in the state. Total, so that every log folds.

An event holds the entity as it is after it, so a fold stores and never recalculates. Derived here
are only the keys by which things are found, what sessions hold, the memory of decided commands,
and what time will end. A voucher that is gone stays gone. Nothing depends on what a personal field
says, but for the index by source id, which ends with the customer's data.
"""

from itertools import islice
from typing import assert_never

from msgspec import structs

from engine import tables
from engine.admission import SEEN_DAYS, day_bucket
from engine.state import State
from schemas.base import DAY_MS, Millis
from schemas.commands import ExpireDue
from schemas.entities import (
    Customer,
    Hold,
    OpenedProject,
    Order,
    Outcome,
    Redemption,
    Seen,
    Voucher,
)
from schemas.events import (
    CustomerCreated,
    CustomerUpdated,
    Event,
    KeyAdded,
    KeyRevoked,
    ProjectCreated,
    ProjectOpened,
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
    SessionLocked,
    SessionRefused,
    SessionReleased,
    SessionsExpired,
    TrustedOriginsChanged,
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.records import Decided, Record

#: The stored type of the command that sweeps.
SWEEP = str(ExpireDue.__struct_config__.tag)
#: How many forgotten commands leave the state with one sweep.
FORGOTTEN_MAX = 1000


def evolve(state: State, record: Record, offset: int) -> None:
    """Folds the record at `offset`; only decided commands change anything."""
    if not isinstance(record, Decided):
        return
    for event in record.events:
        _apply(state, event, record.at)
    _remember(state, record, offset)


def _apply(state: State, event: Event, at: Millis) -> None:
    match event:
        case RedemptionSucceeded():
            _redeem(state, event, at)
        case RedemptionFailed():
            _fail(state, event, at)
        case RedemptionRolledBack():
            _roll_back(state, event)
        case RollbackFailed() | SessionRefused():
            pass
        case SessionLocked():
            _lock(state, event)
        case SessionReleased(session_key=key, voucher_id=voucher_id):
            _free(state, key, {voucher_id})
        case SessionsExpired(session_keys=keys):
            for key in keys:
                _end_session(state, key)
        case RedemptionsRetired(redemption_ids=ids):
            for redemption_id in ids:
                _retire(state, redemption_id)
        case VoucherCreated(voucher=voucher):
            state.put(tables.VOUCHER_CODES, voucher.id, voucher.code)
            state.put(tables.VOUCHERS, voucher, voucher.id)
        case VoucherUpdated(voucher=voucher):
            _store_voucher(state, voucher)
        case VoucherEnabled(voucher=voucher) | VoucherDisabled(voucher=voucher):
            _store_voucher(state, voucher)
        case VoucherDeleted(voucher_id=voucher_id, code=code):
            _delete_voucher(state, voucher_id, code)
        case CustomerCreated(customer=customer) | CustomerUpdated(customer=customer):
            _store_customer(state, customer)
        case ProjectCreated(project=project):
            state.put(tables.PROJECTS, project, project.id)
        case ProjectOpened(project_id=project_id):
            state.put(tables.OPENED, OpenedProject(project_id, at), project_id)
        case KeyAdded(key=key_pair):
            state.put(tables.KEYS, key_pair, key_pair.id)
        case KeyRevoked(key_id=key_id):
            _revoke(state, key_id, at)
        case TrustedOriginsChanged():
            _change_origins(state, event)
        case _:
            assert_never(event)


# --- redemptions


def _redeem(state: State, event: RedemptionSucceeded, at: Millis) -> None:
    order = event.evaluation.order
    if order is not None:
        _store_order(state, order)
    applied = [
        (outcome, outcome.voucher)
        for outcome in event.evaluation.outcomes
        if outcome.status == "APPLICABLE" and outcome.voucher is not None
    ]
    for (outcome, voucher), redemption_id in zip(applied, event.redemption_ids, strict=False):
        _store_voucher(state, voucher)
        redemption = Redemption(
            id=redemption_id,
            at=at,
            status="SUCCEEDED",
            related_object_type="voucher",
            related_object_id=voucher.id,
            code=voucher.code,
            taken=outcome.taken,
            order_id=None if order is None else order.id,
            customer_id=event.customer_id,
            tracking_id=event.tracking_id,
            parent_id=event.parent_id,
        )
        state.put(tables.REDEMPTIONS, redemption, redemption_id)
    if event.session_key is not None:
        _free(state, event.session_key, {voucher.id for _, voucher in applied})
    if event.parent_id is None:
        for redemption_id in event.redemption_ids:
            _retire_later(state, redemption_id, at)
        return
    parent = Redemption(
        id=event.parent_id,
        at=at,
        status="SUCCEEDED",
        related_object_type="redemption",
        related_object_id=event.parent_id,
        order_id=None if order is None else order.id,
        customer_id=event.customer_id,
        tracking_id=event.tracking_id,
        children=event.redemption_ids,
    )
    state.put(tables.REDEMPTIONS, parent, parent.id)
    _retire_later(state, parent.id, at)


def _fail(state: State, event: RedemptionFailed, at: Millis) -> None:
    failed = [each for each in event.evaluation.outcomes if each.status == "INAPPLICABLE"]
    for outcome, redemption_id in zip(failed, event.redemption_ids, strict=False):
        redemption = Redemption(
            id=redemption_id,
            at=at,
            status="FAILED",
            related_object_type="promotion_tier" if _is_promotion(outcome) else "voucher",
            related_object_id=outcome.id if outcome.voucher is None else outcome.voucher.id,
            code=outcome.id if outcome.voucher is None else outcome.voucher.code,
            customer_id=event.customer_id,
            tracking_id=event.tracking_id,
        )
        state.put(tables.REDEMPTIONS, redemption, redemption_id)
        _retire_later(state, redemption_id, at)


def _is_promotion(outcome: Outcome) -> bool:
    return outcome.object != "voucher"


def _roll_back(state: State, event: RedemptionRolledBack) -> None:
    if event.order is not None:
        _store_order(state, event.order)
    for each in event.rollbacks:
        if each.voucher is not None:
            _store_voucher(state, each.voucher)
        _mark_rolled_back(state, each.redemption_id, each.rollback_id)
    if event.parent_redemption_id is not None and event.parent_rollback_id is not None:
        _mark_rolled_back(state, event.parent_redemption_id, event.parent_rollback_id)


def _mark_rolled_back(state: State, redemption_id: str, rollback_id: str) -> None:
    redemption = state.get(tables.REDEMPTIONS, redemption_id)
    if redemption is not None:
        marked = structs.replace(redemption, status="ROLLED_BACK", rollback_id=rollback_id)
        state.put(tables.REDEMPTIONS, marked, redemption_id)


def _retire_later(state: State, redemption_id: str, at: Millis) -> None:
    due = tables.Due(tables.DUE_REDEMPTION, redemption_id, at + tables.WINDOW_MS)
    state.put(tables.DUE, due, *_due_key(due))


def _retire(state: State, redemption_id: str) -> None:
    redemption = state.get(tables.REDEMPTIONS, redemption_id)
    if redemption is None:
        return
    for child in redemption.children:
        state.delete(tables.REDEMPTIONS, child)
    state.delete(tables.REDEMPTIONS, redemption_id)
    due = tables.Due(tables.DUE_REDEMPTION, redemption_id, redemption.at + tables.WINDOW_MS)
    state.delete(tables.DUE, *_due_key(due))


def _due_key(due: tables.Due) -> tuple[str, str, str]:
    return f"{due.at:015d}", due.kind, due.id


# --- sessions


def _lock(state: State, event: SessionLocked) -> None:
    """A session with a key that is in use takes the place of the one before."""
    session = event.session
    _end_session(state, session.key)
    state.put(tables.SESSIONS, session, session.key)
    due = tables.Due(tables.DUE_SESSION, session.key, session.expires_at)
    state.put(tables.DUE, due, *_due_key(due))
    for outcome in event.evaluation.outcomes:
        if outcome.voucher is None or outcome.voucher.id not in session.voucher_ids:
            continue
        credits = (outcome.taken.credits or 0) if outcome.taken is not None else 0
        hold = Hold(session.key, session.expires_at, credits=credits)
        state.put(tables.HOLDS, hold, outcome.voucher.id, session.key)
        _count_holds(state, outcome.voucher.id, 1)


def _end_session(state: State, key: str) -> None:
    session = state.get(tables.SESSIONS, key)
    if session is not None:
        _free(state, key, set(session.voucher_ids))


def _free(state: State, key: str, voucher_ids: set[str]) -> None:
    """Takes a session's holds from these vouchers; a session that holds nothing is over."""
    session = state.get(tables.SESSIONS, key)
    if session is None:
        return
    for voucher_id in sorted(voucher_ids.intersection(session.voucher_ids)):
        if state.get(tables.HOLDS, voucher_id, key) is not None:
            state.delete(tables.HOLDS, voucher_id, key)
            _count_holds(state, voucher_id, -1)
    kept = tuple(each for each in session.voucher_ids if each not in voucher_ids)
    if kept:
        state.put(tables.SESSIONS, structs.replace(session, voucher_ids=kept), key)
        return
    state.delete(tables.SESSIONS, key)
    state.delete(tables.DUE, *_due_key(tables.Due(tables.DUE_SESSION, key, session.expires_at)))


def _count_holds(state: State, voucher_id: str, difference: int) -> None:
    voucher = state.get(tables.VOUCHERS, voucher_id)
    if voucher is not None:
        counted = structs.replace(voucher, holds=voucher.holds + difference)
        state.put(tables.VOUCHERS, counted, voucher_id)


# --- entities


def _store_voucher(state: State, voucher: Voucher) -> None:
    """Stores a voucher that exists; what sessions hold of it is counted here alone."""
    stored = state.get(tables.VOUCHERS, voucher.id)
    if stored is None:
        return
    if stored.holds != voucher.holds:
        voucher = structs.replace(voucher, holds=stored.holds)
    state.put(tables.VOUCHERS, voucher, voucher.id)


def _delete_voucher(state: State, voucher_id: str, code: str) -> None:
    for hold in list(state.scan(tables.HOLDS, voucher_id)):
        _free(state, hold.session_key, {voucher_id})
    state.delete(tables.VOUCHERS, voucher_id)
    if state.get(tables.VOUCHER_CODES, code) == voucher_id:
        state.delete(tables.VOUCHER_CODES, code)


def _store_customer(state: State, customer: Customer) -> None:
    before = _source_id(state.get(tables.CUSTOMERS, customer.id))
    after = _source_id(customer)
    if before is not None and before != after:
        state.delete(tables.CUSTOMER_SOURCES, before)
    if after is not None:
        state.put(tables.CUSTOMER_SOURCES, customer.id, after)
    state.put(tables.CUSTOMERS, customer, customer.id)


def _source_id(customer: Customer | None) -> str | None:
    if customer is None or customer.personal.data is None:
        return None
    return customer.personal.data.source_id


def _store_order(state: State, order: Order) -> None:
    stored = state.get(tables.ORDERS, order.id)
    if stored is not None and stored.source_id not in (None, order.source_id):
        state.delete(tables.ORDER_SOURCES, stored.source_id or "")
    if order.source_id is not None:
        state.put(tables.ORDER_SOURCES, order.id, order.source_id)
    state.put(tables.ORDERS, order, order.id)


def _revoke(state: State, key_id: str, at: Millis) -> None:
    key = state.get(tables.KEYS, key_id)
    if key is not None:
        state.put(tables.KEYS, structs.replace(key, revoked_at=at), key_id)


def _change_origins(state: State, event: TrustedOriginsChanged) -> None:
    project = state.get(tables.PROJECTS, event.project_id)
    if project is not None:
        changed = structs.replace(project, trusted_origins=event.trusted_origins)
        state.put(tables.PROJECTS, changed, event.project_id)


# --- decided commands


def _remember(state: State, record: Decided, offset: int) -> None:
    """Notes the command, so that a repeat is known, and forgets those that are old enough.

    Old ones leave with the sweeps, within a bound: a day's commands at once would take too long.
    """
    today = record.at // DAY_MS
    seen = Seen(record.fingerprint, offset, record.command_id)
    state.put(tables.SEEN, seen, day_bucket(today), record.command_id)
    first = state.get(tables.SEEN_FROM)
    if first is None:
        state.put(tables.SEEN_FROM, today)
    elif first < today - SEEN_DAYS and record.command_type == SWEEP:
        _forget_commands(state, first)


def _forget_commands(state: State, day: int) -> None:
    bucket = day_bucket(day)
    forgotten = list(islice(state.scan(tables.SEEN, bucket), FORGOTTEN_MAX))
    for seen in forgotten:
        state.delete(tables.SEEN, bucket, seen.command_id)
    if len(forgotten) < FORGOTTEN_MAX:
        state.put(tables.SEEN_FROM, day + 1)
