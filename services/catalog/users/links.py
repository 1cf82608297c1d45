"""Links that let somebody in: an invitation, and a password that is set anew.

Whoever has a link's token may use it, once. The token comes in a body, so that no log has it; and
a password is hashed for nobody whose token is not right.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.state import View
from engine.users.body import role_name
from engine.users.store import find_user_by_email
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import management_router
from schemas.errors import refuse
from schemas.user_commands import AcceptInvitation, ResetPassword
from schemas.user_events import InvitationEnded
from schemas.users import Invitation
from services.catalog.users.bodies import AcceptBody, LinkBody, ResetBody
from services.catalog.users.control import Control, place_of, user_caller
from services.catalog.users.passwords import Passwords, check_password


class Links:
    """The handlers."""

    def __init__(self, control: Control, passwords: Passwords) -> None:
        self._control = control
        self._passwords = passwords

    async def look(self, request: Request, body: LinkBody) -> Response:
        view = await self._control.view()
        found = self._invitation(view, body.token)
        projects = list(_projects(view, found))
        known = find_user_by_email(view, found.email) is not None
        shown = {
            "email": found.email,
            "name": found.name,
            "projects": projects,
            "expires_at": iso(found.expires_at),
            "known": known,
        }
        return self._control.respond(request, shown)

    async def accept(self, request: Request, body: AcceptBody) -> Response:
        view = await self._control.view()
        found = self._invitation(view, body.token)
        hashed = None
        if find_user_by_email(view, found.email) is None:
            if body.password is None:
                raise invalid_payload("Property `.password` is required")
            if not (body.name or found.name):
                raise invalid_payload("Property `.name` is required")
            check_password(body.password, found.email, "password")
            hashed = await self._passwords.hash(body.password)
        command = AcceptInvitation(found.token_hash, body.name, hashed)
        record = await self._control.decide(request, user_caller(""), command)
        ended = next(each for each in record.events if isinstance(each, InvitationEnded))
        return self._control.respond(request, {"id": ended.user_id, "email": found.email})

    async def reset(self, request: Request, body: ResetBody) -> Response:
        view = await self._control.view()
        token_hash = self._control.secrets.hash_token(body.token)
        user_id = view.get(tables.RESET_TOKENS, token_hash)
        user = None if user_id is None else view.get(tables.USERS, user_id)
        if user is None:
            raise ApiError(refuse("link_not_valid"))
        check_password(body.password, user.email, "password")
        hashed = await self._passwords.hash(body.password)
        command = ResetPassword(token_hash, hashed, place_of(request))
        await self._control.decide(request, user_caller(user.id), command)
        return self._control.respond(request, None)

    def _invitation(self, view: View, token: str) -> Invitation:
        """The invitation that a token is of. Raises ApiError 404."""
        invitation_id = view.get(tables.INVITATION_TOKENS, self._control.secrets.hash_token(token))
        found = None if invitation_id is None else view.get(tables.INVITATIONS, invitation_id)
        if found is None or found.expires_at <= self._control.clock_ms():
            raise ApiError(refuse("link_not_valid"))
        return found


def link_router(links: Links) -> APIRouter:
    """`/users/v1/invitations` and `/users/v1/password-resets`."""
    router = management_router("users")

    @router.post("/users/v1/invitations/look")
    async def look(request: Request, body: LinkBody) -> Response:
        return await links.look(request, body)

    @router.post("/users/v1/invitations/accept")
    async def accept(request: Request, body: AcceptBody) -> Response:
        return await links.accept(request, body)

    @router.post("/users/v1/password-resets/accept")
    async def reset(request: Request, body: ResetBody) -> Response:
        return await links.reset(request, body)

    return router


def _projects(view: View, invitation: Invitation) -> list[Body]:
    """The projects that a link leads to, and as what."""
    found = []
    for project_id, role in sorted(invitation.roles.items()):
        project = view.get(tables.PROJECTS, project_id)
        if project is not None and project.deleted_at is None:
            named = role_name(view, project_id, role)
            found.append({"id": project_id, "name": project.name, "role": named})
    return found
