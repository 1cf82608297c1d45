"""The host `ledger`: the writers of partitions, where the fronts live in other processes."""

from runtime.base.settings import Settings
from runtime.http.host import Host
from runtime.http.internal import InternalGate
from runtime.http.service import Service
from runtime.http.serving import serve_host
from runtime.keys.erasing import Erasing
from runtime.store.folders import drop_rebuilt
from tessera.hosts.erasing import StateCleaner
from tessera.hosts.parts import Parts
from tessera.hosts.writing import Writing


async def run_ledger(settings: Settings) -> None:
    """The writers of the partitions that Kafka assigns to this process."""
    # A second process on one home keeps a state of its own.
    own = "" if settings.ledger_slot == "0" else f"-{settings.ledger_slot}"
    parts = Parts(settings, f"ledger{own}")
    writing = Writing(parts)
    writers = writing.partitions.writers
    cleaner = StateCleaner(
        lambda: [each.replica.store for each in writers.values()],
        drop=drop_rebuilt(settings.home, parts.host),
    )
    host = Host(
        "ledger",
        (
            parts.disk_watch(),
            Erasing(parts.keyring, cleaner.clean).service,
            Service("keys", tasks={"customer-keys": parts.keep_keys}),
            writing.service,
        ),
        InternalGate(parts.internal_secret),
    )
    try:
        await serve_host(host, bind="127.0.0.1", port=settings.ledger_port)
    finally:
        await parts.close()
