"""The fold of the ledger into a store: what replicas and the writer do with a record.

Changes gather in overlays, one for each batch, the newest on top; the oldest is committed first.
A replica has one batch at a time, the writer two: one in flight, one being decided.
"""

import hashlib
import json
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from engine.evolve import evolve
from engine.kernel import tables
from engine.kernel.overlay import Bytes, Overlay, ProjectState, Stored
from engine.kernel.state import Table
from schemas.actions import OpenAction
from schemas.base import Shape, tag_of
from schemas.erasures import Erasure
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

    def settled_view(self, project: str) -> ProjectState:
        """As of the last commit."""
        return Overlay(self._stored).of(project)

    def projects(self) -> list[str]:
        """The projects that are open in this partition, as of the last commit."""
        prefix = f"{tables.OPENED.name}/".encode()
        return [each.id for _, each in self._stored.items(tables.OPENED, prefix)]

    def open_actions(self) -> list[OpenAction]:
        """The async actions of this partition that have something left to do, as of then."""
        prefix = f"{tables.OPEN_ACTIONS.name}/".encode()
        return [each for _, each in self._stored.items(tables.OPEN_ACTIONS, prefix)]

    def erasures(self, count_max: int) -> list[Erasure]:
        """Whose keys have to be destroyed, as of then; the first of them, if there are more."""
        prefix = f"{tables.ERASURES.name}/".encode()
        found = self._stored.items(tables.ERASURES, prefix)
        return [each for _, each in islice(found, count_max)]

    def commit(self) -> dict[bytes, bytes | None]:
        """Closes the oldest batch; its changes, to be written at once."""
        changes = self._batches.pop(0).drain()
        if self._batches:
            self._batches[0].rebase(self._stored)
        return self._stored.settle(changes)

    def discard(self) -> None:
        """Drops all open batches."""
        self._batches.clear()


class StatePart(NamedTuple):
    """What a host keeps of the state: these tables, which these events alone change."""

    tables: frozenset[str]
    events: frozenset[type[Shape]]


class PartFold(StateFold):
    """A fold of a part of the state, for a host that does without the rest.

    What it keeps equals the same tables of a whole fold, except for the memory of commands.
    """

    def __init__(self, store: Bytes, part: StatePart) -> None:
        super().__init__(store)
        self._part = part
        self._prefixes = tuple(f"{name}/".encode() for name in sorted(part.tables))

    def apply(self, record: Record, offset: int) -> None:
        if not isinstance(record, Decided):
            return
        events = tuple(each for each in record.events if type(each) in self._part.events)
        if events:
            super().apply(structs.replace(record, events=events), offset)

    def commit(self) -> dict[bytes, bytes | None]:
        changes = super().commit()
        return {key: value for key, value in changes.items() if key.startswith(self._prefixes)}


def _schema(kind: type) -> dict[str, Any]:
    if kind is Personal:
        return msgspec.json.schema(PersonalData)
    raise NotImplementedError(kind)


@cache
def state_fingerprint(part: StatePart | None = None) -> str:
    """Changes whenever the shape of any table changes, or the part; it names the state's folder."""
    found = {table.name: table.kind for table in vars(tables).values() if isinstance(table, Table)}
    _, components = msgspec.json.schema_components(
        [found[name] for name in sorted(found)], schema_hook=_schema
    )
    described: list[Any] = [sorted(found), components]
    if part is not None:
        described += [
            sorted(part.tables),
            sorted(tag_of(each) for each in part.events),
        ]
    text = json.dumps(described, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
