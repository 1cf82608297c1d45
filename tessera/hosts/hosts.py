"""The composition root: which services live in which host, and what they are made of."""

import asyncio
import gc
import os
import platform
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

import msgspec
import uvloop

from engine.answers.answer import render_answer
from engine.kernel.encode import to_json
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.base.settings import Settings
from runtime.clickhouse.database import Database
from runtime.clickhouse.sinks import Filling, Sinks
from runtime.clickhouse.source import LogSources
from runtime.clickhouse.table import Place
from runtime.http.api_calls import ApiCalls
from runtime.http.auth import KeyGate
from runtime.http.forward import Forward, make_client
from runtime.http.host import Host, HostFailed, serve
from runtime.http.internal import InternalGate, Positions
from runtime.http.oauth import TokenSigner
from runtime.http.service import Part, Service
from runtime.kafka.admin import client_options, delete_before
from runtime.kafka.group import PartitionGroup
from runtime.keys.erasing import Erasing
from runtime.log.log import Entry, StoredEntry
from schemas.observations import ValidationObserved
from schemas.records import Record
from schemas.topics import API_CALLS, COMMANDS, DEAD_LETTERS, DELIVERIES, LEDGER, VALIDATIONS
from services.analytics.service import analytics_service
from services.analytics.tables import LEDGER_TABLES as ANALYTICS_LEDGER_TABLES
from services.analytics.tables import VALIDATION_TABLES
from services.audit.history.api_calls import API_CALL_TABLES, api_calls_of
from services.audit.history.deliveries import DELIVERY_TABLES, attempt_of
from services.audit.service import audit_service
from services.audit.sink.tables import LEDGER_TABLES as AUDIT_LEDGER_TABLES
from services.catalog.projects.bootstrap import Bootstrap, Installation
from services.catalog.projects.directory import KeyDirectory
from services.catalog.projects.keys import Presets
from services.catalog.projects.oauth import OAuth, oauth_service
from services.catalog.projects.projects import Issuance
from services.catalog.service import make_service as catalog_service
from services.redemption.front import Redemptions
from services.redemption.ledger.eraser import Eraser
from services.redemption.ledger.eraser import Outfit as EraserOutfit
from services.redemption.ledger.outfit import Identity
from services.redemption.ledger.partitions import Partitions
from services.redemption.ledger.ticker import Serving, Ticker
from services.redemption.ledger.writer import Writer
from services.redemption.service import make_service as redemption_service
from services.validation.front import Validations
from services.validation.observations import Observations
from services.validation.qualification import Qualifications
from services.validation.service import make_service as validation_service
from tessera import __version__
from tessera.hosts.distribution import run_distribution
from tessera.hosts.erasing import Erased, StateCleaner, TableCleaner
from tessera.hosts.neighbours import Neighbours
from tessera.hosts.parts import Parts, Replicas, fold_of

LEDGER_GROUP = "tessera-ledger"
#: How long a writer waits before it looks for a log that could not be reached.
REST_SECONDS = 0.2
#: How many new objects there are before the young ones are looked through.
GC_YOUNG_MAX = 20_000
#: How often the ledger looks for state that other code left for what it serves by now.
CLEAN_UP_SECONDS = 10.0

_observations = msgspec.json.Decoder(ValidationObserved)


def run_host(name: str, settings: Settings) -> None:
    """Is one host until a signal ends it. Raises SystemExit 1 when a part of it fails."""
    mains: Mapping[str, Callable[[Settings], Awaitable[None]]] = {
        "api": run_api,
        "ledger": run_ledger,
        "insight": run_insight,
        "distribution": run_distribution,
    }
    # What the imports made stays for good; looking through it again and again is wasted.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_YOUNG_MAX)
    try:
        uvloop.run(_main(mains[name](settings)))
    except HostFailed:
        sys.exit(1)


async def _main(run: Awaitable[None]) -> None:
    await run


async def run_api(settings: Settings) -> None:
    """Validation, redemption front and catalog; what it does not serve goes on to insight."""
    parts = Parts(settings, "api")
    replicas = Replicas(parts)
    observations = Observations(parts.sender, replicas.partition_of)
    insight_url = f"http://127.0.0.1:{settings.insight_port}"
    urls = {
        "ledger": f"http://127.0.0.1:{settings.ledger_port}",
        "insight": insight_url,
        "distribution": f"http://127.0.0.1:{settings.distribution_port}",
    }
    neighbours = Neighbours(urls)
    client = make_client(insight_url)
    api_calls = ApiCalls(parts.sender, replicas.partition_of)
    cleaner = StateCleaner(lambda: [each.replica.store for each in replicas.followed.values()])
    erasing = Erasing(parts.keyring, cleaner.clean)
    erased = Erased(replicas, erasing, urls, parts.internal_secret)

    async def positions(project: str) -> Positions:
        partition = replicas.partition_of(project)
        return {
            (LEDGER, partition): await replicas.caught_up(partition),
            (VALIDATIONS, partition): await observations.position(project),
        }

    host = Host(
        "api",
        (
            neighbours.service(),
            api_calls.service,
            erasing.service,
            *_api_services(parts, replicas, observations, erased),
        ),
        KeyGate(
            KeyDirectory(replicas.view, replicas.lag_ms),
            parts.secrets.hash_token,
            TokenSigner(parts.secrets.oauth),
            clock_ms,
        ),
        forward=Forward(client, parts.internal_secret, positions),
        note=api_calls.note,
    )
    try:
        await serve(host, bind=settings.bind, port=settings.port)
    finally:
        await client.aclose()
        await replicas.close()
        await parts.close()


def _api_services(
    parts: Parts, replicas: Replicas, observations: Observations, erased: Erased
) -> Sequence[Service]:
    settings, secrets = parts.settings, parts.secrets
    commands = replicas.commands()
    writes = Writes(commands, secrets.idempotency, render_answer, to_json)
    validations = Validations(
        writes,
        replicas.fresh_view,
        observations.observe,
        secrets.tracking,
        clock_ms=clock_ms,
        make_id=lambda: f"valid_{os.urandom(9).hex()}",
    )
    bootstrap = Bootstrap(
        _installation(settings), commands, replicas.current_view, secrets.hash_token
    )
    return (
        replicas.service(),
        validation_service(
            validations,
            observations,
            Qualifications(writes, replicas.fresh_view, secrets.tracking, clock_ms),
        ),
        redemption_service(Redemptions(writes, secrets.tracking)),
        catalog_service(
            writes,
            replicas.current_view,
            bootstrap,
            Issuance(secrets, settings.partitions, settings.webhooks_allow_private),
            erased,
        ),
        oauth_service(
            OAuth(writes, commands, replicas.current_view, TokenSigner(secrets.oauth), clock_ms)
        ),
        Service("clean-up", tasks={"clean-up": replicas.clean_up}),
        parts.disk_watch(),
    )


def _installation(settings: Settings) -> Installation:
    def plain(name: str) -> str | None:
        found = getattr(settings, name)
        return None if found is None else found.get_secret_value()

    preset = "trusted_origins" in settings.model_fields_set
    return Installation(
        keys_file=settings.home / "keys.json",
        presets=Presets(
            project_id=settings.project_id,
            app_id=settings.app_id,
            app_token=plain("app_token"),
            client_app_id=settings.client_app_id,
            client_token=plain("client_token"),
            management_id=settings.management_id,
            management_token=plain("management_token"),
            trusted_origins=settings.trusted_origins if preset else None,
        ),
        trusted_origins=settings.trusted_origins,
        partitions=settings.partitions,
    )


async def run_ledger(settings: Settings) -> None:
    """The writers of the partitions that Kafka assigns to this process."""
    # A second process on one home keeps a state of its own.
    own = "" if settings.ledger_slot == "0" else f"-{settings.ledger_slot}"
    parts = Parts(settings, f"ledger{own}")
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(fault: BaseException) -> None:
        if not failed.done():
            failed.set_exception(fault)

    partitions = Partitions(lambda partition: _writer(parts, partition), _close_writer, fail)
    group = PartitionGroup(
        client_options(settings),
        topic=COMMANDS,
        group_id=LEDGER_GROUP,
        instance_id=f"ledger-{settings.ledger_slot}",
        on_assigned=partitions.assigned,
        on_revoked=partitions.revoked,
    )

    def serving() -> list[Serving]:
        return [
            Serving(partition, fold_of(writer.replica), writer.replica.position.command_offset)
            for partition, writer in partitions.writers.items()
            if writer.serving
        ]

    ticker = Ticker(serving, parts.sender.send, parts.codec.encode_command, clock_ms=clock_ms)

    async def watch() -> None:
        await failed

    async def clean_up() -> None:
        cleaned: set[int] = set()
        while True:
            for partition in {each.partition for each in serving()} - cleaned:
                parts.folder(partition).remove_others()
                cleaned.add(partition)
            await asyncio.sleep(CLEAN_UP_SECONDS)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        yield
        await partitions.close()

    service = Service(
        "ledger",
        tasks={
            "customer-keys": parts.keep_keys,
            "group": group.run,
            "ticker": ticker.run,
            "eraser": Eraser(serving, _eraser_outfit(parts)).run,
            "writers": watch,
            "clean-up": clean_up,
        },
        lifespan=lifespan,
        health=lambda: _ledger_health(partitions),
    )
    host = Host(
        "ledger",
        (parts.disk_watch(), _ledger_erasing(parts, partitions).service, service),
        InternalGate(parts.internal_secret),
    )
    try:
        await serve(host, bind="127.0.0.1", port=settings.ledger_port)
    finally:
        await parts.close()


def _writer(parts: Parts, partition: int) -> Writer:
    replica = parts.replica(partition)

    async def bury(entries: Sequence[Entry]) -> None:
        await asyncio.gather(*(parts.sender.send(DEAD_LETTERS, 0, each) for each in entries))

    return Writer(
        Identity(f"w_{uuid.uuid4().hex}", platform.node(), __version__),
        parts.log,
        replica,
        lambda: fold_of(replica),
        parts.codec,
        spawn=_spawn,
        bury=bury,
        rest=lambda: asyncio.sleep(REST_SECONDS),
    )


def _ledger_erasing(parts: Parts, partitions: Partitions) -> Erasing:
    cleaner = StateCleaner(lambda: [each.replica.store for each in partitions.writers.values()])
    return Erasing(parts.keyring, cleaner.clean)


def _eraser_outfit(parts: Parts) -> EraserOutfit:
    async def delete_commands(partition: int, before: int) -> None:
        await delete_before(parts.settings, COMMANDS, partition, before)

    return EraserOutfit(
        forget=partial(parts.keyring.forget, sender=parts.sender),
        delete_commands=delete_commands,
        send=parts.sender.send,
        encode=parts.codec.encode_command,
        clock_ms=clock_ms,
    )


def _spawn(append: Awaitable[int]) -> Awaitable[int]:
    task = asyncio.ensure_future(append)
    # A writer in doubt never asks for the outcome of what it had in flight.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


async def _close_writer(writer: Writer) -> None:
    await writer.replica.close()


def _ledger_health(partitions: Partitions) -> Mapping[str, Part]:
    if not partitions.writers:
        return {"ledger": Part("no partition is assigned yet")}
    return {
        f"writer {partition}": Part(
            partitions.faults.get(partition) or ("ok" if writer.serving else "taking over")
        )
        for partition, writer in sorted(partitions.writers.items())
    }


async def run_insight(settings: Settings) -> None:
    """Audit and analytics over the sinks that fill their tables."""
    parts = Parts(settings, "insight")
    database = await Database.open(settings.clickhouse_dsn())

    async def end_of(place: Place) -> int:
        return (await parts.log.bounds(*place))[1]

    sinks = Sinks(
        database,
        LogSources(parts.log, chained=frozenset((LEDGER,))),
        insight_fillings(parts),
        settings.partitions,
        end_of,
    )
    keys = Service("keys", tasks={"customer-keys": parts.keep_keys})
    host = Host(
        "insight",
        (
            parts.disk_watch(),
            keys,
            Erasing(parts.keyring, TableCleaner(database).clean).service,
            sinks.service,
            audit_service(database, sinks.positions),
            analytics_service(database, sinks.positions, clock_ms=clock_ms),
        ),
        InternalGate(parts.internal_secret),
    )
    try:
        await serve(host, bind="127.0.0.1", port=settings.insight_port)
    finally:
        await parts.close()


def insight_fillings(parts: Parts) -> Sequence[Filling]:
    """What fills the tables of audit and analytics."""

    async def record_of(entry: StoredEntry) -> Record:
        return parts.codec.now(entry) or await parts.codec.later(entry)

    return (
        Filling(LEDGER, AUDIT_LEDGER_TABLES + ANALYTICS_LEDGER_TABLES, record_of),
        Filling(VALIDATIONS, VALIDATION_TABLES, observation_of),
        Filling(API_CALLS, API_CALL_TABLES, api_calls_of),
        Filling(DELIVERIES, DELIVERY_TABLES, attempt_of),
    )


async def observation_of(entry: StoredEntry) -> ValidationObserved | None:
    """The observation that an entry holds; None when it holds none."""
    try:
        return _observations.decode(entry.value)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
