"""Projects over the management API. Tokens are shown once, from this process's memory."""

import base64
import hmac
import os
import uuid
import zlib
from typing import Any, NamedTuple

import msgspec
from fastapi import APIRouter
from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from engine.codes.code import CHARSET
from engine.kernel.encode import Body
from engine.projects.body import list_body, project_body, zone_change_body
from fronts.writes import Identity, Writes, note_record
from runtime.base.secrets import Secrets
from runtime.http.auth import Caller
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.errors import refuse
from schemas.privileges import ADMIN
from schemas.projects import (
    CONTROL_PROJECT,
    ApiKey,
    CloseProject,
    CreateProject,
    DeleteProject,
    KeyKind,
    OpenProject,
    Project,
    ProjectCreated,
    ProjectSettings,
    ProjectUpdated,
    SetTimeZone,
    TimeZoneSet,
    UpdateProject,
)
from schemas.records import Answer, Decided
from schemas.user_commands import AssignUser
from services.catalog.projects.keys import PROJECT_ID_LENGTH
from services.catalog.projects.management import Management, is_user
from services.catalog.projects.project_bodies import (
    CreateProjectBody,
    ProjectTerms,
    UpdateProjectBody,
)
from services.catalog.reads import Reads

_SETTINGS = tuple(ProjectSettings.__struct_fields__)
_KINDS: tuple[KeyKind, ...] = ("server", "client", "management")


class NewKey(NamedTuple):
    """A key pair before it is forgotten."""

    id: str
    token: str


class NewProject(NamedTuple):
    """What a new project is made of: the same for the same seed."""

    id: str
    keys: dict[KeyKind, NewKey]


def new_project(issuing: bytes, seed: bytes) -> NewProject:
    """A project's id and its keys, derived from a seed that only its caller has."""

    def derived(purpose: str) -> bytes:
        return hmac.digest(issuing, seed + b"\0" + purpose.encode(), "sha256")

    def key(kind: str) -> NewKey:
        token = base64.urlsafe_b64encode(derived(f"{kind}/token")).decode().rstrip("=")
        return NewKey(str(uuid.UUID(bytes=derived(f"{kind}/id")[:16], version=4)), token)

    number = int.from_bytes(derived("project"))
    project = "proj_"
    for _ in range(PROJECT_ID_LENGTH):
        number, digit = divmod(number, len(CHARSET))
        project += CHARSET[digit]
    return NewProject(project, {kind: key(kind) for kind in _KINDS})


class Issuance(NamedTuple):
    """What new projects and their webhooks are made with."""

    secrets: Secrets
    partitions: int
    #: Whether webhooks may go into private networks.
    allow_private: bool


class _Projects:
    """The handlers."""

    def __init__(self, writes: Writes, view_of: Reads, issuance: Issuance) -> None:
        self._writes = writes
        self._secrets = issuance.secrets
        self._partitions = issuance.partitions
        self._management = Management(view_of)

    async def list(self, request: Request) -> Response:
        found = await self._management.projects(request)
        bodies = [await self._seen(request, each) for each in found]
        return self._writes.respond(request, 200, list_body(bodies))

    async def get(self, request: Request, project_id: str) -> Response:
        project = await self._management.project(request, project_id)
        return self._writes.respond(request, 200, await self._seen(request, project))

    async def create(self, request: Request, body: CreateProjectBody) -> Response:
        if not await self._management.manages_all(request):
            raise ApiError(refuse("forbidden", "This key manages one project and makes none"))
        caller = caller_of(request)
        identity = self._writes.identity(request, "project.create", await request.body())
        # The same request again, known by its key, shows the same tokens; else nobody can.
        seed = identity.command_id.encode() if identity.command_id else os.urandom(32)
        made = new_project(self._secrets.issuing, seed)
        command = CreateProject(
            project_id=made.id,
            name=body.name,
            partition=zlib.crc32(made.id.encode()) % self._partitions,
            keys=tuple(
                ApiKey(key.id, made.id, kind, self._secrets.hash_token(key.token))
                for kind, key in made.keys.items()
            ),
            trusted_origins=tuple(body.client_trusted_domains or ()),
            settings=structs.replace(ProjectSettings(), **_named_settings(body)),
            managed_by=caller.project,
            case_sensitive_codes=body.case_sensitive_codes,
        )
        answered = await self._writes.decide(caller, command, identity, project=CONTROL_PROJECT)
        note_record(request, answered, CONTROL_PROJECT)
        status, refused = self._writes.render(answered.record, caller.kind)
        if status != 200:
            return self._writes.respond(request, status, refused)
        # None where the key is that of a request of more than a week ago
        project = _project_of(answered.record) or await self._management.project(request, made.id)
        opening = OpenProject(project.terms.timezone, project.case_sensitive_codes)
        await self._writes.decide(caller, opening, _once("open", made.id), project=made.id)
        if caller.kind == "user":
            await self._join(caller, made.id)
        return self._writes.respond(request, 200, self._body(project) | _shown_once(made))

    async def _join(self, caller: Caller, project_id: str) -> None:
        """Has whoever made a project administer it."""
        system = Caller(CONTROL_PROJECT, "system", caller.key_id)
        command = AssignUser(project_id, ADMIN, user_id=caller.key_id)
        await self._writes.decide(system, command, _once("join", project_id))

    async def update(self, request: Request, project_id: str, body: UpdateProjectBody) -> Response:
        found = await self._management.project(request, project_id)
        if "name" in body.model_fields_set and body.name is None:
            raise invalid_payload("Property `.name` should not be null")
        if body.id not in (None, project_id):
            raise invalid_payload("Property `.id` differs from the project in the path")
        if body.case_sensitive_codes not in (None, found.case_sensitive_codes):
            raise invalid_payload("Property `.case_sensitive_codes` cannot be changed")
        origins = body.client_trusted_domains
        command = UpdateProject(
            project_id=project_id,
            name=body.name,
            settings=msgspec.Raw(msgspec.json.encode(_named_settings(body))),
            trusted_origins=None if origins is None else tuple(origins),
        )
        caller = caller_of(request)
        identity = self._writes.identity(request, "project.update", await request.body())
        answered = await self._writes.decide(caller, command, identity, project=CONTROL_PROJECT)
        note_record(request, answered, CONTROL_PROJECT)
        status, refused = self._writes.render(answered.record, caller.kind)
        if status != 200:
            return self._writes.respond(request, status, refused)
        project = _project_of(answered.record) or found
        told = {} if body.timezone is None else await self._set_zone(caller, project)
        return self._writes.respond(request, 200, self._body(project) | told)

    async def _set_zone(self, caller: Caller, project: Project) -> Body:
        """Has the project's own partition reckon in its zone; what of it changes by that.

        One that was cut off here is completed by the next one, or by the next start.
        """
        command = SetTimeZone(project.terms.timezone, project.revision)
        once = _once(f"zone/{project.revision}", project.id)
        answered = await self._writes.decide(caller, command, once, project=project.id)
        events = answered.record.events if isinstance(answered.record, Decided) else ()
        changed = next((each for each in events if isinstance(each, TimeZoneSet)), None)
        running = None if changed is None else changed.running
        return {} if running is None else {"timezone_change": zone_change_body(running)}

    async def delete(self, request: Request, project_id: str) -> Response:
        caller = caller_of(request)
        identity = self._writes.identity(request, "project.delete", await request.body())
        ended = await self._management.find_deleted(request, project_id)
        # Only who names a key can be asking for the answer to a deletion that was.
        if ended is None or not (identity.command_id or ended.opened):
            await self._management.project(request, project_id)
        if not (is_user(request) or await self._management.manages_all(request)):
            raise ApiError(refuse("forbidden", "This key cannot delete its own project"))
        answered = await self._writes.decide(
            caller, DeleteProject(project_id), identity, project=CONTROL_PROJECT
        )
        note_record(request, answered, CONTROL_PROJECT)
        status, refused = self._writes.render(answered.record, caller.kind)
        # A deletion that was cut off between its two steps is completed by the next one.
        if status != 200 and not (ended is not None and ended.opened):
            return self._writes.respond(request, status, refused)
        await self._writes.decide(caller, CloseProject(), project=project_id)
        return self._writes.respond(request, 204, None)

    async def _seen(self, request: Request, project: Project) -> Body:
        """The project as whoever asks may see it: with what signs webhooks for who may set them up."""
        body = self._body(project)
        if await self._management.allows(request, "project.write"):
            return body
        return body | {"webhook_token": ""}

    def _body(self, project: Project) -> Body:
        return project_body(project, self._secrets.webhook_token(project.id))


def project_router(writes: Writes, view_of: Reads, issuance: Issuance) -> APIRouter:
    """Projects: those that the management key manages."""
    router = management_router("projects")
    projects = _Projects(writes, view_of, issuance)

    @router.get("/management/v1/projects")
    async def list_projects(request: Request) -> Response:
        return await projects.list(request)

    @router.post("/management/v1/projects")
    async def create_project(request: Request, body: CreateProjectBody) -> Response:
        return await projects.create(request, body)

    @router.get("/management/v1/projects/{project_id:ident}")
    async def get_project(request: Request, project_id: Captured) -> Response:
        return await projects.get(request, project_id)

    @router.put("/management/v1/projects/{project_id:ident}")
    async def update_project(
        request: Request, project_id: Captured, body: UpdateProjectBody
    ) -> Response:
        return await projects.update(request, project_id, body)

    @router.delete("/management/v1/projects/{project_id:ident}")
    async def delete_project(request: Request, project_id: Captured) -> Response:
        return await projects.delete(request, project_id)

    return router


def _named_settings(body: ProjectTerms) -> dict[str, Any]:
    """What the body names; null counts as left out, except for the dial code."""
    named: dict[str, Any] = {}
    for name in _SETTINGS:
        value = getattr(body, name)
        if value is not None or (name == "dial_code" and name in body.model_fields_set):
            named[name] = value
    return named


def _project_of(record: Answer) -> Project | None:
    """The project as the record left it, so that a repeat of the request gets the same answer."""
    for event in record.events if isinstance(record, Decided) else ():
        if isinstance(event, ProjectCreated | ProjectUpdated):
            return event.project
    return None


def _shown_once(made: NewProject) -> Body:
    def pair(kind: KeyKind) -> Body:
        return {"app_id": made.keys[kind].id, "app_token": made.keys[kind].token}

    return {
        "server_side_key": pair("server"),
        "client_side_key": pair("client"),
        "management_key": pair("management"),
    }


def _once(step: str, project_id: str) -> Identity:
    """The same step is the same command, whoever sends it how often."""
    return Identity(f"idem_{step}_{project_id}")
