"""The first project: made at the first start, kept in step with the environment at every later one.

Every step asks the state first and may be done again: a start that was cut off anywhere is
completed by the next. The file with the keys is written before a command is sent, so that no key
ever works that nobody knows.
"""

import asyncio
import hashlib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import structlog

from engine.kernel import tables
from engine.kernel.state import View
from engine.kernel.zones import zone_names
from runtime.base.faults import NotSent, OutcomeUnknown
from runtime.base.passwords import hash_password
from runtime.http.errors import ApiError
from runtime.replica.command_sender import CommandSender
from schemas.commands import CommandBody
from schemas.privileges import ADMIN
from schemas.projects import (
    CONTROL_PROJECT,
    ApiKey,
    ChangeTrustedOrigins,
    CreateProject,
    OpenProject,
    ReplaceKey,
    SetTimeZone,
)
from schemas.records import Decided
from schemas.user_commands import CreateUser
from services.catalog.projects.keys import Keys, KeysError, Presets, settle_keys
from services.catalog.reads import Reads

PROJECT_NAME = "Default project"
FIRST_NAME = "Administrator"
RETRY_SECONDS = 0.5

log = structlog.get_logger(__name__)


class Installation(NamedTuple):
    """What the first project is made from."""

    keys_file: Path
    presets: Presets
    #: Used when none are preset and the project is new.
    trusted_origins: tuple[str, ...]
    partitions: int


class Bootstrap:
    """Makes the first project and keeps its keys as the environment says."""

    def __init__(
        self,
        installation: Installation,
        commands: CommandSender,
        view_of: Reads,
        hash_token: Callable[[str], str],
        *,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.keys: Keys | None = None
        self._installation = installation
        self._commands = commands
        self._view_of = view_of
        self._hash_token = hash_token
        self._retry_seconds = retry_seconds

    async def run(self) -> None:
        """Returns when everything is in place; waits for a ledger that is not up yet.

        Raises KeysError when what is preset cannot be.
        """
        while True:
            try:
                self.keys = await self._settle()
            except (NotSent, OutcomeUnknown, ApiError) as fault:
                log.info("first project waits", reason=type(fault).__name__)
                await asyncio.sleep(self._retry_seconds)
            else:
                return

    async def _settle(self) -> Keys:
        presets = self._installation.presets
        control = await self._view_of(CONTROL_PROJECT)
        projects = sorted(control.scan(tables.PROJECTS), key=lambda each: each.created_at)
        keys = await asyncio.to_thread(
            settle_keys,
            self._installation.keys_file,
            presets,
            projects[0].id if projects else None,
        )
        wanted = tuple(_api_keys(keys, self._hash_token))
        if control.get(tables.PROJECTS, keys.project_id) is None:
            await self._create(keys.project_id, wanted)
        if (await self._view_of(keys.project_id)).get(tables.OPENED, keys.project_id) is None:
            once = _command_id("open", keys.project_id)
            await self._send(keys.project_id, OpenProject(), once)
        control = await self._view_of(CONTROL_PROJECT)
        for key in wanted:
            if not _holds(control.get(tables.KEYS, key.id), key):
                await self._send(CONTROL_PROJECT, ReplaceKey(key))
        await self._set_origins(control, keys.project_id)
        await self._set_zones(control)
        if next(iter(control.scan(tables.USERS)), None) is None:
            await self._create_user(keys)
        return keys

    async def _create_user(self, keys: Keys) -> None:
        """The first user, who administers the installation's own project."""
        password_hash = await asyncio.to_thread(hash_password, keys.dashboard_password)
        body = CreateUser(keys.dashboard_email, FIRST_NAME, password_hash, {keys.project_id: ADMIN})
        await self._send(CONTROL_PROJECT, body, _command_id("user", keys.project_id))

    async def _create(self, project_id: str, keys: tuple[ApiKey, ...]) -> None:
        installation = self._installation
        origins = installation.presets.trusted_origins
        body = CreateProject(
            project_id=project_id,
            name=PROJECT_NAME,
            partition=zlib.crc32(project_id.encode()) % installation.partitions,
            keys=keys,
            trusted_origins=installation.trusted_origins if origins is None else origins,
        )
        await self._send(CONTROL_PROJECT, body, _command_id("create", project_id))

    async def _set_origins(self, control: View, project_id: str) -> None:
        wanted = self._installation.presets.trusted_origins
        project = control.get(tables.PROJECTS, project_id)
        if wanted is None or project is None or project.trusted_origins == wanted:
            return
        await self._send(CONTROL_PROJECT, ChangeTrustedOrigins(project_id, wanted))

    async def _set_zones(self, control: View) -> None:
        """Has each project reckon in its zone, where that was said and did not reach it."""
        for project in control.scan(tables.PROJECTS):
            if project.deleted_at is not None:
                continue
            opened = (await self._view_of(project.id)).get(tables.OPENED, project.id)
            wanted = project.terms.timezone
            if opened is None or opened.timezone == wanted or wanted not in zone_names():
                continue
            log.info("time zone set", project=project.id, timezone=wanted)
            await self._send(project.id, SetTimeZone(wanted, project.revision))

    async def _send(self, project: str, body: CommandBody, once: str | None = None) -> None:
        answered = await self._commands.send(
            project, body, key_kind="system", command_id=once, channel="SYSTEM"
        )
        record = answered.record
        if not isinstance(record, Decided):
            raise NotSent(type(record).__name__)
        if record.refusal is not None:
            raise KeysError(f"{record.refusal.message}: {record.refusal.details}")


def _api_keys(keys: Keys, hash_token: Callable[[str], str]) -> Iterator[ApiKey]:
    project = keys.project_id
    yield ApiKey(keys.app_id, project, "server", hash_token(keys.app_token))
    yield ApiKey(keys.client_app_id, project, "client", hash_token(keys.client_token))
    yield ApiKey(keys.management_id, project, "management", hash_token(keys.management_token))


def _holds(stored: ApiKey | None, wanted: ApiKey) -> bool:
    """Whether a key is as it is preset, or was ended over the API, which holds until it changes."""
    if stored is None or stored.token_hash != wanted.token_hash:
        return False
    of_same = (stored.project_id, stored.kind) == (wanted.project_id, wanted.kind)
    return of_same and (stored.ended or stored.revoked_at is None)


def _command_id(step: str, project_id: str) -> str:
    """The same step is the same command, whoever sends it how often."""
    return "idem_" + hashlib.sha256(f"bootstrap/{step}/{project_id}".encode()).hexdigest()
