"""The host `distribution`: background work, driven by a replica of its own."""

from collections.abc import Sequence

from engine.kernel import tables
from runtime.base.clock import clock_ms
from runtime.base.settings import Settings
from runtime.http.host import Host, serve_host
from runtime.http.internal import InternalGate
from runtime.http.outbound import Outbound
from runtime.http.service import Service
from runtime.keys.erasing import Erasing
from runtime.store.folders import StateFolder
from services.distribution.service import distribution_service
from services.distribution.webhooks.delivery import ATTEMPTS_AT_ONCE, PROJECT_ATTEMPTS_AT_ONCE
from services.distribution.webhooks.follow import OutboxReplica, webhook_service
from services.distribution.webhooks.outfit import Outfit
from services.distribution.webhooks.turns import Turns
from services.distribution.worker.state import KEPT
from services.distribution.worker.worker import Open, Worker
from tessera.hosts.parts import Parts, Replicas, fold_of

#: Of the outbox, as far as what is stored of it goes; another one is built anew beside it.
OUTBOX_VERSION = "v1"
#: How long records gather while no chunk is under way; a new action may wait so long.
CALM_SECONDS = 0.05


class ReplicaLedger:
    """What the replicas know of the ledger; see `services.distribution.worker.worker.Ledger`."""

    def __init__(self, replicas: Replicas) -> None:
        self._replicas = replicas

    def open_actions(self) -> Sequence[Open]:
        """The open actions of all partitions whose replica is complete, the oldest first."""
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
    replicas = Replicas(parts, calm_seconds=CALM_SECONDS)
    commands = replicas.commands()
    worker = Worker(commands, ReplicaLedger(replicas), share=settings.worker_share)
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
    outboxes = {partition: _outbox(parts, partition) for partition in replicas.followed}
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


def _outbox(parts: Parts, partition: int) -> OutboxReplica:
    folder = StateFolder(parts.settings.home, "webhooks", partition, OUTBOX_VERSION)
    return OutboxReplica(parts.log, partition, folder, parts.codec, clock_ms)
