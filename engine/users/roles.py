"""A project's own roles: created, changed, deleted. Those of every project never change."""

from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.users.store import may_give, members_of
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.privileges import ROLES
from schemas.user_commands import CreateRole, DeleteRole, UpdateRole
from schemas.user_events import RoleDeleted, RoleStored
from schemas.users import ROLES_MAX, Role


def create_role(view: View, command: Command, body: CreateRole, now: Millis) -> Decision | Refusal:
    """Creates a role; its name is new in the project."""
    roles = list(view.scan(tables.ROLES, body.project_id))
    if len(roles) >= ROLES_MAX:
        return refuse("invalid_payload", f"A project has at most {ROLES_MAX} roles of its own")
    taken = _taken_name(roles, body.name)
    if taken is not None:
        return taken
    if not may_give(view, command, body.project_id, frozenset(body.privileges)):
        return _beyond()
    role = Role(
        new_id(command.seed, "role_"), body.project_id, body.name, body.privileges, created_at=now
    )
    return Decision((RoleStored(role),))


def update_role(view: View, command: Command, body: UpdateRole, now: Millis) -> Decision | Refusal:
    """Sets what is named; neither before nor after it may the role allow more than the own."""
    role = view.get(tables.ROLES, body.project_id, body.role_id)
    if role is None:
        return not_found("role", body.role_id)
    privileges = role.privileges if body.privileges is None else body.privileges
    if not may_give(view, command, role.project_id, frozenset((*role.privileges, *privileges))):
        return _beyond()
    name = role.name if body.name is None else body.name
    others = [each for each in view.scan(tables.ROLES, role.project_id) if each.id != role.id]
    taken = _taken_name(others, name)
    if taken is not None:
        return taken
    after = structs.replace(role, name=name, privileges=privileges, updated_at=now)
    return Decision((RoleStored(after),))


def delete_role(view: View, command: Command, body: DeleteRole, __: Millis) -> Decision | Refusal:
    """Removes a role that neither a member nor an open invitation has."""
    role = view.get(tables.ROLES, body.project_id, body.role_id)
    if role is None:
        return not_found("role", body.role_id)
    if not may_give(view, command, role.project_id, frozenset(role.privileges)):
        return _beyond()
    held = any(
        each.memberships[role.project_id] == role.id for each in members_of(view, role.project_id)
    )
    promised = any(
        each.roles.get(role.project_id) == role.id for each in view.scan(tables.INVITATIONS)
    )
    if held or promised:
        return refuse("resource_in_use", "Somebody has the role, or is invited to it")
    return Decision((RoleDeleted(role),))


def _taken_name(roles: list[Role], name: str) -> Refusal | None:
    if name.upper() in ROLES or any(each.name == name for each in roles):
        return refuse("duplicate_found", f"There is a role {name} already", resource_type="role")
    return None


def _beyond() -> Refusal:
    return refuse("forbidden", "The role allows more than the own")


DECISIONS: Decisions = MappingProxyType(
    {
        CreateRole: create_role,
        UpdateRole: update_role,
        DeleteRole: delete_role,
    }
)
