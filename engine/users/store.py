"""Users as they are found, and what they may do."""

from collections.abc import Iterator

from engine.kernel import tables
from engine.kernel.state import View
from schemas.commands import Command
from schemas.errors import Refusal, refuse
from schemas.personal import Personal, PersonalData
from schemas.privileges import ADMIN, ROLES
from schemas.user_commands import Place
from schemas.users import User


def find_user_by_email(view: View, email: str) -> User | None:
    """The user with that address, which is normalised."""
    user_id = view.get(tables.USER_EMAILS, tables.source_key(email))
    return None if user_id is None else view.get(tables.USERS, user_id)


def privileges_of_role(view: View, project_id: str, role: str) -> frozenset[str] | None:
    """What a role of a project allows; None where there is no such role."""
    known = ROLES.get(role)
    if known is not None:
        return known
    own = view.get(tables.ROLES, project_id, role)
    return None if own is None else frozenset(own.privileges)


def privileges_in(view: View, user: User, project_id: str) -> frozenset[str]:
    """What a user may do in a project; nothing where the user is no member."""
    role = user.memberships.get(project_id)
    found = None if role is None else privileges_of_role(view, project_id, role)
    return found or frozenset()


def find_asking_user(view: View, command: Command) -> User | None:
    """The user who asks; None where a key does, or the system."""
    return view.get(tables.USERS, command.channel_id) if command.key_kind == "user" else None


def may_give(view: View, command: Command, project_id: str, given: frozenset[str]) -> bool:
    """Whether who asks may give these privileges of a project: a user, what the own role has."""
    if command.key_kind != "user":
        return True
    asking = find_asking_user(view, command)
    return asking is not None and given <= privileges_in(view, asking, project_id)


def refuse_to_change(view: View, command: Command, user: User, project_id: str) -> Refusal | None:
    """The refusal to change a user who may do more in a project than who asks."""
    if may_give(view, command, project_id, privileges_in(view, user, project_id)):
        return None
    return refuse("forbidden", "The user may do more than the own role allows")


def members_of(view: View, project_id: str) -> Iterator[User]:
    """The members of a project."""
    return (each for each in view.scan(tables.USERS) if project_id in each.memberships)


def lacks_second_factor(view: View, user: User, project_id: str) -> bool:
    """Whether a project wants a second factor that the user has not."""
    project = view.get(tables.PROJECTS, project_id)
    return project is not None and project.second_factor_required and not user.two_factor_enabled


def is_last_administrator(view: View, user: User, project_id: str) -> bool:
    """Whether nobody else administers the project."""
    if user.memberships.get(project_id) != ADMIN:
        return False
    return not any(
        each.id != user.id and each.memberships[project_id] == ADMIN
        for each in members_of(view, project_id)
    )


def person_of(view: View, owner: str, email: str, name: str) -> Personal:
    """What identifies a user or whoever is invited."""
    return Personal(f"{view.project}/{owner}", PersonalData(email=email, name=name))


def place_of(view: View, user_id: str, place: Place) -> Personal:
    """Where a user's request came from."""
    said = {"ip": place.ip, "agent": place.agent}
    return Personal(f"{view.project}/{user_id}", PersonalData(metadata=said))
