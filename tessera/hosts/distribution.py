"""The host `distribution`: background work, driven by a replica of its own."""

import asyncio
from collections.abc import Sequence

from engine.kernel import tables
from runtime.base.clock import clock_ms
from runtime.base.settings import Settings
from runtime.http.host import Host
from runtime.http.internal import InternalGate
from runtime.http.outbound import Outbound
from runtime.http.service import Service
from runtime.http.serving import serve_host
from runtime.keys.erasing import Erasing
from runtime.store.folders import StateFolder
from services.distribution.service import distribution_service
from services.distribution.source import Source
from services.distribution.webhooks.delivery import ATTEMPTS_AT_ONCE, PROJECT_ATTEMPTS_AT_ONCE
from services.distribution.webhooks.follow import OutboxReplica, webhook_service
from services.distribution.webhooks.outfit import Outfit
from services.distribution.webhooks.turns import Turns
from services.distribution.worker.replica import WorkerReplica
from services.distribution.worker.state import KEPT
from services.distribution.worker.worker import Open, Worker
from tessera.hosts.parts import Parts, Replicas, fold_of

#: Of the outbox, as far as what is stored of it goes; another one is built anew beside it.
OUTBOX_VERSION = "v1"
#: How long records gather while no chunk is under way; a new action and webhooks may wait so long.
CALM_SECONDS = 0.15
#: How long the worker waits at most before it looks for itself.
LOOK_SECONDS = 10.0


class ReplicaLedger:
    """What the replicas know of the ledger; see `services.distribution.worker.worker.Ledger`."""

    def __init__(self, replicas: Replicas) -> None:
        self._replicas = replicas
        self._moved = asyncio.Event()

    def moved(self) -> None:
        """There may be something else to do."""
        self._moved.set()

    async def await_change(self) -> None:
        """See `Ledger.await_change`; after a while it returns anyway."""
        incomplete = [
            each.freshness.complete
            for each in self._replicas.followed.values()
            if not each.freshness.complete.is_set()
        ]
        waits = [asyncio.create_task(each.wait()) for each in (self._moved, *incomplete)]
        try:
            await asyncio.wait(waits, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    def open_actions(self) -> Sequence[Open]:
        """The open actions of all partitions whose replica is complete, the oldest first."""
        self._moved.clear()
        found: list[Open] = []
        for followed in self._replicas.followed.values():
            # one that still reads history would send what was done long ago
            if not followed.freshness.complete.is_set():
                continue
            fold = fold_of(followed.replica)
            for each in fold.open_actions():
                action = fold.view(each.project).get(tables.ACTIONS, each.id)
                if action is not None:
                    found.append(Open(each.project, action))
        return sorted(found, key=lambda each: (each.action.created_at, each.action.id))

    def records(self) -> int:
        """How far the replicas are, in records."""
        return sum(each.position + 1 for each in self._replicas.followed.values())


async def run_distribution(settings: Settings) -> None:
    """The worker, over replicas that keep only what it needs."""
    parts = Parts(settings, "distribution", part=KEPT)
    own = {each: _worker_replica(parts, each) for each in range(settings.partitions)}
    replicas = Replicas(parts, replicas=own, calm_seconds=CALM_SECONDS)
    ledger = ReplicaLedger(replicas)
    for partition, replica in own.items():
        replica.moved = ledger.moved
        replica.is_expected = replicas.followed[partition].is_expected
    commands = replicas.commands()
    worker = Worker(commands, ledger, share=settings.worker_share)
    posts = Outbound(
        timeout_seconds=settings.webhooks_timeout_seconds,
        allow_private=settings.webhooks_allow_private,
        ca_file=settings.webhooks_ca_file,
    )
    webhooks = Outfit(
        log=parts.log,
        sender=parts.sender,
        commands=commands,
        posts=posts,
        token_of=parts.secrets.webhook_token,
        clock_ms=clock_ms,
        turns=Turns(ATTEMPTS_AT_ONCE, PROJECT_ATTEMPTS_AT_ONCE),
        retry_seconds=settings.webhooks_retry_seconds,
        attempts_max=settings.webhooks_attempts_max,
    )
    outboxes = {each: _outbox(parts, each, replica.source) for each, replica in own.items()}
    host = Host(
        "distribution",
        (
            parts.disk_watch(),
            # what is kept of people in files lies in the keys; records are remembered
            Erasing(parts.keyring, webhooks.records.forget).service,
            replicas.service(),
            distribution_service(worker),
            webhook_service(webhooks, outboxes, parts.codec),
            Service("clean-up", tasks={"clean-up": replicas.clean_up}),
        ),
        InternalGate(parts.internal_secret),
    )
    try:
        await serve_host(host, bind="127.0.0.1", port=settings.distribution_port)
    finally:
        await posts.close()
        await replicas.close()
        await parts.close()


def _worker_replica(parts: Parts, partition: int) -> WorkerReplica:
    folder = parts.folder(partition)
    return WorkerReplica(parts.log, partition, folder, parts.make_fold, parts.codec)


def _outbox(parts: Parts, partition: int, source: Source) -> OutboxReplica:
    folder = StateFolder(parts.settings.home, "webhooks", partition, OUTBOX_VERSION)
    return OutboxReplica(parts.log, partition, folder, parts.codec, clock_ms, source)
