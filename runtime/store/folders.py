"""Where the state of a host lies: `state/<host>/<partition>-<fingerprint>` below the home folder.

The fingerprint is that of the state's schema, so that other code builds a folder of its own beside
the old one and swaps when it is complete; the old one is removed then.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import structlog

from runtime.store.store import RocksStore, Store, StoreDamaged

log = structlog.get_logger(__name__)


class StateFolder:
    """One partition's state of one host; see `runtime.replica.replica.Storage`."""

    def __init__(self, home: Path, host: str, partition: int, fingerprint: str) -> None:
        self.path = state_folder(home, host, partition, fingerprint)
        self._partition = partition

    def open(self) -> Store:
        return open_folder(self.path)

    def wipe(self) -> Store:
        """An empty store in the place of the old one."""
        return _wipe_folder(self.path)

    def remove_others(self) -> None:
        """Removes what other code left for this partition, now that this one is complete."""
        for other in self.path.parent.glob(f"{self._partition}-*"):
            if other != self.path:
                log.info("old state removed", path=str(other))
                shutil.rmtree(other, ignore_errors=True)


def open_folder(path: Path) -> Store:
    """The store there; one that cannot be read is begun anew, since the log has everything."""
    try:
        return RocksStore(path)
    except StoreDamaged as fault:
        log.warning("state damaged, folding anew", path=str(path), reason=str(fault))
        return _wipe_folder(path)


def _wipe_folder(path: Path) -> Store:
    RocksStore.destroy(path)
    return RocksStore(path)


def state_folder(home: Path, host: str, partition: int, fingerprint: str) -> Path:
    """The folder of one partition's state."""
    return home / "state" / host / f"{partition}-{fingerprint}"


def state_folders(home: Path, fingerprint: str) -> Iterator[tuple[str, int, Path]]:
    """(host, partition, folder) of every state of this code that exists."""
    for path in sorted((home / "state").glob(f"*/*-{fingerprint}")):
        yield path.parent.name, int(path.name.split("-")[0]), path
