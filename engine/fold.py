"""The fold of the ledger into a store: what replicas and the writer do with a record.

Changes gather in overlays, one for each batch, the newest on top; the oldest is committed first.
A replica has one batch at a time, the writer two: one in flight, one being decided.
"""

import hashlib
import json
from typing import Any

import msgspec

from engine import tables
from engine.evolve import evolve
from engine.state import Bytes, Overlay, ProjectState, Stored, Table, encode
from schemas.personal import Personal, PersonalData
from schemas.records import Decided, Record


class StateFold:
    """Folds records over a store, batch by batch."""

    def __init__(self, store: Bytes) -> None:
        self._stored = Stored(store)
        self._batches: list[Overlay] = []

    def begin(self) -> None:
        """Opens a batch on top of those that are open."""
        below = self._batches[-1] if self._batches else self._stored
        self._batches.append(Overlay(below))

    def apply(self, record: Record, offset: int) -> None:
        """Folds the record at `offset` into the newest batch, as a whole or, raising, not at all."""
        if isinstance(record, Decided):
            trial = Overlay(self._batches[-1])
            evolve(trial.of(record.project), record, offset)
            self._batches[-1].absorb(trial)

    def view(self, project: str) -> ProjectState:
        """One project's state as of the newest batch."""
        newest = self._batches[-1] if self._batches else Overlay(self._stored)
        return newest.of(project)

    def projects(self) -> list[str]:
        """The projects that are open in this partition, as of the last commit."""
        prefix = f"{tables.OPENED.name}/".encode()
        return [each.id for _, each in self._stored.items(tables.OPENED, prefix)]

    def commit(self) -> dict[bytes, bytes | None]:
        """Closes the oldest batch; its changes, to be written at once."""
        changes = self._batches.pop(0).drain()
        if self._batches:
            self._batches[0].rebase(self._stored)
        written: dict[bytes, bytes | None] = {}
        for key, entity in changes.items():
            self._stored.remember(key, entity)
            written[key] = None if entity is None else encode(entity)
        return written

    def discard(self) -> None:
        """Drops all open batches."""
        self._batches.clear()


def _schema(kind: type) -> dict[str, Any]:
    if kind is Personal:
        return msgspec.json.schema(PersonalData)
    raise NotImplementedError(kind)


def state_fingerprint() -> str:
    """Changes whenever the shape of any table changes; it names the folder of the state."""
    found = {table.name: table.kind for table in vars(tables).values() if isinstance(table, Table)}
    _, components = msgspec.json.schema_components(
        [found[name] for name in sorted(found)], schema_hook=_schema
    )
    text = json.dumps([sorted(found), components], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
