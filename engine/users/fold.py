"""Users in the state: by id, by address, by the hashes of what lets somebody in."""

from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.due import drop_due, put_due
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.erasures import Erasure
from schemas.user_events import (
    GuessesNoted,
    InvitationEnded,
    InvitationsForgotten,
    MembershipSet,
    PasswordResetsForgotten,
    PasswordResetStarted,
    PasswordSet,
    RoleDeleted,
    RoleStored,
    SavedViewDeleted,
    SavedViewStored,
    SignInFailed,
    TwoFactorSet,
    UserCreated,
    UserForgotten,
    UserInvited,
    UserSessionsEnded,
    UserSessionsForgotten,
    UserSessionsUsed,
    UserSignedIn,
    UserUpdated,
)
from schemas.users import (
    ACTIVITY_MAX,
    FAILED_MAX,
    FAILED_MS,
    GUESSED_MAX,
    INVITED_MAX,
    FailedAddress,
    FailedSignIns,
    GuessesAtNobody,
    PasswordReset,
    User,
    UserAct,
    UserActivity,
    UserSession,
)


def user_stored(state: State, event: UserCreated | UserUpdated, _: Millis) -> None:
    """The user is as the event says."""
    _store(state, event.user)


def membership_set(state: State, event: MembershipSet, _: Millis) -> None:
    """The user is as the event says; who leaves a project leaves the lists saved there."""
    _store(state, event.user)
    if event.role is None:
        for each in list(state.scan(tables.SAVED_VIEWS, event.user.id)):
            if each.project_id == event.project_id:
                state.delete(tables.SAVED_VIEWS, each.user_id, each.id)


def user_signed_in(state: State, event: UserSignedIn, at: Millis) -> None:
    """The session's token works."""
    session = event.session
    _store(state, event.user)
    state.put(tables.USER_SESSIONS, session, session.user_id, session.id)
    state.put(tables.USER_TOKENS, (session.user_id, session.id), session.token_hash)
    put_due(state, _session_due(session))
    if event.recovery_code_used:
        act = UserAct("recovery_code_used", at, session.place, session.id)
        _note(state, session.user_id, act)
    _note(state, session.user_id, UserAct("signed_in", at, session.place, session.id))


def sign_in_failed(state: State, event: SignInFailed, at: Millis) -> None:
    """The user can see it, and further ones from there are slowed."""
    _note(state, event.user_id, UserAct("sign_in_failed", at, event.place))
    if event.address:
        known = state.get(tables.FAILED_SIGN_INS, tables.THE_ONE) or FailedSignIns()
        young = tuple(each for each in known.failed if each.at > at - FAILED_MS)
        failed = (*young, FailedAddress(event.address, at))[-FAILED_MAX:]
        state.put(tables.FAILED_SIGN_INS, FailedSignIns(failed), tables.THE_ONE)


def guesses_noted(state: State, event: GuessesNoted, at: Millis) -> None:
    """Further ones are slowed in every process."""
    known = state.get(tables.GUESSES_AT_NOBODY, tables.THE_ONE) or GuessesAtNobody()
    there = {each.name: each for each in known.guessed if each.at > at - FAILED_MS}
    for each in event.guessed:
        before = there.pop(each.name, None)
        times = each.times + (0 if before is None else before.times)
        there[each.name] = structs.replace(each, times=times)
    newest = GuessesAtNobody(tuple(there.values())[-GUESSED_MAX:])
    state.put(tables.GUESSES_AT_NOBODY, newest, tables.THE_ONE)


def sessions_ended(state: State, event: UserSessionsEnded, at: Millis) -> None:
    """Their tokens work no longer."""
    for session_id in event.session_ids:
        _drop_session(state, event.user_id, session_id)
        _note(state, event.user_id, UserAct("session_ended", at, None, session_id))


def sessions_used(state: State, event: UserSessionsUsed, _: Millis) -> None:
    """Their idle time begins anew."""
    for each in event.used:
        session = state.get(tables.USER_SESSIONS, each.user_id, each.session_id)
        if session is not None:
            used = structs.replace(session, last_used_at=each.at)
            state.put(tables.USER_SESSIONS, used, used.user_id, used.id)


def sessions_forgotten(state: State, event: UserSessionsForgotten, _: Millis) -> None:
    """Their time was over anyway."""
    for key in event.keys:
        _drop_session(state, *key.split("/", 1))


def password_set(state: State, event: PasswordSet, at: Millis) -> None:
    """The password is another; a link to set it is used up."""
    _store(state, event.user)
    _drop_reset(state, event.user.id)
    act = UserAct("password_reset" if event.how == "reset" else "password_changed", at, event.place)
    _note(state, event.user.id, act)


def two_factor_set(state: State, event: TwoFactorSet, at: Millis) -> None:
    """The second factor is as the event says."""
    _store(state, event.user)
    if event.how == "enabled":
        _note(state, event.user.id, UserAct("two_factor_enabled", at, event.place))
    elif event.how == "disabled":
        _note(state, event.user.id, UserAct("two_factor_disabled", at, event.place))
    elif event.how == "removed":
        _note(state, event.user.id, UserAct("two_factor_removed", at, event.place))


def user_forgotten(state: State, event: UserForgotten, _: Millis) -> None:
    """The user is gone, and whose keys have to be destroyed is known."""
    user = state.get(tables.USERS, event.user_id)
    for session in list(state.scan(tables.USER_SESSIONS, event.user_id)):
        _drop_session(state, event.user_id, session.id)
    for saved in list(state.scan(tables.SAVED_VIEWS, event.user_id)):
        state.delete(tables.SAVED_VIEWS, saved.user_id, saved.id)
    _drop_reset(state, event.user_id)
    for invitation_id in event.invitation_ids:
        _drop_invitation(state, invitation_id)
    if user is not None and user.email:
        at = tables.source_key(user.email)
        state.delete(tables.USER_EMAILS, at)
        state.delete(tables.INVITED, at)
    state.delete(tables.USER_ACTIVITIES, event.user_id)
    state.delete(tables.USERS, event.user_id)
    for owner in (event.user_id, *event.invitation_ids):
        state.put(tables.ERASURES, Erasure(state.project, owner, "user"), owner)


def user_invited(state: State, event: UserInvited, _: Millis) -> None:
    """The link works."""
    invitation = event.invitation
    state.put(tables.INVITATIONS, invitation, invitation.id)
    state.put(tables.INVITATION_TOKENS, invitation.id, invitation.token_hash)
    put_due(state, tables.Due(tables.DUE_INVITATION, invitation.id, invitation.expires_at))
    if invitation.email:
        at = tables.source_key(invitation.email)
        known = state.get(tables.INVITED, at) or ()
        state.put(tables.INVITED, (*known, invitation.id)[-INVITED_MAX:], at)


def invitation_ended(state: State, event: InvitationEnded, _: Millis) -> None:
    """The link works no longer."""
    _drop_invitation(state, event.invitation_id)


def invitations_forgotten(state: State, event: InvitationsForgotten, _: Millis) -> None:
    """Their time was over anyway."""
    for invitation_id in event.invitation_ids:
        _drop_invitation(state, invitation_id)


def reset_started(state: State, event: PasswordResetStarted, _: Millis) -> None:
    """The link works, and none before it."""
    reset = event.reset
    _drop_reset(state, reset.user_id)
    state.put(tables.PASSWORD_RESETS, reset, reset.user_id)
    state.put(tables.RESET_TOKENS, reset.user_id, reset.token_hash)
    put_due(state, _reset_due(reset))


def resets_forgotten(state: State, event: PasswordResetsForgotten, _: Millis) -> None:
    """Their time was over anyway."""
    for user_id in event.user_ids:
        _drop_reset(state, user_id)


def role_stored(state: State, event: RoleStored, _: Millis) -> None:
    """The role is as the event says."""
    state.put(tables.ROLES, event.role, event.role.project_id, event.role.id)


def role_deleted(state: State, event: RoleDeleted, _: Millis) -> None:
    """The role is gone."""
    state.delete(tables.ROLES, event.role.project_id, event.role.id)


def saved_view_stored(state: State, event: SavedViewStored, _: Millis) -> None:
    """The view is as the event says."""
    saved_view = event.saved_view
    state.put(tables.SAVED_VIEWS, saved_view, saved_view.user_id, saved_view.id)


def saved_view_deleted(state: State, event: SavedViewDeleted, _: Millis) -> None:
    """The view is gone."""
    state.delete(tables.SAVED_VIEWS, event.user_id, event.saved_view_id)


def _store(state: State, user: User) -> None:
    """Stores the user, who is found by an address that never changes."""
    state.put(tables.USERS, user, user.id)
    if user.email:
        state.put(tables.USER_EMAILS, user.id, tables.source_key(user.email))


def _note(state: State, user_id: str, act: UserAct) -> None:
    known = state.get(tables.USER_ACTIVITIES, user_id) or UserActivity(user_id)
    acts = (*known.acts, act)[-ACTIVITY_MAX:]
    state.put(tables.USER_ACTIVITIES, UserActivity(user_id, acts), user_id)


def _drop_session(state: State, user_id: str, session_id: str) -> None:
    session = state.get(tables.USER_SESSIONS, user_id, session_id)
    if session is not None:
        state.delete(tables.USER_SESSIONS, user_id, session_id)
        state.delete(tables.USER_TOKENS, session.token_hash)
        drop_due(state, _session_due(session))


def _session_due(session: UserSession) -> tables.Due:
    key = f"{session.user_id}/{session.id}"
    return tables.Due(tables.DUE_USER_SESSION, key, session.expires_at)


def _drop_invitation(state: State, invitation_id: str) -> None:
    invitation = state.get(tables.INVITATIONS, invitation_id)
    if invitation is not None:
        state.delete(tables.INVITATIONS, invitation_id)
        state.delete(tables.INVITATION_TOKENS, invitation.token_hash)
        drop_due(state, tables.Due(tables.DUE_INVITATION, invitation_id, invitation.expires_at))


def _drop_reset(state: State, user_id: str) -> None:
    reset = state.get(tables.PASSWORD_RESETS, user_id)
    if reset is not None:
        state.delete(tables.PASSWORD_RESETS, user_id)
        state.delete(tables.RESET_TOKENS, reset.token_hash)
        drop_due(state, _reset_due(reset))


def _reset_due(reset: PasswordReset) -> tables.Due:
    return tables.Due(tables.DUE_RESET, reset.user_id, reset.expires_at)


FOLDS: Folds = MappingProxyType(
    {
        UserCreated: user_stored,
        UserUpdated: user_stored,
        MembershipSet: membership_set,
        UserSignedIn: user_signed_in,
        SignInFailed: sign_in_failed,
        GuessesNoted: guesses_noted,
        UserSessionsEnded: sessions_ended,
        UserSessionsUsed: sessions_used,
        UserSessionsForgotten: sessions_forgotten,
        PasswordSet: password_set,
        TwoFactorSet: two_factor_set,
        UserForgotten: user_forgotten,
        UserInvited: user_invited,
        InvitationEnded: invitation_ended,
        InvitationsForgotten: invitations_forgotten,
        PasswordResetStarted: reset_started,
        PasswordResetsForgotten: resets_forgotten,
        RoleStored: role_stored,
        RoleDeleted: role_deleted,
        SavedViewStored: saved_view_stored,
        SavedViewDeleted: saved_view_deleted,
    }
)
