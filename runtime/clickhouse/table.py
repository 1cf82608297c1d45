"""A table that is its own checkpoint: where each row comes from is written beside it.

Every row names the record it was made from: topic, partition, offset, and its index within the
record's rows. An insert is one block into one partition of one table, so it is stored whole or not
at all; the rows of its last record also carry that record's hash. So the greatest offset with a
hash is where the table goes on, and the hash tells whether the log still is the one it was filled
from. Where records give no rows for long, a marker row (index -1, otherwise blank) moves the
checkpoint on.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from runtime.clickhouse.database import DATABASE, Column, Query, TableDef
from runtime.clickhouse.native_block import Alike, Row
from runtime.log.log import Place, StoredEntry

R = TypeVar("R")

MARKER_INDEX = -1
#: Beyond every offset.
OFFSET_MAX = 2**62
_PLACE = (
    Column("log_topic", "LowCardinality(String)"),
    Column("log_partition", "UInt16"),
    Column("log_offset", "Int64", "Delta, ZSTD(1)"),
    Column("log_index", "Int32"),
    Column("log_hash", "String", "ZSTD(1)"),
)
_INDEX, _HASH = 3, 4
HERE = "log_topic = {topic:String} AND log_partition = {partition:UInt16}"


class SourceEntry(NamedTuple):
    """A record that counts; `hash` is that of its stored entry, hexadecimal."""

    offset: int
    hash: str
    entry: StoredEntry


#: The rows whose columns have these values; the names are declared ones.
Selection = Mapping[str, str]


class Checkpoint(NamedTuple):
    """The last record that a table was filled from; offset -1 and no hash before the first."""

    offset: int = -1
    hash: str = ""


class Late(NamedTuple):
    """A row of a table that keeps the newest of a key, made when it is inserted: most never are."""

    #: As the row has it.
    key: tuple[Any, ...]
    make: Callable[[], Row]


@dataclass(frozen=True, slots=True)
class SinkTable(Generic[R]):
    """What a table takes from a topic: a pure function from a record to rows, mostly none.

    A row holds the table's own columns, in their order; the sink puts the record's place before it.
    """

    definition: TableDef
    rows: Callable[[R], Iterable[Row | Alike | Late]]
    #: Which of the rows of earlier records go for good with this one.
    erases: "Callable[[R], Sequence[Selection]] | None" = None


@dataclass(frozen=True, slots=True)
class Filling:
    """The tables that a topic fills, and how its entries are read."""

    topic: str
    tables: tuple[SinkTable[Any], ...]
    decode: Callable[[StoredEntry], Awaitable[Any]]


def sink_table(
    name: str,
    columns: Sequence[Column],
    *,
    order_by: Sequence[str],
    latest_only: bool = False,
    found_by: Sequence[str] = (),
    also_by: Sequence[Sequence[str]] = (),
    counted_by: Sequence[str] = (),
    revision: int = 1,
    erasable: bool = False,
) -> TableDef:
    """The definition of a table that a sink fills; `latest_only` keeps the newest row of a key."""
    return TableDef(
        name,
        (*_PLACE, *columns),
        tuple(order_by),
        ("log_topic", "log_partition"),
        version="log_offset" if latest_only else None,
        found_by=tuple(found_by),
        also_by=tuple(map(tuple, also_by)),
        counted_by=tuple(counted_by),
        revision=revision,
        erasable=erasable,
    )


#: Offset, index, and the row with its own columns.
_Placed = tuple[int, int, Row | Late]


class Block:
    """The rows of one insert, as they gather; of a key that keeps its newest row only that one."""

    def __init__(self, table: TableDef, place: Place) -> None:
        self._table = table
        self._place = place
        own = table.column_names[len(_PLACE) :]
        self._key_places = tuple(map(own.index, table.order_by)) if table.version else ()
        self._key = itemgetter(*self._key_places) if table.version else None
        self._rows: list[_Placed] = []
        self._newest: dict[Any, _Placed] = {}
        self._alike: list[tuple[int, int, Alike]] = []
        #: How many rows were taken.
        self.count = 0
        self._last: tuple[int, str] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to insert."""
        return not self.count

    def add(self, applied: SourceEntry, rows: Iterable[Row | Alike | Late]) -> None:
        """Takes a record's rows."""
        offset, index = applied.offset, 0
        for row in rows:
            if isinstance(row, Alike):
                self._alike.append((offset, index, row))
                index += row.size
                continue
            if self._key is None:
                self._rows.append((offset, index, row))
            else:
                key = row.key if isinstance(row, Late) else self._key(row)
                self._newest[key] = offset, index, row
            index += 1
        if index:
            self.count += index
            self._last = (offset, applied.hash)

    def mark(self, applied: SourceEntry) -> None:
        """Takes a marker, so that the checkpoint moves on without rows."""
        blank = [column.blank() for column in self._table.columns[len(_PLACE) :]]
        self._rows.append((applied.offset, MARKER_INDEX, blank))
        self.count += 1
        self._last = (applied.offset, applied.hash)

    def take(self) -> list[list[Any] | Alike]:
        """The rows to insert. Empties the block."""
        if self._newest:
            self._replace_alike()
        taken: list[list[Any] | Alike] = []
        last, digest = self._last or (-1, "")
        for offset, index, row in chain(self._rows, self._newest.values()):
            values = row.make() if isinstance(row, Late) else row
            taken.append([*self._place, offset, index, digest if offset == last else "", *values])
        for offset, index, alike in self._alike:
            head = [*self._place, offset, index, digest if offset == last else ""]
            taken.append(_place_alike(head, index, alike))
        self._rows, self._newest, self._alike = [], {}, []
        self.count, self._last = 0, None
        return taken

    def _replace_alike(self) -> None:
        """Takes rows that are alike one by one where others have the key of one of them.

        Rows that are alike have keys that others alike do not.
        """
        kept = []
        for offset, index, alike in self._alike:
            keys = list(zip(*map(alike.column, self._key_places), strict=True))
            if self._newest.keys().isdisjoint(keys):
                kept.append((offset, index, alike))
                continue
            for number, (key, row) in enumerate(zip(keys, alike.rows(), strict=True), index):
                placed: _Placed = (offset, number, row)
                other = self._newest.get(key, placed)
                self._newest[key] = max(placed, other, key=itemgetter(0, 1))
        self._alike = kept


def _place_alike(head: list[Any], index: int, alike: Alike) -> Alike:
    own: dict[int, Sequence[Any]] = {
        len(head) + place: values for place, values in alike.own.items()
    }
    own[_INDEX] = range(index, index + alike.size)
    return Alike(alike.size, [*head, *alike.shared], own)


def checkpoint(table: TableDef, place: Place) -> Query:
    """(offset, hash) of the last record, one row or none."""
    return Query(
        f"SELECT log_offset, log_hash FROM {table.full_name} "  # noqa: S608  declared names
        f"WHERE {HERE} AND log_hash != '' ORDER BY log_offset DESC LIMIT 1",
        place._asdict(),
    )


def forget(table: TableDef, place: Place, since: int) -> Query:
    """Removes what came from `since` on; from 0 on that is a partition."""
    if since <= 0:
        return Query(
            f"ALTER TABLE {table.full_name} DROP PARTITION ({{topic:String}}, {{partition:UInt16}})",
            place._asdict(),
        )
    return Query(
        f"ALTER TABLE {table.full_name} DELETE WHERE {HERE} AND log_offset >= {{since:Int64}} "
        "SETTINGS mutations_sync = 1",
        {**place._asdict(), "since": since},
    )


def copy_older(table: TableDef, to: TableDef, place: Place, before: int) -> Query:
    """Takes over the rows of records before that offset."""
    return Query(
        f"INSERT INTO {to.full_name} SELECT * FROM {table.full_name} "  # noqa: S608  declared names
        f"WHERE {HERE} AND log_offset < {{before:Int64}} SETTINGS max_execution_time = 0",
        {**place._asdict(), "before": before},
    )


def erase(
    table: TableDef, place: Place, selection: Selection, before: int, *, wait: bool = False
) -> Query:
    """Removes rows of records before that offset; unless `wait`, it ends after the call.

    It is written down, so it goes on after a crash, and rows that come later are not touched.
    """
    wanted = " AND ".join(f"{name} = {{erased_{name}:String}}" for name in selection)
    values = {f"erased_{name}": value for name, value in selection.items()}
    return Query(
        f"ALTER TABLE {table.full_name} DELETE WHERE {HERE} AND {wanted} "
        f"AND log_offset < {{before:Int64}} SETTINGS mutations_sync = {int(wait)}",
        {**place._asdict(), **values, "before": before},
    )


def repeat_marker(table: TableDef, place: Place, at: Checkpoint) -> list[Any]:
    """A marker that says again how far the table is, for when the row that says it is erased."""
    blank = [column.blank() for column in table.columns[len(_PLACE) :]]
    return [*place, at.offset, MARKER_INDEX, at.hash, *blank]


#: (count, now in s): erasures that have not ended, and the engine's own time.
UNERASED = Query(
    "SELECT count(), toUnixTimestamp(now()) FROM system.mutations "
    "WHERE database = {database:String} AND NOT is_done",
    {"database": DATABASE},
)


def forget_old_parts(table: TableDef) -> Query:
    """Removes files that rows were moved from; a partition that does not exist is dropped for it.

    Nothing else makes the engine do so at once.
    """
    return Query(
        f"ALTER TABLE {table.full_name} DROP PARTITION ({{topic:String}}, 0)", {"topic": "~"}
    )


def oldest_part(table: TableDef) -> Query:
    """(time in s,): since when rows are moved from a part that is still there; none: for ever."""
    return Query(
        "SELECT if(count() = 0, toUInt32(4294967295), toUInt32(min(remove_time))) "
        "FROM system.parts WHERE database = {database:String} "
        "AND table = {table:String} AND NOT active",
        {"database": DATABASE, "table": table.name},
    )


def digest(
    table: TableDef, place: Place, first: int, last: int, kept_from: int | None = None
) -> Query:
    """What a table holds of the offsets first..last, independent of the order of rows and blocks.

    One row: (rows, sum of the rows' hashes, xor of them, greatest offset). Markers and hashes of
    records do not count, since they depend on where blocks ended. A table that keeps the newest
    row of a key gives what a fold up to `last` gives only if it has taken nothing after `last`.
    Of one whose rows are kept for a while, what happened before `kept_from` does not count.
    """
    names = ", ".join(name for name in table.column_names if name != _PLACE[_HASH].name)
    final = " FINAL" if table.version is not None else ""
    kept = "" if kept_from is None else "AND at >= {kept_from:Int64} "
    values = {} if kept_from is None else {"kept_from": kept_from}
    return Query(
        "SELECT count(), toString(sum(toUInt128(h))), toString(groupBitXor(h)), "  # noqa: S608
        f"toInt64(max(log_offset)) FROM (SELECT log_offset, cityHash64({names}) AS h "
        f"FROM {table.full_name}{final} WHERE {HERE} AND log_index >= 0 {kept}"
        "AND log_offset BETWEEN {first:Int64} AND {last:Int64})",
        {**place._asdict(), **values, "first": first, "last": last},
    )


def as_checkpoint(rows: Sequence[Sequence[Any]]) -> Checkpoint:
    """What the rows of `checkpoint` say; none: that nothing was filled yet."""
    return Checkpoint(*rows[0]) if rows else Checkpoint()
