"""Fronts over one log: a revoked key stops working at each of them within a second, or waits."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from runtime.base.settings import Settings
from runtime.http.auth import Caller, KeyGate
from runtime.http.errors import ApiError
from runtime.http.links import LinkSigner
from runtime.http.oauth import TokenSigner
from runtime.http.session_uses import SessionUses
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.log import Entry, LogError
from runtime.log.memory_log import MemoryLog
from runtime.log.sender import Sender
from runtime.store.store import MemoryStore
from schemas.commands import CommandBody
from schemas.projects import (
    CONTROL_PROJECT,
    ApiKey,
    CreateProject,
    OpenProject,
    ReplaceKey,
)
from schemas.records import Decided
from services.catalog.projects.directory import KeyDirectory
from services.redemption.ledger.outfit import Identity
from services.redemption.ledger.writer import Writer
from tessera.hosts import parts as parts_module
from tessera.hosts.parts import Parts, Replicas, fold_of
from tests.unit.runtime.replica.test_commands import now_ms
from tests.unit.runtime.replica.test_followed import Slow

PARTITIONS = 2
#: The project does not lie where the keys do.
PARTITION = 1
HEADERS = {b"x-app-id": b"app", b"x-app-token": b"t-app"}


class Log(MemoryLog):
    """May be out of reach for those who ask where it ends."""

    fault: LogError | None = None

    async def end(self, topic: str, partition: int) -> int:
        if self.fault is not None:
            raise self.fault
        return await super().end(topic, partition)


class Front:
    """What a host that serves HTTP knows, by a clock that stands still until a test moves it."""

    def __init__(self, log: Log, home: Path) -> None:
        master = base64.b64encode(b"m" * 32).decode()
        settings = Settings(home=home, partitions=PARTITIONS, master_key=master)  # type: ignore[arg-type]  # as read
        made = Parts(settings, "api")
        made.log = log  # type: ignore[assignment]  # the fake of it
        made.sender = Sender(log)
        made.keyring = Keyring(log, MemoryStore(), made.secrets.wrapping)
        self.slow = Slow(Codec(made.keyring, made.sender))
        made.codec = self.slow  # type: ignore[assignment]  # the same, but slow on demand
        self.parts = made
        self.replicas = Replicas(made)
        made.codec = self.slow.codec
        self.now = 1000.0
        for followed in self.replicas.followed.values():
            followed._clock = followed.freshness._clock = lambda: self.now
        self.gate = KeyGate(
            KeyDirectory(self.replicas.view, self.replicas.keys_are_younger, SessionUses()),
            made.secrets.hash_token,
            TokenSigner(made.secrets.oauth),
            now_ms,
            LinkSigner(made.secrets.exports),
        )
        self.commands = self.replicas.commands()

    def tasks(self) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(each.follow()) for each in self.replicas.followed.values()]

    async def send(self, project: str, body: CommandBody) -> None:
        answered = await self.commands.send(project, body, key_kind="system")
        assert isinstance(answered.record, Decided)
        assert answered.record.refusal is None

    async def key(self, key_id: str) -> ApiKey:
        return ApiKey(key_id, "p", "server", self.parts.secrets.hash_token(f"t-{key_id}"))

    async def admit(self) -> Caller | None:
        return await self.gate.admit("/v1/vouchers", HEADERS)

    async def close(self) -> None:
        await self.replicas.close()
        await self.parts.sender.close()
        await self.parts.keyring.close()


class Installation:
    """A log with its writers, and two fronts."""

    def __init__(self, home: Path) -> None:
        self.log = Log(now_ms)
        self.one, self.other = (Front(self.log, home / name) for name in ("one", "other"))
        self.ledger = Front(self.log, home / "ledger")
        self.tasks = [
            *self.one.tasks(),
            *self.other.tasks(),
            *(asyncio.create_task(self._writer(each).run()) for each in range(PARTITIONS)),
        ]

    def _writer(self, partition: int) -> Writer:
        replica = self.ledger.replicas.followed[partition].replica

        async def bury(entries: Sequence[Entry]) -> None:
            raise AssertionError(f"{len(entries)} dead letters")

        return Writer(
            Identity(f"w{partition}", "h", "v"),
            self.log,
            replica,
            lambda: fold_of(replica),
            self.ledger.slow.codec,
            spawn=asyncio.ensure_future,
            bury=bury,
            rest=lambda: asyncio.sleep(0.01),
        )

    async def begin(self) -> None:
        """A project whose key works at both fronts."""
        key = await self.one.key("app")
        await self.one.send(CONTROL_PROJECT, CreateProject("p", "p", PARTITION, (key,), ()))
        await self.one.send("p", OpenProject())
        for partition in range(PARTITIONS):
            await self.other.replicas.caught_up(partition)
        for front in (self.one, self.other):
            assert await front.admit() == Caller("p", "server", "app")

    async def revoke(self) -> None:
        await self.one.send(CONTROL_PROJECT, ReplaceKey(await self.one.key("new")))

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for front in (self.one, self.other, self.ledger):
            await front.close()


@pytest.fixture
async def installed(tmp_path: Path) -> AsyncIterator[Installation]:
    made = Installation(tmp_path)
    try:
        await made.begin()
        yield made
    finally:
        await made.close()


async def _refused(front: Front) -> tuple[int, str]:
    with pytest.raises(ApiError) as raised:
        await front.admit()
    return raised.value.refusal.status, raised.value.refusal.key or ""


async def test_a_revoked_key_stops_working_within_a_second_at_every_front(
    installed: Installation,
) -> None:
    await installed.revoke()
    installed.other.now += 1.01
    for front in (installed.one, installed.other):
        assert await _refused(front) == (401, "unauthorized")


async def test_a_front_that_has_not_folded_the_revocation_waits_for_it(
    installed: Installation,
) -> None:
    installed.other.slow.go_on.clear()
    await installed.revoke()
    installed.other.now += 1.01
    waiting = asyncio.create_task(_refused(installed.other))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    installed.other.slow.go_on.set()
    assert await waiting == (401, "unauthorized")


async def test_a_front_that_cannot_fold_it_refuses_after_a_bounded_wait(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts_module, "READ_WAIT_SECONDS", 0.05)
    installed.other.slow.go_on.clear()
    await installed.revoke()
    installed.other.now += 1.01
    assert await _refused(installed.other) == (503, "unavailable")


async def test_a_front_that_cannot_ask_refuses_once_its_proof_is_a_second_old(
    installed: Installation,
) -> None:
    installed.log.fault = LogError("down")
    assert await installed.other.admit() is not None
    installed.other.now += 1.01
    with pytest.raises(ApiError) as raised:
        await installed.other.admit()
    assert raised.value.refusal.status == 503
    assert raised.value.headers == {"retry-after": "1"}
    installed.log.fault = None
    assert await installed.other.admit() is not None


async def test_a_front_that_did_not_run_for_a_minute_lets_in_who_may_pass(
    installed: Installation,
) -> None:
    for _ in range(3):
        installed.other.now += 60
        admitted = await asyncio.gather(*(installed.other.admit() for _ in range(100)))
        assert set(admitted) == {Caller("p", "server", "app")}


async def test_keys_do_not_wait_for_the_partitions_of_projects(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = installed.other
    slow = Slow(other.slow.codec)
    slow.go_on.clear()
    other.replicas.followed[PARTITION].replica._decode = slow
    await installed.one.send("p", OpenProject())
    other.now += 60
    assert await other.admit() == Caller("p", "server", "app")
    with monkeypatch.context() as patched:
        patched.setattr(parts_module, "READ_WAIT_SECONDS", 0.05)
        for read in (other.replicas.fresh_view, other.replicas.current_view):
            with pytest.raises(ApiError):
                await read("p")
    assert await other.replicas.current_view(CONTROL_PROJECT) is not None
    slow.go_on.set()
    assert await other.replicas.current_view("p") is not None


async def test_advice_is_given_by_what_is_five_seconds_old_and_not_by_older(
    installed: Installation,
) -> None:
    replicas = installed.other.replicas
    await replicas.current_view("p")
    installed.log.fault = LogError("down")
    installed.other.now += 4
    await replicas.fresh_view("p")
    installed.other.now += 2
    with pytest.raises(ApiError):
        await replicas.fresh_view("p")
    installed.log.fault = None
    await replicas.fresh_view("p")
