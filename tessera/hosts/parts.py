"""What several hosts are made of: the log, the keys, the codec, and replicas that are followed."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from engine.admission import find_seen
from engine.fold import PartFold, StateFold, StatePart, state_fingerprint
from engine.kernel.state import View
from engine.kernel.tables import PROJECTS
from runtime.base.clock import clock_ms
from runtime.base.disk import MIB
from runtime.base.secrets import Secrets
from runtime.base.settings import Settings, read_master_key
from runtime.http.disk_watch import DiskWatch
from runtime.http.errors import ApiError, unavailable
from runtime.http.service import Part, Service, Task
from runtime.kafka.admin import client_options
from runtime.kafka.log import KafkaLog
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.log import LogError
from runtime.log.sender import Sender
from runtime.replica.commands import Commands
from runtime.replica.followed import Followed
from runtime.replica.replica import Replica
from runtime.store.folders import StateFolder, open_folder
from runtime.store.store import Store
from schemas.errors import not_found
from schemas.projects import CONTROL_PROJECT
from schemas.records import Duplicate

#: How long a request waits for what is on its way to the replica: as long as for a decision.
READ_WAIT_SECONDS = 10.0
#: How old advice may be.
ADVICE_MS_MAX = 5000
#: A replica that is further behind is not healthy. A read tells when it ends, so that twice the
#: length of one is no sign of anything.
LAG_MS_MAX = 10_000
CONTROL_PARTITION = 0
KEYS_RETRY_SECONDS = 0.5


class Parts:
    """The parts of one host, or of a command, whose state then lies in a folder of its own."""

    def __init__(
        self,
        settings: Settings,
        host: str,
        *,
        state: Path | None = None,
        part: StatePart | None = None,
        keys: Store | None = None,
    ) -> None:
        self.settings = settings
        self.host = host
        self._part = part
        self.secrets = Secrets.from_master(read_master_key(settings))
        home = settings.home
        folders = [home / name for name in ("state", "kafka", "clickhouse", "logs")]
        self.disk = DiskWatch(folders, settings.disk_free_mib_min * MIB)
        self.log = KafkaLog(client_options(settings), shortage=self.disk.shortage)
        self.sender = Sender(self.log)
        if keys is None:
            keys = open_folder((state or keys_folder(settings, host).parent) / "keys")
        self.keyring = Keyring(self.log, keys, self.secrets.wrapping)
        self.codec = Codec(self.keyring, self.sender)

    @property
    def internal_secret(self) -> str:
        """What this installation's hosts know one another by."""
        return self.secrets.internal.hex()

    async def keep_keys(self) -> None:
        """Keeps the customers' keys at the end of their topic. Raises KeyringError.

        A wrong master key is noticed at once, not with the first customer who comes back.
        """
        while True:
            try:
                await self.keyring.catch_up()
            except LogError:
                await asyncio.sleep(KEYS_RETRY_SECONDS)
            else:
                break
        self.keyring.require_master_key()
        await self.keyring.follow()

    def folder(self, partition: int) -> StateFolder:
        """Where this host keeps a partition's state."""
        fingerprint = state_fingerprint(self._part)
        return StateFolder(self.settings.home, self.host, partition, fingerprint)

    def replica(self, partition: int) -> Replica:
        """A replica of a partition, as it was left."""
        return Replica(self.log, partition, self.folder(partition), self.make_fold, self.codec)

    def make_fold(self, store: Store) -> StateFold:
        """The fold of what this host keeps of the state."""
        return StateFold(store) if self._part is None else PartFold(store, self._part)

    def disk_watch(self) -> Service:
        """What looks at the disks that this installation writes to."""
        return self.disk.service()

    async def close(self) -> None:
        """Gives everything back."""
        await self.sender.close()
        await self.keyring.close()
        await self.log.close()


def keys_folder(settings: Settings, host: str) -> Path:
    """Where a host keeps the customers' keys."""
    return settings.home / "state" / host / "keys"


def fold_of(replica: Replica) -> StateFold:
    """The fold of a replica that `Parts` made."""
    return cast("StateFold", replica.fold)


class Replicas:
    """One followed replica of every partition, and views of any project."""

    def __init__(
        self,
        parts: Parts,
        *,
        replicas: Mapping[int, Replica] | None = None,
        calm_seconds: float = 0.0,
    ) -> None:
        self._parts = parts
        #: By project; a project never moves.
        self._partitions = {CONTROL_PROJECT: CONTROL_PARTITION}
        if replicas is None:
            replicas = {each: parts.replica(each) for each in range(parts.settings.partitions)}
        self.followed: Mapping[int, Followed] = {
            partition: Followed(replica, calm_seconds=calm_seconds)
            for partition, replica in replicas.items()
        }

    def partition_of(self, project: str) -> int:
        """The partition that was chosen when the project was created. Raises ApiError."""
        known = self._partitions.get(project)
        if known is not None:
            return known
        found = self._view(CONTROL_PROJECT, CONTROL_PARTITION).get(PROJECTS, project)
        if found is None:
            raise ApiError(not_found("project", project))
        self._partitions[project] = found.partition
        return found.partition

    def view(self, project: str) -> View:
        """A project's state as it is known here."""
        return self._view(project, self.partition_of(project))

    async def fresh_view(self, project: str) -> View:
        """As `view`, for advice given here. Raises ApiError 503 when it stays too old."""
        partition = self.partition_of(project)
        if not await self._is_younger(partition, ADVICE_MS_MAX / 1000):
            raise unavailable("What is known here is not fresh enough")
        return self._view(project, partition)

    async def current_view(self, project: str) -> View:
        """A project's state with everything that was answered before. Raises ApiError 503."""
        await self.caught_up(self.partition_of(project))
        return self.view(project)

    async def caught_up(self, partition: int) -> int:
        """Waits, bounded, until the replica is at the log's end; its position. Raises ApiError."""
        followed = self.followed[partition]
        try:
            current = await followed.freshness.prove_current(READ_WAIT_SECONDS)
        except LogError:
            current = False
        if not current:
            raise unavailable("What was written last cannot be read yet")
        return followed.position

    def first_offset(self, record: Duplicate) -> int | None:
        """Where the record lies that decided a repeated command first."""
        seen = find_seen(self.view(record.project), record.command_id, record.at)
        return None if seen is None else seen.offset

    async def keys_are_younger(self, seconds_max: float) -> bool:
        """Whether keys and projects are known as of then at least; waits for it, bounded."""
        return await self._is_younger(CONTROL_PARTITION, seconds_max)

    def commands(self) -> Commands:
        """What has commands decided, and is told by these replicas."""
        parts = self._parts
        return Commands(
            parts.sender,
            self.followed,
            parts.codec,
            self.partition_of,
            self.first_offset,
            deadline_ms=parts.settings.command_deadline_ms,
            clock_ms=clock_ms,
            shortage=parts.disk.shortage,
        )

    def service(self) -> Service:
        """The tasks that keep the replicas, and their health."""
        tasks: dict[str, Task] = {"customer-keys": self._parts.keep_keys}
        for partition, followed in self.followed.items():
            tasks[f"follow-{partition}"] = followed.follow
        return Service("replicas", tasks=tasks, health=self._health)

    async def close(self) -> None:
        """Gives readers and stores back."""
        for followed in self.followed.values():
            followed.stopping = True
            await followed.replica.close()

    async def clean_up(self) -> None:
        """Once a replica is complete, removes the state that other code left."""
        for partition, followed in self.followed.items():
            await followed.freshness.complete.wait()
            self._parts.folder(partition).remove_others()

    async def _is_younger(self, partition: int, seconds_max: float) -> bool:
        freshness = self.followed[partition].freshness
        try:
            return await freshness.prove_age(seconds_max, READ_WAIT_SECONDS)
        except LogError:
            return False

    def _view(self, project: str, partition: int) -> View:
        return fold_of(self.followed[partition].replica).settled_view(project)

    def _health(self) -> Mapping[str, Part]:
        found: dict[str, Part] = {}
        for partition, followed in self.followed.items():
            if followed.loan is not None:
                # its writer tells of it
                continue
            lag = followed.freshness.lag_ms()
            state = followed.fault or ("ok" if lag < LAG_MS_MAX else "behind")
            found[f"replica {partition}"] = Part(state, int(lag))
        return found
