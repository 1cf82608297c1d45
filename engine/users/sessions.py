"""Signing in and out, and what time ends of it."""

from collections.abc import Sequence
from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.users.store import place_of
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.user_commands import (
    EndUserSessions,
    NoteFailedSignIn,
    NoteGuesses,
    StartUserSession,
    TouchUserSessions,
)
from schemas.user_events import (
    GuessesNoted,
    InvitationsForgotten,
    PasswordResetsForgotten,
    SignInFailed,
    UsedSession,
    UserSessionsEnded,
    UserSessionsForgotten,
    UserSessionsUsed,
    UserSignedIn,
)
from schemas.users import SESSION_MS, SESSIONS_MAX, Guessed, User, UserSession


def start_user_session(
    view: View, command: Command, body: StartUserSession, now: Millis
) -> Decision | Refusal:
    """Begins a session; where there are too many, the oldest ends."""
    user = view.get(tables.USERS, body.user_id)
    if user is None or user.credentials != body.credentials:
        return refuse("invalid_credentials")
    checked = _with_used_code(user, body) if user.two_factor_enabled else user
    if isinstance(checked, Refusal):
        return checked
    session = UserSession(
        id=new_id(command.seed, "uss_"),
        user_id=user.id,
        token_hash=body.token_hash,
        started_at=now,
        last_used_at=now,
        expires_at=now + SESSION_MS,
        place=place_of(view, user.id, body.place),
    )
    before = sorted(view.scan(tables.USER_SESSIONS, user.id), key=lambda each: each.started_at)
    ended = tuple(each.id for each in before[: max(0, len(before) - SESSIONS_MAX + 1)])
    events: list[Event] = [UserSessionsEnded(user.id, ended)] if ended else []
    read = body.release if checked.release_read is None else checked.release_read
    signed_in = structs.replace(checked, last_sign_in_at=now, release_read=read)
    events.append(UserSignedIn(signed_in, session, body.recovery is not None))
    return Decision(tuple(events))


def note_failed_sign_in(
    view: View, _: Command, body: NoteFailedSignIn, __: Millis
) -> Decision | Refusal:
    """Keeps the attempt; whoever sends it bounds how often."""
    if view.get(tables.USERS, body.user_id) is None:
        return not_found("user", body.user_id)
    place = place_of(view, body.user_id, body.place)
    return Decision((SignInFailed(body.user_id, place, body.address),))


def note_guesses(_: View, __: Command, body: NoteGuesses, now: Millis) -> Decision:
    """Keeps them; whoever sends it bounds how often."""
    guessed = tuple(Guessed(name, times, now) for name, times in body.guessed)
    return Decision((GuessesNoted(guessed),) if guessed else ())


def end_user_sessions(
    view: View, _: Command, body: EndUserSessions, __: Millis
) -> Decision | Refusal:
    """Ends those that are named, or all but one."""
    if not body.session_ids:
        return Decision(sessions_ended(view, body.user_id, but=body.but))
    for session_id in body.session_ids:
        if view.get(tables.USER_SESSIONS, body.user_id, session_id) is None:
            return not_found("session", session_id)
    return Decision((UserSessionsEnded(body.user_id, body.session_ids),))


def sessions_ended(
    view: View, user_id: str, *, but: str | None = None
) -> tuple[UserSessionsEnded, ...]:
    """The event that ends a user's sessions, where there are any."""
    sessions = view.scan(tables.USER_SESSIONS, user_id)
    ended = tuple(each.id for each in sessions if each.id != but)
    return (UserSessionsEnded(user_id, ended),) if ended else ()


def touch_user_sessions(view: View, _: Command, body: TouchUserSessions, __: Millis) -> Decision:
    """Notes the last use of sessions that there still are."""
    used = []
    for user_id, session_id, at in body.used:
        session = view.get(tables.USER_SESSIONS, user_id, session_id)
        if session is not None and session.last_used_at < at:
            used.append(UsedSession(user_id, session_id, at))
    return Decision((UserSessionsUsed(tuple(used)),) if used else ())


def forget_sign_ins(due: Sequence[tables.Due]) -> list[Event]:
    """What becomes of sessions and links whose time is over."""
    sessions = tuple(each.id for each in due if each.kind == tables.DUE_USER_SESSION)
    invitations = tuple(each.id for each in due if each.kind == tables.DUE_INVITATION)
    resets = tuple(each.id for each in due if each.kind == tables.DUE_RESET)
    found: list[Event] = []
    if sessions:
        found.append(UserSessionsForgotten(sessions))
    if invitations:
        found.append(InvitationsForgotten(invitations))
    if resets:
        found.append(PasswordResetsForgotten(resets))
    return found


def _with_used_code(user: User, body: StartUserSession) -> User | Refusal:
    """The user after a code was used, which none is twice."""
    factor = user.two_factor
    assert factor is not None, "it is on"
    if body.step is not None and body.step > factor.step:
        return structs.replace(user, two_factor=structs.replace(factor, step=body.step))
    if body.recovery is not None and body.recovery in factor.recovery:
        left = tuple(each for each in factor.recovery if each != body.recovery)
        return structs.replace(user, two_factor=structs.replace(factor, recovery=left))
    if body.step is None and body.recovery is None:
        return refuse("second_factor_required")
    return refuse("invalid_code")


DECISIONS: Decisions = MappingProxyType(
    {
        StartUserSession: start_user_session,
        NoteFailedSignIn: note_failed_sign_in,
        NoteGuesses: note_guesses,
        EndUserSessions: end_user_sessions,
        TouchUserSessions: touch_user_sessions,
    }
)
