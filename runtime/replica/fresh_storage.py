"""Where one fold of the log from its beginning keeps its state."""

from pathlib import Path

from runtime.log.log import OutOfRange
from runtime.store.store import RocksStore, Store


class FreshStorage:
    """Storage in a folder of its own; the fold cannot begin anew under way."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self) -> Store:
        return RocksStore(self._path)

    def wipe(self) -> Store:
        raise OutOfRange("the ledger was cut while it was read")
