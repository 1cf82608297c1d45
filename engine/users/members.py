"""Who belongs to a project, and how somebody comes to.

A user gives nothing beyond the own role, neither to others nor by a link, and changes nobody who
may do more. A project that has an administrator keeps one.
"""

from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.users.store import (
    find_user_by_email,
    is_last_administrator,
    may_give,
    person_of,
    privileges_of_role,
    refuse_to_change,
)
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.projects import ProjectUpdated
from schemas.user_commands import (
    AcceptInvitation,
    AssignUser,
    InviteUser,
    RequireSecondFactor,
    RevokeInvitation,
    UnassignUser,
)
from schemas.user_events import (
    InvitationEnded,
    MembershipSet,
    UserCreated,
    UserInvited,
)
from schemas.users import (
    INVITATION_MS,
    INVITATIONS_MAX,
    USERS_MAX,
    Invitation,
    User,
)


def assign_user(view: View, command: Command, body: AssignUser, now: Millis) -> Decision | Refusal:
    """Gives a user a role; nothing where the user has it."""
    project_id, role = body.project_id, body.role
    user = _find_named(view, body)
    if user is None or (body.member and project_id not in user.memberships):
        return not_found("user", body.user_id or body.email or "")
    wrong = _ungivable(view, command, project_id, role) or refuse_to_change(
        view, command, user, project_id
    )
    if wrong is not None:
        return wrong
    if user.memberships.get(project_id) == role:
        return Decision()
    if is_last_administrator(view, user, project_id):
        return refuse("last_administrator")
    after = structs.replace(user, memberships=user.memberships | {project_id: role}, updated_at=now)
    return Decision((MembershipSet(after, project_id, role),))


def unassign_user(
    view: View, command: Command, body: UnassignUser, now: Millis
) -> Decision | Refusal:
    """Takes a user out of a project; what the user did there stays."""
    user = view.get(tables.USERS, body.user_id)
    if user is None or body.project_id not in user.memberships:
        return not_found("user", body.user_id)
    wrong = refuse_to_change(view, command, user, body.project_id)
    if wrong is not None:
        return wrong
    if is_last_administrator(view, user, body.project_id):
        return refuse("last_administrator")
    left = {key: role for key, role in user.memberships.items() if key != body.project_id}
    after = structs.replace(user, memberships=left, updated_at=now)
    return Decision((MembershipSet(after, body.project_id),))


def invite_user(view: View, command: Command, body: InviteUser, now: Millis) -> Decision | Refusal:
    """Makes a link; one before it for the same address and projects works no longer."""
    for project_id, role in body.roles.items():
        project = view.get(tables.PROJECTS, project_id)
        if project is None or project.deleted_at is not None:
            return not_found("project", project_id)
        wrong = _ungivable(view, command, project_id, role)
        if wrong is not None:
            return wrong
    known = find_user_by_email(view, body.email)
    if known is not None and body.roles.keys() <= known.memberships.keys():
        return refuse(
            "duplicate_found",
            "The user is a member already",
            resource_id=known.id,
            resource_type="user",
        )
    open_links = list(view.scan(tables.INVITATIONS))
    if len(open_links) >= INVITATIONS_MAX:
        return refuse("invalid_payload", f"At most {INVITATIONS_MAX} invitations may be open")
    before = (
        each
        for each in open_links
        if each.email == body.email and each.roles.keys() == body.roles.keys()
    )
    invitation_id = new_id(command.seed, "inv_")
    invitation = Invitation(
        id=invitation_id,
        personal=person_of(view, invitation_id, body.email, body.name),
        roles=body.roles,
        token_hash=body.token_hash,
        created_at=now,
        expires_at=now + INVITATION_MS,
        invited_by=command.channel_id,
    )
    return Decision((*(InvitationEnded(each.id) for each in before), UserInvited(invitation)))


def revoke_invitation(
    view: View, _: Command, body: RevokeInvitation, __: Millis
) -> Decision | Refusal:
    """Ends a link of a project."""
    found = view.get(tables.INVITATIONS, body.invitation_id)
    if found is None or body.project_id not in found.roles:
        return not_found("invitation", body.invitation_id)
    return Decision((InvitationEnded(found.id),))


def accept_invitation(
    view: View, command: Command, body: AcceptInvitation, now: Millis
) -> Decision | Refusal:
    """Makes the bearer a user with the link's roles; whoever is known gets those roles besides."""
    invitation_id = view.get(tables.INVITATION_TOKENS, body.token_hash)
    found = None if invitation_id is None else view.get(tables.INVITATIONS, invitation_id)
    if found is None or found.expires_at <= now:
        return refuse("link_not_valid")
    roles = {
        project_id: role
        for project_id, role in found.roles.items()
        if privileges_of_role(view, project_id, role) is not None
    }
    known = find_user_by_email(view, found.email)
    if known is not None:
        return Decision((*_join(known, roles, now), InvitationEnded(found.id, known.id)))
    if body.password_hash is None:
        return refuse("invalid_payload", "Property `.password` is required")
    if sum(1 for _ in view.scan(tables.USERS)) >= USERS_MAX:
        return refuse("invalid_payload", f"An installation has at most {USERS_MAX} users")
    user_id = new_id(command.seed, "user_")
    user = User(
        id=user_id,
        personal=person_of(view, user_id, found.email, body.name or found.name),
        password_hash=body.password_hash,
        created_at=now,
        memberships=roles,
    )
    return Decision((UserCreated(user), InvitationEnded(found.id, user_id)))


def require_second_factor(
    view: View, _: Command, body: RequireSecondFactor, __: Millis
) -> Decision | Refusal:
    """Sets it for all who are members and will be; nothing where it is so already."""
    project = view.get(tables.PROJECTS, body.project_id)
    if project is None or project.deleted_at is not None:
        return not_found("project", body.project_id)
    if project.second_factor_required == body.required:
        return Decision()
    after = structs.replace(project, second_factor_required=body.required)
    return Decision((ProjectUpdated(after),))


def _join(user: User, roles: dict[str, str], now: Millis) -> list[Event]:
    """The user after each role of a link; one that the user has in a project stays."""
    events: list[Event] = []
    for project_id, role in roles.items():
        if project_id not in user.memberships:
            user = structs.replace(
                user, memberships=user.memberships | {project_id: role}, updated_at=now
            )
            events.append(MembershipSet(user, project_id, role))
    return events


def _find_named(view: View, body: AssignUser) -> User | None:
    if body.user_id is not None:
        return view.get(tables.USERS, body.user_id)
    return None if body.email is None else find_user_by_email(view, body.email)


def _ungivable(view: View, command: Command, project_id: str, role: str) -> Refusal | None:
    """The refusal of a role that there is not, or that allows more than who gives it may."""
    given = privileges_of_role(view, project_id, role)
    if given is None:
        return refuse("invalid_payload", f"There is no role {role[:100]}")
    if not may_give(view, command, project_id, given):
        return refuse("forbidden", "The role allows more than the own")
    return None


DECISIONS: Decisions = MappingProxyType(
    {
        AssignUser: assign_user,
        UnassignUser: unassign_user,
        InviteUser: invite_user,
        RevokeInvitation: revoke_invitation,
        AcceptInvitation: accept_invitation,
        RequireSecondFactor: require_second_factor,
    }
)
