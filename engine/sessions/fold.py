"""Sessions in the state: what each holds of which voucher, counted at the voucher."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.due import put_due
from engine.kernel.room import Folds
from engine.kernel.state import State
from engine.vouchers.holds import count_holds, free_holds
from schemas.base import Millis
from schemas.sessions import (
    Hold,
    OpenSession,
    SessionEnded,
    SessionLocked,
    SessionReleased,
    SessionsExpired,
)


def session_locked(state: State, event: SessionLocked, at: Millis) -> None:
    """A session with a key that is in use takes the place of the one before."""
    session = event.session
    _end_session(state, session.key)
    opened = OpenSession(
        session.key,
        session.voucher_ids,
        session.expires_at,
        session.ttl,
        session.ttl_unit,
        locked_at=at,
        customer_id=event.customer_id,
    )
    state.put(tables.SESSIONS, opened, session.key)
    due = tables.Due(tables.DUE_SESSION, session.key, session.expires_at)
    put_due(state, due)
    for outcome in event.evaluation.outcomes:
        if outcome.voucher is None or outcome.voucher.id not in session.voucher_ids:
            continue
        credits = (outcome.taken.credits or 0) if outcome.taken is not None else 0
        points = (outcome.taken.points or 0) if outcome.taken is not None else 0
        hold = Hold(session.key, session.expires_at, credits=credits, points=points)
        state.put(tables.HOLDS, hold, outcome.voucher.id, session.key)
        count_holds(state, outcome.voucher.id, 1)


def session_released(state: State, event: SessionReleased, _: Millis) -> None:
    """The session holds nothing of the voucher any more."""
    free_holds(state, event.session_key, {event.voucher_id})


def session_ended(state: State, event: SessionEnded, _: Millis) -> None:
    """The session holds nothing any more."""
    _end_session(state, event.session_key)


def sessions_expired(state: State, event: SessionsExpired, _: Millis) -> None:
    """The sessions hold nothing any more."""
    for key in event.session_keys:
        _end_session(state, key)


def _end_session(state: State, key: str) -> None:
    session = state.get(tables.SESSIONS, key)
    if session is not None:
        free_holds(state, key, set(session.voucher_ids))


FOLDS: Folds = MappingProxyType(
    {
        SessionLocked: session_locked,
        SessionReleased: session_released,
        SessionEnded: session_ended,
        SessionsExpired: sessions_expired,
    }
)
