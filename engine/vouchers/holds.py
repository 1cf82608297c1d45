"""What sessions hold of vouchers, counted at the voucher."""

from msgspec import structs

from engine.kernel import tables
from engine.kernel.due import drop_due
from engine.kernel.state import State


def free_holds(state: State, key: str, voucher_ids: set[str]) -> None:
    """Takes a session's holds from these vouchers; a session that holds nothing is over."""
    session = state.get(tables.SESSIONS, key)
    if session is None:
        return
    for voucher_id in sorted(voucher_ids.intersection(session.voucher_ids)):
        if state.get(tables.HOLDS, voucher_id, key) is not None:
            state.delete(tables.HOLDS, voucher_id, key)
            count_holds(state, voucher_id, -1)
    kept = tuple(each for each in session.voucher_ids if each not in voucher_ids)
    if kept:
        state.put(tables.SESSIONS, structs.replace(session, voucher_ids=kept), key)
        return
    state.delete(tables.SESSIONS, key)
    drop_due(state, tables.Due(tables.DUE_SESSION, key, session.expires_at))


def count_holds(state: State, voucher_id: str, difference: int) -> None:
    """The voucher knows of so many more holds, expired ones included."""
    voucher = state.get(tables.VOUCHERS, voucher_id)
    if voucher is not None:
        counted = structs.replace(voucher, holds=voucher.holds + difference)
        state.put(tables.VOUCHERS, counted, voucher_id)
