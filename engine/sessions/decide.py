"""Sessions: a valid request holds what its redeemables would take, for a bounded time.

A hold lies on one voucher: one redemption and, of a gift card, the credits, of a loyalty card the
points. It counts against everyone but its own session until it is redeemed, released, overwritten
by a session with the same key, or over. A redemption that names the session consumes the holds on
the vouchers it redeems; the session keeps what it holds of others.
"""

from fractions import Fraction
from math import ceil
from types import MappingProxyType

from msgspec import json

from engine.customers.know import know_customer
from engine.evaluation.evaluate import Asker, FoundRedeemables, evaluate_found
from engine.evaluation.outcomes import fail_all
from engine.evaluation.rewarding import named_or_holder
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_voucher
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.api import SessionInput
from schemas.base import INSTANT_MAX, Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found
from schemas.evaluations import Asked, Evaluation
from schemas.sessions import (
    EndSession,
    LockSession,
    ReleaseSession,
    Session,
    SessionEnded,
    SessionLocked,
    SessionRefused,
    SessionReleased,
)

TTL_DEFAULT = 7.0
TTL_UNIT_DEFAULT = "DAYS"
#: The length of each unit in milliseconds.
UNITS_MS = {
    "DAYS": Fraction(86_400_000),
    "HOURS": Fraction(3_600_000),
    "MINUTES": Fraction(60_000),
    "SECONDS": Fraction(1000),
    "MILLISECONDS": Fraction(1),
    "MICROSECONDS": Fraction(1, 1000),
    "NANOSECONDS": Fraction(1, 1_000_000),
}


def lock_session(
    view: View, command: Command, body: LockSession, now: Millis
) -> Decision | Refusal:
    """Validates; a valid request holds what it would take, another leaves everything as it is."""
    asked = FoundRedeemables.of(view, body.redeemables)
    if asked.refusal is not None:
        return asked.refusal
    request = json.decode(json.encode(Asked(body.redeemables, body.order, body.metadata)))
    key = None if body.session is None else body.session.key
    known = know_customer(view, command, named_or_holder(body.customer, asked.offers), now)
    if isinstance(known, Refusal):
        failed = fail_all(body.redeemables, known)
        refused = SessionRefused(failed, body.tracking_id, asked=request, session_key=key)
        return Decision(events=(refused,))
    evaluation = evaluate_found(view, body, asked, Asker.of(command, known.customer), now)
    if evaluation.valid:
        session = _session(command, body.session or SessionInput(), evaluation, now)
        locked = SessionLocked(session, evaluation, body.tracking_id, known.id, request)
        return Decision(events=(*known.events, locked), customer=known.snapshot)
    refused = SessionRefused(evaluation, body.tracking_id, known.id, request, key)
    return Decision(events=(*known.events, refused), customer=known.snapshot)


def release_session(
    view: View, _: Command, body: ReleaseSession, now: Millis
) -> Decision | Refusal:
    """Gives back what a session holds of a voucher; 404 when it holds nothing of it any more."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return not_found("voucher", body.voucher)
    hold = view.get(tables.HOLDS, voucher.id, body.session_key)
    if hold is None or hold.expires_at <= now:
        return not_found("session", body.session_key)
    return Decision(events=(SessionReleased(body.session_key, voucher.id),))


def end_session(view: View, _: Command, body: EndSession, now: Millis) -> Decision | Refusal:
    """Gives back all that a session still holds; 404 when it is over or never was."""
    session = view.get(tables.SESSIONS, body.session_key)
    if session is None or session.expires_at <= now:
        return not_found("session", body.session_key)
    ended = SessionEnded(session.key, session.voucher_ids, session.customer_id)
    return Decision(events=(ended,))


def session_expiry(session: SessionInput, now: Millis) -> Millis:
    """When a session that begins now is over; at least a millisecond later."""
    ttl = Fraction(TTL_DEFAULT if session.ttl is None else session.ttl)
    return min(now + ceil(ttl * UNITS_MS[session.ttl_unit or TTL_UNIT_DEFAULT]), INSTANT_MAX)


def _session(command: Command, given: SessionInput, evaluation: Evaluation, now: Millis) -> Session:
    voucher_ids = tuple(
        outcome.voucher.id
        for outcome in evaluation.outcomes
        if outcome.taken is not None and outcome.voucher is not None
    )
    return Session(
        key=given.key or new_id(command.seed, "ssn_"),
        voucher_ids=voucher_ids,
        expires_at=session_expiry(given, now),
        ttl=TTL_DEFAULT if given.ttl is None else given.ttl,
        ttl_unit=given.ttl_unit or TTL_UNIT_DEFAULT,
    )


DECISIONS: Decisions = MappingProxyType(
    {
        LockSession: lock_session,
        ReleaseSession: release_session,
        EndSession: end_session,
    }
)
