"""The members of a project and who is invited, over the management API.

A management key may give any role; a user none beyond the own (engine/users/members.py).
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.state import View
from engine.projects.body import list_body
from engine.users.body import invitation_body, member_body
from engine.users.store import find_user_by_email, members_of
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.errors import not_found
from schemas.records import Decided
from schemas.user_commands import (
    AssignUser,
    ForgetUser,
    InviteUser,
    RemoveTwoFactor,
    RevokeInvitation,
    StartPasswordReset,
    UnassignUser,
)
from schemas.user_events import PasswordResetStarted, UserInvited
from schemas.users import User
from services.catalog.projects.management import Management, is_user
from services.catalog.users.bodies import AssignBody, InvitationBody, InviteBody, RoleOfUserBody
from services.catalog.users.control import Control

PROJECT = "/management/v1/projects/{project_id:ident}"
USERS = PROJECT + "/users"
USER = USERS + "/{user_id:ident}"
INVITATIONS = PROJECT + "/invitations"


class Team:
    """The handlers."""

    def __init__(self, control: Control, management: Management) -> None:
        self._control = control
        self._management = management

    async def list(self, request: Request, project_id: str) -> Response:
        await self._management.project(request, project_id)
        members = members_of(await self._control.view(), project_id)
        ordered = sorted(members, key=lambda each: (each.created_at, each.id))
        shows_all = await self._shows_all(request)
        bodies = [member_body(each, project_id, shows_all=shows_all) for each in ordered]
        return self._control.respond(request, list_body(bodies))

    async def get(self, request: Request, project_id: str, user_id: str) -> Response:
        await self._management.project(request, project_id)
        return await self._answer_member(request, project_id, user_id)

    async def assign(self, request: Request, project_id: str, body: AssignBody) -> Response:
        await self._management.project(request, project_id)
        if (body.id is None) == (body.login is None):
            raise invalid_payload("Either property `.id` or property `.login` is required")
        command = AssignUser(project_id, body.role, user_id=body.id, email=body.login)
        await self._control.decide_named(request, "user.assign", command)
        user_id = body.id
        if user_id is None and body.login is not None:
            found = find_user_by_email(await self._control.view(), body.login)
            user_id = "" if found is None else found.id
        return await self._answer_member(request, project_id, user_id or "")

    async def update(
        self, request: Request, project_id: str, user_id: str, body: RoleOfUserBody
    ) -> Response:
        await self._management.project(request, project_id)
        command = AssignUser(project_id, body.role, user_id=user_id, member=True)
        await self._control.decide_named(request, "user.update", command)
        return await self._answer_member(request, project_id, user_id)

    async def unassign(self, request: Request, project_id: str, user_id: str) -> Response:
        await self._management.project(request, project_id)
        command = UnassignUser(project_id, user_id)
        await self._control.decide_named(request, "user.unassign", command)
        return self._control.respond(request, None)

    async def invite_to_all(self, request: Request, body: InviteBody) -> Response:
        for project_id in body.projects:
            await self._management.project(request, project_id)
        name = f"{body.first_name} {body.last_name}".strip()
        identity = await self._control.identity(request, "user.invite")
        token_hash = self._control.secrets.hash_token(self._control.new_token(identity))
        command = InviteUser(body.email, name, body.projects, token_hash)
        await self._control.decide(request, caller_of(request), command, identity)
        return self._control.respond(request, None)

    async def invite(self, request: Request, project_id: str, body: InvitationBody) -> Response:
        await self._management.project(request, project_id)
        identity = await self._control.identity(request, "invitation.create")
        token = self._control.new_token(identity)
        token_hash = self._control.secrets.hash_token(token)
        command = InviteUser(body.email, body.name or "", {project_id: body.role}, token_hash)
        record = await self._control.decide(request, caller_of(request), command, identity)
        invited = next(each for each in record.events if isinstance(each, UserInvited))
        shown = invitation_body(invited.invitation, project_id) | {"url_token": token}
        return self._control.respond(request, shown)

    async def invitations(self, request: Request, project_id: str) -> Response:
        await self._management.project(request, project_id)
        now, view = self._control.clock_ms(), await self._control.view()
        there = [
            each
            for each in view.scan(tables.INVITATIONS)
            if project_id in each.roles and each.expires_at > now
        ]
        newest = sorted(there, key=lambda each: (each.created_at, each.id), reverse=True)
        bodies = [invitation_body(each, project_id) for each in newest]
        return self._control.respond(request, list_body(bodies))

    async def revoke(self, request: Request, project_id: str, invitation_id: str) -> Response:
        await self._management.project(request, project_id)
        command = RevokeInvitation(project_id, invitation_id)
        await self._control.decide_named(request, "invitation.revoke", command)
        return self._control.respond(request, None)

    async def start_reset(self, request: Request, project_id: str, user_id: str) -> Response:
        await self._management.project(request, project_id)
        identity = await self._control.identity(request, "password.reset")
        token = self._control.new_token(identity)
        command = StartPasswordReset(
            user_id,
            project_id,
            self._control.secrets.hash_token(token),
            manages_all=await self._shows_all(request),
        )
        record = await self._control.decide(request, caller_of(request), command, identity)
        shown = {"url_token": token, "expires_at": iso(_expiry(record))}
        return self._control.respond(request, shown)

    async def remove_two_factor(self, request: Request, project_id: str, user_id: str) -> Response:
        await self._management.project(request, project_id)
        command = RemoveTwoFactor(user_id, project_id, manages_all=await self._shows_all(request))
        await self._control.decide_named(request, "two_factor.remove", command)
        return self._control.respond(request, None)

    async def forget(self, request: Request, project_id: str, user_id: str) -> Response:
        await self._management.project(request, project_id)
        command = ForgetUser(
            user_id, project_id, manages_all=await self._management.manages_all(request)
        )
        await self._control.decide_named(request, "user.forget", command)
        return self._control.respond(request, None)

    async def _answer_member(self, request: Request, project_id: str, user_id: str) -> Response:
        view = await self._control.view()
        user = _member(view, project_id, user_id)
        body: Body = member_body(user, project_id, shows_all=await self._shows_all(request))
        return self._control.respond(request, body)

    async def _shows_all(self, request: Request) -> bool:
        """Whether a key of the installation's own project asks, which manages every project."""
        return not is_user(request) and await self._management.manages_all(request)


def team_router(team: Team) -> APIRouter:
    """Members, invitations and resets of passwords."""
    router = management_router("users")

    @router.post("/management/v1/projects/users/invite")
    async def invite_to_all(request: Request, body: InviteBody) -> Response:
        return await team.invite_to_all(request, body)

    @router.get(USERS)
    async def list_users(request: Request, project_id: Captured) -> Response:
        return await team.list(request, project_id)

    @router.post(USERS)
    async def assign_user(request: Request, project_id: Captured, body: AssignBody) -> Response:
        return await team.assign(request, project_id, body)

    @router.get(USER)
    async def get_user(request: Request, project_id: Captured, user_id: Captured) -> Response:
        return await team.get(request, project_id, user_id)

    @router.put(USER)
    async def update_user(
        request: Request, project_id: Captured, user_id: Captured, body: RoleOfUserBody
    ) -> Response:
        return await team.update(request, project_id, user_id, body)

    @router.delete(USER)
    async def unassign_user(request: Request, project_id: Captured, user_id: Captured) -> Response:
        return await team.unassign(request, project_id, user_id)

    @router.post(USER + "/password-reset")
    async def start_reset(request: Request, project_id: Captured, user_id: Captured) -> Response:
        return await team.start_reset(request, project_id, user_id)

    @router.delete(USER + "/two-factor")
    async def remove_two_factor(
        request: Request, project_id: Captured, user_id: Captured
    ) -> Response:
        return await team.remove_two_factor(request, project_id, user_id)

    @router.post(USER + "/permanent-deletion")
    async def forget_user(request: Request, project_id: Captured, user_id: Captured) -> Response:
        return await team.forget(request, project_id, user_id)

    @router.get(INVITATIONS)
    async def list_invitations(request: Request, project_id: Captured) -> Response:
        return await team.invitations(request, project_id)

    @router.post(INVITATIONS)
    async def invite(request: Request, project_id: Captured, body: InvitationBody) -> Response:
        return await team.invite(request, project_id, body)

    @router.delete(INVITATIONS + "/{invitation_id:ident}")
    async def revoke(request: Request, project_id: Captured, invitation_id: Captured) -> Response:
        return await team.revoke(request, project_id, invitation_id)

    return router


def _member(view: View, project_id: str, user_id: str) -> User:
    """A member of a project. Raises ApiError 404."""
    user = view.get(tables.USERS, user_id)
    if user is None or project_id not in user.memberships:
        raise ApiError(not_found("user", user_id))
    return user


def _expiry(record: Decided) -> int:
    return next(
        each.reset.expires_at for each in record.events if isinstance(each, PasswordResetStarted)
    )
