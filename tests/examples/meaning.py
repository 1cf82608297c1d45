"""What a record means: the state that it leaves, and what everybody who reads it makes of it.

`expected.json` beside an edition keeps it, and what is kept has to hold. Members may come, as new
code shows more than old code did; whatever else becomes different is another meaning.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.answers.answer import render_answer
from engine.answers.hook_events import hook_events
from engine.answers.hook_payload import hook_payload
from engine.fold import PartFold, StateFold
from engine.kernel.encode import to_json
from runtime.clickhouse.database import TableDef
from runtime.clickhouse.native_block import Alike
from runtime.clickhouse.table import Late, SinkTable
from runtime.store.store import MemoryStore
from schemas.projects import KeyKind
from schemas.records import Conflicted, Decided, Expired, Record
from schemas.webhooks import EVENT_NAMES, Webhook
from services.analytics.sink.tables import LEDGER_TABLES as ANALYTICS_TABLES
from services.audit.sink.activity_table import ACTIVITY, shown_entry
from services.audit.sink.redemption_table import REDEMPTIONS, shown_bodies
from services.audit.sink.tables import LEDGER_TABLES as AUDIT_TABLES
from services.audit.unknown import UNKNOWN
from services.distribution.webhooks.outbox import Endpoint, Outbox
from services.distribution.worker.state import KEPT
from tests.examples.corpus import Example
from tests.examples.telling import PROJECT

Meaning = dict[str, Any]
_TABLES: tuple[SinkTable[Record], ...] = (*AUDIT_TABLES, *ANALYTICS_TABLES)
#: Whose keys show an answer; the first is the one that the others are kept beside.
_KINDS: tuple[KeyKind, ...] = ("server", "client", "management")
#: Columns that hold JSON as text.
_BODIES = frozenset({"body"})
#: The columns that say where a row comes from, which the sink itself adds.
_PLACE_COLUMNS = 5


class Readers:
    """Everybody who follows a ledger, from its start."""

    def __init__(self) -> None:
        self._store = MemoryStore()
        self._fold = StateFold(self._store)
        self._part = PartFold(MemoryStore(), KEPT)
        self._now = 0
        self._outbox = Outbox(MemoryStore(), lambda: self._now)
        everything = Webhook("wh_all", "https://shop.test/all", EVENT_NAMES, 0)
        self._outbox.endpoints["wh_all"] = Endpoint(PROJECT, everything)

    def read(self, example: Example) -> Meaning:
        """What the next record means."""
        record, offset = example.record, example.entry.offset
        found: Meaning = {
            "state": self._folded(record, offset),
            "answers": _answers(record),
            "hooks": _hooks(record, offset),
            "outbox": self._queued(record, offset),
            "rows": {each.definition.name: _rows(each, record) for each in _TABLES},
        }
        found["rows"] = {name: rows for name, rows in found["rows"].items() if rows}
        return {name: part for name, part in found.items() if part}

    def _folded(self, record: Record, offset: int) -> Meaning:
        """The entries of the state that it changes, as they are after it; None: it is gone."""
        self._fold.begin()
        self._fold.apply(record, offset)
        changes = self._fold.commit()
        self._store.write(changes)
        self._part.begin()
        self._part.apply(record, offset)
        self._part.commit()
        return dict(sorted(_texts(changes).items()))

    def _queued(self, record: Record, offset: int) -> Meaning:
        self._now = record.at
        self._outbox.begin()
        self._outbox.apply(record, offset)
        return _texts(self._outbox.commit())


def _texts(changes: Mapping[bytes, bytes | None]) -> dict[str, Any]:
    return {
        key.decode(): None if value is None else msgspec.json.decode(value)
        for key, value in changes.items()
    }


def _answers(record: Record) -> Meaning:
    """What whoever sent the command gets, by the kind of its key."""
    if not isinstance(record, Decided | Conflicted | Expired):
        return {}
    found: Meaning = {}
    for kind in _KINDS:
        status, body = render_answer(record, kind)
        found[kind] = {"status": status, "body": None if body is None else _json(to_json(body))}
    return found


def _hooks(record: Record, offset: int) -> list[Any]:
    if not isinstance(record, Decided):
        return []
    return [
        _json(hook_payload(record.project, offset, record, told)) for told in hook_events(record)
    ]


def _rows(table: SinkTable[Record], record: Record) -> list[Any]:
    names = table.definition.column_names[_PLACE_COLUMNS:]
    rows = [_named(names, row) for part in table.rows(record) for row in _each(part)]
    if table.definition in _SHOWN:
        rows = _SHOWN[table.definition](rows)
    erased = [{"erased": dict(each)} for each in (table.erases or _nothing)(record)]
    return rows + erased


def _redemptions(rows: list[Any]) -> list[Any]:
    """As lists show them: the first row of an event has the bodies of all."""
    bodies = [body for row in rows if "body" in row for body in shown_bodies(_written(row))]
    return [row | {"body": body} for row, body in zip(rows, bodies, strict=True)]


def _activities(rows: list[Any]) -> list[Any]:
    return [row | {"body": _json(to_json(shown_entry(row["id"], _written(row))))} for row in rows]


def _written(row: Meaning) -> str:
    return msgspec.json.encode(row["body"]).decode()


#: What is rendered when it is read.
_SHOWN: Mapping[TableDef, Callable[[list[Any]], list[Any]]] = {
    REDEMPTIONS: _redemptions,
    ACTIVITY: _activities,
}


def _nothing(_: Record) -> Sequence[Any]:
    return ()


def _each(part: Any) -> Iterator[Sequence[Any]]:
    if isinstance(part, Alike):
        yield from part.rows()
    elif isinstance(part, Late):
        yield part.make()
    else:
        yield part


def _named(names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """A row by the names of its columns, without those that say nothing."""
    # what is kept has lists alone
    row = [list(each) if isinstance(each, tuple) else each for each in row]
    named = dict(zip(names, row, strict=True))
    return {
        name: _json(value) if name in _BODIES else value
        for name, value in named.items()
        if value not in ("", {}, [], UNKNOWN)
    }


def _json(text: str | bytes) -> Any:
    return msgspec.json.decode(text)


def kept_form(meaning: Meaning) -> Meaning:
    """A meaning as it is kept: without the answers that are the first one again."""
    answers = meaning.get("answers", {})
    first = answers.get(_KINDS[0])
    kept = {kind: each for kind, each in answers.items() if kind == _KINDS[0] or each != first}
    return meaning | ({"answers": kept} if kept else {})


def differences(kept: Meaning, found: Meaning) -> Iterator[str]:
    """Where a record means something else than it did, place by place."""
    answers = kept.get("answers", {})
    if answers:
        whole = {kind: answers.get(kind, answers[_KINDS[0]]) for kind in _KINDS}
        kept = kept | {"answers": whole}
    yield from _other(kept, found, "")
    for key, entity in found.get("state", {}).items():
        if entity is None and key not in kept.get("state", {}):
            yield f"state.{key}: it is removed now"


def _other(kept: Any, found: Any, place: str) -> Iterator[str]:
    if isinstance(kept, dict) and isinstance(found, dict):
        for name, value in kept.items():
            here = f"{place}.{name}" if place else name
            if name in found:
                yield from _other(value, found[name], here)
            else:
                yield f"{here}: {_shown(value)} is gone"
    elif isinstance(kept, list) and isinstance(found, list | tuple) and len(kept) == len(found):
        for index, (one, other) in enumerate(zip(kept, found, strict=True)):
            yield from _other(one, other, f"{place}[{index}]")
    elif kept != found or type(kept) is not type(found):
        yield f"{place}: {_shown(kept)} became {_shown(found)}"


def _shown(value: Any) -> str:
    return msgspec.json.encode(value).decode()[:200]
