"""Where the state of a host lies: `state/<host>/<partition>-<fingerprint>` below the home folder.

The fingerprint is that of the state's schema, so that other code builds a folder of its own beside
the old one and swaps when it is complete; the old one is removed then.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import structlog

from runtime.store.store import RocksStore, Store, StoreDamaged

log = structlog.get_logger(__name__)


class StateFolder:
    """One partition's state of one host; see `runtime.replica.replica.Storage`."""

    def __init__(self, home: Path, host: str, partition: int, fingerprint: str) -> None:
        self.path = state_folder(home, host, partition, fingerprint)
        self._partition = partition

    def open(self) -> Store:
        """The store, or in its place the one that was rebuilt meanwhile."""
        RebuiltFolder(self.path).take()
        return open_folder(self.path)

    def wipe(self) -> Store:
        """An empty store in the place of the old one."""
        return _wipe_folder(self.path)

    def remove_others(self) -> None:
        """Removes what other code left for this partition, now that this one is complete."""
        name = f"{self._partition}-*"
        rebuilt = self.path.parent / RebuiltFolder.NAME
        for other in (*self.path.parent.glob(name), *rebuilt.glob(name)):
            if not other.name.startswith(self.path.name):
                log.info("old state removed", path=str(other))
                shutil.rmtree(other, ignore_errors=True)


class RebuiltFolder:
    """A state that is folded anew beside the one at `path`, which it replaces once it is whole.

    As storage of a replica it is begun anew, whatever was there.
    """

    NAME: ClassVar = "rebuilt"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._whole = path.parent / self.NAME / path.name
        self._partial = self._whole.with_name(f"{path.name}.new")

    def open(self) -> Store:
        return _wipe_folder(self._partial)

    def wipe(self) -> Store:
        return _wipe_folder(self._partial)

    def is_dropped(self) -> bool:
        """Whether nothing is left of what was begun."""
        return not self._partial.exists()

    def complete(self) -> None:
        """It is whole, and closed; whoever opens the state next takes it.

        Raises FileNotFoundError where it was dropped meanwhile.
        """
        RocksStore.destroy(self._whole)
        self._partial.rename(self._whole)

    def take(self) -> None:
        """Puts it in the place of the state, which nobody has open; nothing where there is none.

        Raises StoreBusy when somebody has.
        """
        if not self._whole.exists():
            return
        # who dies here finds it again
        RocksStore.destroy(self._path)
        self._whole.rename(self._path)
        log.info("rebuilt state taken", path=str(self._path))


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


def drop_rebuilt(home: Path, host: str) -> Callable[[], None]:
    """What drops the states that the host has not taken: they may hold who was forgotten since."""
    path = home / "state" / host / RebuiltFolder.NAME
    return lambda: shutil.rmtree(path, ignore_errors=True)
