"""Vouchers in the state: by id, and their ids by code. One that is gone stays gone."""

from msgspec import structs

from engine import tables
from engine.folds.sessions import free
from engine.state import State
from schemas.base import Millis
from schemas.entities import Voucher
from schemas.events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)


def voucher_created(state: State, event: VoucherCreated, _: Millis) -> None:
    """The voucher is found by its id and its code."""
    voucher = event.voucher
    state.put(tables.VOUCHER_CODES, voucher.id, voucher.code)
    state.put(tables.VOUCHERS, voucher, voucher.id)


def voucher_changed(
    state: State, event: VoucherUpdated | VoucherEnabled | VoucherDisabled, _: Millis
) -> None:
    """The voucher is as the event says."""
    store_voucher(state, event.voucher)


def voucher_deleted(state: State, event: VoucherDeleted, _: Millis) -> None:
    """The voucher is gone, and what sessions held of it."""
    for hold in list(state.scan(tables.HOLDS, event.voucher_id)):
        free(state, hold.session_key, {event.voucher_id})
    state.delete(tables.VOUCHERS, event.voucher_id)
    if state.get(tables.VOUCHER_CODES, event.code) == event.voucher_id:
        state.delete(tables.VOUCHER_CODES, event.code)


def store_voucher(state: State, voucher: Voucher) -> None:
    """Stores a voucher that exists; what sessions hold of it is counted here alone."""
    stored = state.get(tables.VOUCHERS, voucher.id)
    if stored is None:
        return
    if stored.holds != voucher.holds:
        voucher = structs.replace(voucher, holds=stored.holds)
    state.put(tables.VOUCHERS, voucher, voucher.id)
