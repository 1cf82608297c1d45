"""Sessions in the state: what each holds of which voucher, counted at the voucher."""

from msgspec import structs

from engine.kernel import tables
from engine.kernel.due import drop_due, put_due
from engine.kernel.state import State
from schemas.base import Millis
from schemas.sessions import Hold, SessionLocked, SessionReleased, SessionsExpired


def session_locked(state: State, event: SessionLocked, _: Millis) -> None:
    """A session with a key that is in use takes the place of the one before."""
    session = event.session
    _end_session(state, session.key)
    state.put(tables.SESSIONS, session, session.key)
    due = tables.Due(tables.DUE_SESSION, session.key, session.expires_at)
    put_due(state, due)
    for outcome in event.evaluation.outcomes:
        if outcome.voucher is None or outcome.voucher.id not in session.voucher_ids:
            continue
        credits = (outcome.taken.credits or 0) if outcome.taken is not None else 0
        points = (outcome.taken.points or 0) if outcome.taken is not None else 0
        hold = Hold(session.key, session.expires_at, credits=credits, points=points)
        state.put(tables.HOLDS, hold, outcome.voucher.id, session.key)
        _count_holds(state, outcome.voucher.id, 1)


def session_released(state: State, event: SessionReleased, _: Millis) -> None:
    """The session holds nothing of the voucher any more."""
    free(state, event.session_key, {event.voucher_id})


def sessions_expired(state: State, event: SessionsExpired, _: Millis) -> None:
    """The sessions hold nothing any more."""
    for key in event.session_keys:
        _end_session(state, key)


def _end_session(state: State, key: str) -> None:
    session = state.get(tables.SESSIONS, key)
    if session is not None:
        free(state, key, set(session.voucher_ids))


def free(state: State, key: str, voucher_ids: set[str]) -> None:
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
    drop_due(state, tables.Due(tables.DUE_SESSION, key, session.expires_at))


def _count_holds(state: State, voucher_id: str, difference: int) -> None:
    voucher = state.get(tables.VOUCHERS, voucher_id)
    if voucher is not None:
        counted = structs.replace(voucher, holds=voucher.holds + difference)
        state.put(tables.VOUCHERS, counted, voucher_id)
