"""Which projects a management key manages.

The key of the installation's own project manages every project; the key that came with another
project manages that one alone. A user manages the project that the request names, as far as the
role there allows. What is not managed is not found.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request

from engine.kernel import tables
from engine.kernel.state import View
from engine.users.store import privileges_in
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of
from schemas.errors import not_found
from schemas.projects import CONTROL_PROJECT, Project
from services.catalog.reads import Reads

ORIGIN = re.compile(r"https?://[^/?#@\s]+", re.ASCII)


class Deleted(NamedTuple):
    """A deleted project; `opened`: its own partition was not told of it yet."""

    opened: bool


class Management:
    """What a request's management key may see and do."""

    def __init__(self, view_of: Reads) -> None:
        self._view_of = view_of

    async def projects(self, request: Request) -> Sequence[Project]:
        """The projects that the key manages, oldest first."""
        own, control = await self._find_own(request)
        if own is None:
            return ()
        alone = is_user(request)
        found = (each for each in control.scan(tables.PROJECTS) if _manages(own, each, alone=alone))
        return sorted(found, key=lambda each: (each.created_at, each.id))

    async def project(self, request: Request, project_id: str) -> Project:
        """The project with that id. Raises ApiError 404 unless the key manages it."""
        own, control = await self._find_own(request)
        found = control.get(tables.PROJECTS, project_id)
        if own is None or found is None or not _manages(own, found, alone=is_user(request)):
            raise ApiError(not_found("project", project_id))
        return found

    async def find_deleted(self, request: Request, project_id: str) -> Deleted | None:
        """What is known of a project that was deleted, for a key that manages all."""
        own, control = await self._find_own(request)
        found = control.get(tables.PROJECTS, project_id)
        if own is None or found is None or found.deleted_at is None or own.managed_by is not None:
            return None
        if is_user(request):
            return None
        opened = (await self._view_of(project_id)).get(tables.OPENED, project_id)
        return Deleted(opened=opened is not None)

    async def allows(self, request: Request, privilege: str) -> bool:
        """Whether who asks has a privilege besides the one that the route asks for; keys have all."""
        if not is_user(request):
            return True
        caller, control = caller_of(request), await self._view_of(CONTROL_PROJECT)
        user = control.get(tables.USERS, caller.key_id)
        return user is not None and privilege in privileges_in(control, user, caller.project)

    async def manages_all(self, request: Request) -> bool:
        """Whether the key is that of the installation's own project, or the user is asking there."""
        own, _ = await self._find_own(request)
        return own is not None and own.managed_by is None

    async def view(self, request: Request, project_id: str) -> View:
        """The state of a managed project. Raises ApiError 404, 503."""
        await self.project(request, project_id)
        return await self._view_of(project_id)

    async def _find_own(self, request: Request) -> tuple[Project | None, View]:
        control = await self._view_of(CONTROL_PROJECT)
        return control.get(tables.PROJECTS, caller_of(request).project), control


def is_user(request: Request) -> bool:
    """Whether a user asks and no key does."""
    return caller_of(request).kind == "user"


def _manages(own: Project, other: Project, *, alone: bool) -> bool:
    """`alone`: the own project and no other, whichever it is."""
    if other.deleted_at is not None:
        return False
    return own.id == other.id or (own.managed_by is None and not alone)
