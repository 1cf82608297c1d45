"""Sessions: locks on what a validation would take, until they end."""

from typing import Any, Final

from schemas.base import Millis, Shape, Unanswered
from schemas.evaluations import Evaluation, RequestContext


class Session(Shape, frozen=True):
    """A lock: what it holds and until when."""

    key: str
    voucher_ids: tuple[str, ...]
    expires_at: Millis
    ttl: float
    ttl_unit: str


class OpenSession(Session, frozen=True):
    """A session as the state has it: what it still holds, since when, and for whom."""

    locked_at: Millis = 0
    customer_id: str | None = None


class Hold(Shape, frozen=True):
    """What a session holds of one voucher: one redemption, with credits of a gift or points."""

    session_key: str
    expires_at: Millis
    quantity: int = 1
    credits: int = 0
    points: int = 0


class LockSession(RequestContext, tag="lock_session", frozen=True):
    """Validates and, if valid, holds what the redeemables would take."""


class ReleaseSession(Shape, tag="release_session", frozen=True):
    """Frees what a session holds of a voucher."""

    voucher: str
    session_key: str


class EndSession(Shape, tag="end_session", frozen=True):
    """Frees all that a session holds."""

    session_key: str


class SessionLocked(Shape, tag="session.locked", frozen=True):
    """A validation was valid and its session holds what it would take."""

    session: Session
    evaluation: Evaluation
    tracking_id: str | None = None
    customer_id: str | None = None
    #: `Asked`, as JSON has it.
    asked: dict[str, Any] | None = None


class SessionRefused(Shape, tag="session.refused", frozen=True):
    """A validation with a session was not valid; nothing is held."""

    evaluation: Evaluation
    tracking_id: str | None = None
    customer_id: str | None = None
    #: `Asked`, as JSON has it.
    asked: dict[str, Any] | None = None
    #: The session that was asked for.
    session_key: str | None = None


class SessionReleased(Shape, tag="session.released", frozen=True):
    """A session's hold on a voucher was given back by its owner."""

    session_key: str
    voucher_id: str


class SessionEnded(Shape, tag="session.ended", frozen=True):
    """A session was given back with all that it still held."""

    session_key: str
    voucher_ids: tuple[str, ...] = ()
    customer_id: str | None = None


class SessionsExpired(Unanswered, tag="session.expired", frozen=True):
    """Sessions whose time was over were swept."""

    session_keys: tuple[str, ...]


SessionCommand = LockSession | ReleaseSession | EndSession
SessionEvent = SessionLocked | SessionRefused | SessionReleased | SessionEnded | SessionsExpired
#: Units that are held for a while: nothing is redeemed yet.
SESSION_EVENTS: Final = frozenset(
    {SessionLocked, SessionRefused, SessionReleased, SessionEnded, SessionsExpired}
)
