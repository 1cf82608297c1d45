"""API keys of a project over the management API. A token is shown once, and then nobody has it.

When a key was used last is asked of whoever keeps the log of calls; where that does not answer, the
member is left out, and everything else is told.
"""

import base64
import hmac
import os
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.calendar import iso_or_none
from engine.kernel.encode import Body
from engine.keys.body import key_body
from engine.keys.decide import find_key, keys_of
from engine.projects.body import list_body
from fronts.writes import Identity, Writes, note_record
from runtime.base.secrets import Secrets
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.commands import CommandBody
from schemas.errors import not_found
from schemas.keys import CreateKey, EndKey, NewKey, RenameKey, RotateKey
from schemas.projects import CONTROL_PROJECT, ApiKey, Project
from services.catalog.projects.key_bodies import CreateKeyBody, RenameKeyBody, RotateKeyBody
from services.catalog.projects.management import Management
from services.catalog.reads import Reads

_KEYS = "/management/v1/projects/{project_id:ident}/keys"
_KEY = _KEYS + "/{key_id:ident}"

#: When the keys of a project were used last, by id, those of no call left out; None: not known now.
KeysUsed = Callable[[str], Awaitable[Mapping[str, Millis] | None]]


class KeyOutfit(NamedTuple):
    """What keys are made and shown with."""

    secrets: Secrets
    used: KeysUsed
    clock_ms: Callable[[], Millis]


class Issued(NamedTuple):
    """A key pair before it is forgotten, and what is kept of it."""

    token: str
    key: NewKey


class _Keys:
    """The handlers that write."""

    def __init__(self, writes: Writes, view_of: Reads, secrets: Secrets) -> None:
        self._writes = writes
        self._secrets = secrets
        self.management = Management(view_of)

    async def create(self, request: Request, project_id: str, body: CreateKeyBody) -> Response:
        await self.management.project(request, project_id)
        identity = await self._identity(request, "key.create")
        issued = self._issue(project_id, identity)
        scopes = None if body.scopes is None else tuple(body.scopes)
        command = CreateKey(project_id, body.kind, body.name, issued.key, scopes)
        return await self._answer(request, command, identity, issued)

    async def rotate(
        self, request: Request, project_id: str, key_id: str, body: RotateKeyBody
    ) -> Response:
        await self.management.project(request, project_id)
        identity = await self._identity(request, "key.rotate")
        issued = self._issue(project_id, identity)
        command = RotateKey(project_id, key_id, issued.key, body.overlap_hours)
        return await self._answer(request, command, identity, issued)

    async def write(
        self, request: Request, project_id: str, route: str, command: CommandBody
    ) -> Response:
        await self.management.project(request, project_id)
        content = await request.body()
        return await self._writes.answer(request, route, content, command, project=CONTROL_PROJECT)

    async def _identity(self, request: Request, route: str) -> Identity:
        return self._writes.identity(request, route, await request.body())

    def _issue(self, project_id: str, identity: Identity) -> Issued:
        """A key of its own; of a request that names its key the same again, for nobody else."""
        seed = identity.command_id.encode() if identity.command_id else os.urandom(32)

        def derived(purpose: str) -> bytes:
            message = b"\0".join((seed, project_id.encode(), purpose.encode()))
            return hmac.digest(self._secrets.issuing, message, "sha256")

        token = base64.urlsafe_b64encode(derived("key/token")).decode().rstrip("=")
        key_id = str(uuid.UUID(bytes=derived("key/id")[:16], version=4))
        return Issued(token, NewKey(key_id, self._secrets.hash_token(token)))

    async def _answer(
        self, request: Request, command: CommandBody, identity: Identity, issued: Issued
    ) -> Response:
        caller = caller_of(request)
        answered = await self._writes.decide(caller, command, identity, project=CONTROL_PROJECT)
        note_record(request, answered, CONTROL_PROJECT)
        status, shown = self._writes.render(answered.record, caller.kind)
        if status == 200 and shown is not None:
            shown = shown | {"token": issued.token}
        response = self._writes.respond(request, status, shown)
        response.headers["cache-control"] = "no-store"
        return response


def key_router(writes: Writes, view_of: Reads, outfit: KeyOutfit) -> APIRouter:
    """Keys of a project."""
    router = management_router("keys")
    keys = _Keys(writes, view_of, outfit.secrets)

    async def shown(project: Project, found: Sequence[ApiKey]) -> list[Body]:
        used, now = await outfit.used(project.id), outfit.clock_ms()
        return [
            key_body(each, project.created_at, now)
            | ({} if used is None else {"last_used_at": iso_or_none(used.get(each.id))})
            for each in found
        ]

    @router.get(_KEYS)
    async def list_keys(request: Request, project_id: Captured) -> Response:
        project = await keys.management.project(request, project_id)
        found = keys_of(await view_of(CONTROL_PROJECT), project_id)
        return writes.respond(request, 200, list_body(await shown(project, found)))

    @router.post(_KEYS)
    async def create(request: Request, project_id: Captured, body: CreateKeyBody) -> Response:
        return await keys.create(request, project_id, body)

    @router.get(_KEY)
    async def get(request: Request, project_id: Captured, key_id: Captured) -> Response:
        project = await keys.management.project(request, project_id)
        found = find_key(await view_of(CONTROL_PROJECT), project_id, key_id)
        if found is None:
            raise ApiError(not_found("key", key_id))
        (body,) = await shown(project, [found])
        return writes.respond(request, 200, body)

    @router.put(_KEY)
    async def rename(
        request: Request, project_id: Captured, key_id: Captured, body: RenameKeyBody
    ) -> Response:
        await keys.management.project(request, project_id)
        found = find_key(await view_of(CONTROL_PROJECT), project_id, key_id)
        if found is not None and body.kind not in (None, found.kind):
            raise invalid_payload("Property `.kind` cannot be changed")
        command = RenameKey(project_id, key_id, body.name)
        return await keys.write(request, project_id, "key.rename", command)

    @router.post(_KEY + "/rotate")
    async def rotate(
        request: Request, project_id: Captured, key_id: Captured, body: RotateKeyBody
    ) -> Response:
        return await keys.rotate(request, project_id, key_id, body)

    @router.delete(_KEY)
    async def delete(request: Request, project_id: Captured, key_id: Captured) -> Response:
        command = EndKey(project_id, key_id, caller_of(request).key_id)
        response = await keys.write(request, project_id, "key.delete", command)
        # one that came with the project and has ended stays in the list, and there is nothing to do
        return Response(status_code=204) if response.status_code == 200 else response

    return router
