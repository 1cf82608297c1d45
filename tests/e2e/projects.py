"""A second project, made by commands in the log: no endpoint makes one yet."""

import time
from uuid import uuid4

import aiokafka
import msgspec

from runtime.base.secrets import Secrets
from runtime.base.settings import Settings, read_master_key
from schemas.commands import Command, CommandBody
from schemas.projects import CONTROL_PROJECT, ApiKey, CreateProject, OpenProject
from schemas.topics import COMMANDS
from tests.e2e.plain import Plain
from tests.e2e.system import System, eventually

CONTROL_PARTITION = 0


async def second_project(system: System) -> dict[str, str]:
    """A new project beside the first, in the first's partition; its server- and client-side keys."""
    hash_token = Secrets.from_master(read_master_key(Settings(home=system.home))).hash_token
    project = f"proj_{uuid4().hex[:10]}"
    keys = {name: uuid4().hex for name in ("app_id", "app_token", "client_app_id", "client_token")}
    created = CreateProject(
        project_id=project,
        name="Another project",
        partition=CONTROL_PARTITION,
        keys=(
            ApiKey(keys["app_id"], project, "server", hash_token(keys["app_token"])),
            ApiKey(keys["client_app_id"], project, "client", hash_token(keys["client_token"])),
        ),
    )
    await produce(system, CONTROL_PARTITION, encoded(CONTROL_PROJECT, created))
    await produce(system, CONTROL_PARTITION, encoded(project, OpenProject()))
    key = {"X-App-Id": keys["app_id"], "X-App-Token": keys["app_token"]}
    other = Plain(system.url, key)
    try:
        eventually(lambda: other.ask("GET", "/v1/vouchers").status_code == 200)
    finally:
        other.close()
    return keys


def encoded(project: str, body: CommandBody) -> bytes:
    """A command as a front would write it now."""
    now = time.time_ns() // 1_000_000
    command = Command(
        id=f"cmd_{uuid4().hex}",
        project=project,
        sent_at=now,
        deadline=now + 30_000,
        seed=uuid4().hex,
        key_kind="system",
        fingerprint="",
        body=body,
    )
    return msgspec.json.encode(command)


async def produce(system: System, partition: int, value: bytes | None) -> int:
    """Writes straight into the commands; the offset."""
    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=system.bootstrap)
    await producer.start()
    try:
        written = await producer.send_and_wait(COMMANDS, value, b"key", partition)
    finally:
        await producer.stop()
    return int(written.offset)
