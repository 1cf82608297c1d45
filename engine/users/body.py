"""Users as the API shows them: to themselves, and to who manages a project."""

from collections.abc import Iterable, Mapping

from engine.kernel import tables
from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from engine.kernel.state import View
from engine.users.store import members_of, privileges_in
from schemas.personal import Personal
from schemas.privileges import PRIVILEGES, ROLES
from schemas.projects import Project
from schemas.users import Invitation, Role, SavedView, User, UserAct, UserSession


def me_body(view: View, user: User, session_id: str, release: str) -> Body:
    """A user as the user sees it: what may be done in which project.

    `release`: the version that is installed; there is news for who read of another one last.
    """
    preferences = user.preferences
    factor = user.two_factor
    return {
        "id": user.id,
        "object": "user",
        "email": user.email,
        "name": user.name,
        "language": preferences.language,
        "theme": preferences.theme,
        "density": preferences.density,
        "must_change_password": user.must_change_password,
        "two_factor_enabled": user.two_factor_enabled,
        "recovery_codes_left": 0 if factor is None else len(factor.recovery),
        "last_sign_in_at": iso_or_none(user.last_sign_in_at),
        "created_at": iso(user.created_at),
        "session_id": session_id,
        "release_installed": release,
        "release_read": user.release_read,
        "projects": list(_projects(view, user)),
    }


def _projects(view: View, user: User) -> Iterable[Body]:
    """The projects of which the user is a member, by name."""
    found = [view.get(tables.PROJECTS, each) for each in user.memberships]
    there = [each for each in found if each is not None and each.deleted_at is None]
    saved: dict[str, list[SavedView]] = {}
    for each in saved_views_of(view, user.id):
        saved.setdefault(each.project_id, []).append(each)
    for project in sorted(there, key=lambda each: (each.name, each.id)):
        may = privileges_in(view, user, project.id)
        role = user.memberships[project.id]
        yield {
            "id": project.id,
            "name": project.name,
            "role": role,
            "role_name": role_name(view, project.id, role),
            "privileges": _in_order(may),
            "timezone": project.terms.timezone,
            "currency": project.terms.currency,
            "views": [
                {"id": each.id, "section": each.section, "name": each.name, "query": each.query}
                for each in saved.get(project.id, ())
            ],
            "second_factor_required": project.second_factor_required,
        }


def saved_views_of(view: View, user_id: str) -> list[SavedView]:
    """The lists that a user saved, oldest first."""
    return sorted(
        view.scan(tables.SAVED_VIEWS, user_id), key=lambda each: (each.created_at, each.id)
    )


def saved_view_body(saved_view: SavedView) -> Body:
    """A list that a user saved."""
    return {
        "id": saved_view.id,
        "object": "saved_view",
        "project_id": saved_view.project_id,
        "section": saved_view.section,
        "name": saved_view.name,
        "query": saved_view.query,
        "created_at": iso(saved_view.created_at),
        "updated_at": iso_or_none(saved_view.updated_at),
    }


def role_name(view: View, project_id: str, role: str) -> str:
    """What a role is called; one that is gone as it was named."""
    own = None if role in ROLES else view.get(tables.ROLES, project_id, role)
    return role if own is None else own.name


def session_body(session: UserSession, current: str) -> Body:
    """A session; `current` is the id of the one that asks."""
    return {
        "id": session.id,
        "object": "user_session",
        "started_at": iso(session.started_at),
        "last_used_at": iso(session.last_used_at),
        "expires_at": iso(session.ends_at()),
        **_place(session.place),
        "current": session.id == current,
    }


def act_body(act: UserAct) -> Body:
    """Something that happened to a user's security."""
    return {
        "object": "user_activity",
        "type": act.type,
        "created_at": iso(act.at),
        **_place(act.place),
        "session_id": act.session_id,
    }


def member_body(user: User, project_id: str, *, shows_all: bool) -> Body:
    """A user as the contract shows it. Source: its schema `User`.

    Of other projects than `project_id` it tells where who asks manages them all.
    """
    first, _, last = user.name.partition(" ")
    memberships: Mapping[str, str] = user.memberships
    if not shows_all:
        memberships = {key: role for key, role in memberships.items() if key == project_id}
    return {
        "id": user.id,
        "login": user.email,
        "email": user.email,
        "first_name": first,
        "last_name": last,
        "name": user.name,
        "projects": dict(memberships),
        "role": user.memberships.get(project_id),
        "is_owner": user.owner,
        "two_factor_enabled": user.two_factor_enabled,
        "last_sign_in_at": iso_or_none(user.last_sign_in_at),
        "created_at": iso(user.created_at),
    }


def caller_body(caller_id: str, kind: str, name: str | None) -> Body:
    """Who called the API: a member (`user`) or a key of that kind, and what it is called."""
    return {"id": caller_id, "object": "caller", "kind": kind, "name": name or None}


def invitation_body(invitation: Invitation, project_id: str) -> Body:
    """An open invitation to a project."""
    return {
        "id": invitation.id,
        "object": "invitation",
        "email": invitation.email,
        "role": invitation.roles[project_id],
        "created_at": iso(invitation.created_at),
        "expires_at": iso(invitation.expires_at),
    }


def security_body(view: View, project: Project) -> Body:
    """What a project asks of its members, and how many of them could not do a thing there."""
    members = list(members_of(view, project.id))
    return {
        "object": "project_security",
        "second_factor_required": project.second_factor_required,
        "members": len(members),
        "members_without_second_factor": sum(not each.two_factor_enabled for each in members),
    }


def role_body(role: Role) -> Body:
    """A project's own role."""
    return {
        "id": role.id,
        "object": "role",
        "name": role.name,
        "privileges": _in_order(role.privileges),
        "predefined": False,
        "created_at": iso(role.created_at),
        "updated_at": iso_or_none(role.updated_at),
    }


def predefined_role_body(role: str) -> Body:
    """A role that every project has."""
    return {
        "id": role,
        "object": "role",
        "name": role,
        "privileges": _in_order(ROLES[role]),
        "predefined": True,
        "created_at": None,
        "updated_at": None,
    }


def _in_order(privileges: Iterable[str]) -> list[str]:
    """In the order in which they are told."""
    has = frozenset(privileges)
    return [each for each in PRIVILEGES if each in has]


def _place(place: Personal | None) -> Body:
    said = {} if place is None or place.data is None else place.data.metadata or {}
    return {"ip": said.get("ip") or None, "agent": said.get("agent") or None}
