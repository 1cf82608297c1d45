"""State over ordered bytes: what is stored, and changes that lie over it.

An `Overlay` keeps its changes to itself until its owner writes them: decisions for the next batch
are taken on an overlay over the overlay of the batch in flight. Entities are frozen, so a decoded
one may be shared; `Stored` keeps the hot ones, within a bound.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from itertools import islice
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote

from engine.kernel.state import Parts, Table, encode

T = TypeVar("T")

#: How many decoded entities a `Stored` keeps.
CACHE_ENTRIES_MAX = 20_000


class Bytes(Protocol):
    """Ordered bytes, for example a RocksDB."""

    def get(self, key: bytes) -> bytes | None:
        """The value at `key`."""

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, backwards: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """The pairs whose key begins with `prefix` and comes after `after`, in order of their keys.

        `backwards` turns the order round, and with it what comes after what.
        """

    def present(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of the keys that have a value."""


class Source(Protocol):
    """Decoded entities by key: what an `Overlay` lies over."""

    def lookup(self, table: Table[T], key: bytes) -> T | None:
        """The entity at `key`."""

    def items(
        self,
        table: Table[T],
        prefix: bytes,
        *,
        after: bytes | None = None,
        backwards: bool = False,
    ) -> Iterator[tuple[bytes, T]]:
        """The entities of `Bytes.scan`."""

    def present(self, table: Table[Any], keys: Sequence[bytes]) -> set[bytes]:
        """Those of the keys at which there is an entity."""


#: Stands in the cache for what is looked for and is not there.
_ABSENT: Any = object()


class Stored:
    """A `Source` over bytes, with a bounded cache of decoded entities, and of what is not there."""

    def __init__(self, store: Bytes, *, entries_max: int = CACHE_ENTRIES_MAX) -> None:
        self._store = store
        self._cache: OrderedDict[bytes, Any] = OrderedDict()
        self._entries_max = entries_max

    def lookup(self, table: Table[T], key: bytes) -> T | None:
        """The entity at `key`; the most recently used stay decoded."""
        cache = self._cache
        found: T | None = cache.get(key)
        if found is None:
            value = self._store.get(key)
            found = _ABSENT if value is None else table.decode(value)
            self._keep(key, found)
        else:
            cache.move_to_end(key)
        return None if found is _ABSENT else found

    def items(
        self,
        table: Table[T],
        prefix: bytes,
        *,
        after: bytes | None = None,
        backwards: bool = False,
    ) -> Iterator[tuple[bytes, T]]:
        """The stored entities below `prefix`."""
        for key, value in self._store.scan(prefix, after=after, backwards=backwards):
            yield key, table.decode(value)

    def present(self, _: Table[Any], keys: Sequence[bytes]) -> set[bytes]:
        return self._store.present(keys)

    def settle(self, changes: Mapping[bytes, Any]) -> dict[bytes, bytes | None]:
        """What is to be written for these changes; decoded ones that are in use stay so.

        What nobody has looked up is not kept: most of what is written is never looked up, and would
        take the place of what is.
        """
        cache = self._cache
        written: dict[bytes, bytes | None] = {}
        for key, entity in changes.items():
            if entity is None or type(entity) is bytes:
                cache.pop(key, None)
                written[key] = entity
            else:
                known = cache.get(key)
                if known is _ABSENT:
                    del cache[key]
                elif known is not None:
                    cache[key] = entity
                written[key] = encode(entity)
        return written

    def _keep(self, key: bytes, entity: Any) -> None:
        self._cache[key] = entity
        if len(self._cache) > self._entries_max:
            self._cache.popitem(last=False)


def _key_of(item: tuple[bytes, Any]) -> bytes:
    return item[0]


class Overlay:
    """Changes over a source, kept apart until `drain` hands them over."""

    def __init__(self, below: Source) -> None:
        self._below = below
        self._changes: dict[str, dict[bytes, Any]] = {}

    def lookup(self, table: Table[T], key: bytes) -> T | None:
        """The entity at `key`, changed or from below."""
        name = table.name
        source: Source = self
        # A loop, since overlays lie three deep and this is where decisions spend their time.
        while isinstance(source, Overlay):
            changed = source._changes.get(name)  # noqa: SLF001  its own kind
            if changed is not None and key in changed:
                entity: T | None = changed[key]
                return table.decode(entity) if type(entity) is bytes else entity
            source = source._below  # noqa: SLF001  its own kind
        return source.lookup(table, key)

    def items(
        self,
        table: Table[T],
        prefix: bytes,
        *,
        after: bytes | None = None,
        backwards: bool = False,
    ) -> Iterator[tuple[bytes, T]]:
        """The entities below `prefix`, with the changes."""
        changed = self._changes.get(table.name)
        below = self._below.items(table, prefix, after=after, backwards=backwards)
        if not changed:
            yield from below
            return
        # lazily, for a reader that takes only the first few of many
        fresh = [item for item in changed.items() if item[0].startswith(prefix)]
        if after is not None:
            fresh = [each for each in fresh if (each[0] < after if backwards else each[0] > after)]
        fresh.sort(key=_key_of, reverse=backwards)
        kept = (item for item in below if item[0] not in changed)
        for key, entity in merge(fresh, kept, key=_key_of, reverse=backwards):
            if entity is not None:
                yield key, table.decode(entity) if type(entity) is bytes else entity

    def present(self, table: Table[Any], keys: Sequence[bytes]) -> set[bytes]:
        changed = self._changes.get(table.name)
        if not changed:
            return self._below.present(table, keys)
        known = {key for key in keys if changed.get(key) is not None}
        return known | self._below.present(table, [key for key in keys if key not in changed])

    def set(self, table: Table[Any], key: bytes, entity: Any) -> None:
        """Changes the entity at `key`; None removes it."""
        changed = self._changes.get(table.name)
        if changed is None:
            changed = self._changes[table.name] = {}
        changed[key] = entity

    def set_encoded(self, table: Table[Any], entities: Mapping[bytes, bytes]) -> None:
        """Changes many entities at once, which are encoded already."""
        self._changes.setdefault(table.name, {}).update(entities)

    def absorb(self, other: "Overlay") -> None:
        """Takes the changes of an overlay that lies over this one, and is not used any more."""
        own = self._changes
        for name, changes in other._changes.items():  # noqa: SLF001  its own kind
            if name in own:
                own[name].update(changes)
            else:
                own[name] = changes

    def rebase(self, below: Source) -> None:
        """Lies over another source, for when what lay below was written to it."""
        self._below = below

    def drain(self) -> dict[bytes, Any]:
        """All changes by key (None: removed, bytes: encoded already); it is empty afterwards."""
        drained = {key: value for table in self._changes.values() for key, value in table.items()}
        self._changes = {}
        return drained

    def of(self, project: str) -> "ProjectState":
        """The state of one project."""
        return ProjectState(self, project)


class ProjectState:
    """A `State` over an overlay."""

    __slots__ = ("_overlay", "project")

    def __init__(self, overlay: Overlay, project: str) -> None:
        self._overlay = overlay
        self.project = project

    def get(self, table: Table[T], *parts: str) -> T | None:
        key = table.known_keys.get((self.project, parts))
        if key is None:
            key = table.key(self.project, *parts)
        return self._overlay.lookup(table, key)

    def scan(
        self,
        table: Table[T],
        *parts: str,
        after: str | None = None,
        backwards: bool = False,
    ) -> Iterator[T]:
        prefix = table.prefix(self.project, *parts)
        last = None if after is None else table.key(self.project, *parts, after)
        for _, entity in self._overlay.items(table, prefix, after=last, backwards=backwards):
            yield entity

    def trial(self) -> "ProjectState":
        return Overlay(self._overlay).of(self.project)

    def known(self, table: Table[Any], names: Sequence[str]) -> set[str]:
        keys = table.keys(names, self.project)
        found = self._overlay.present(table, keys)
        return {name for name, key in zip(names, keys, strict=True) if key in found}

    def put(self, table: Table[T], entity: T, *parts: str) -> None:
        self._overlay.set(table, table.key_to_write(self.project, *parts), entity)

    def put_encoded(
        self, table: Table[Any], names: Sequence[str], entities: Sequence[bytes], *parts: str
    ) -> None:
        keys = table.keys(names, self.project, *parts)
        self._overlay.set_encoded(table, dict(zip(keys, entities, strict=True)))

    def delete(self, table: Table[Any], *parts: str) -> None:
        self._overlay.set(table, table.key_to_write(self.project, *parts), None)

    def drop(self, table: Table[Any], *parts: str, most: int, after: Parts = ()) -> list[Parts]:
        prefix = table.prefix(self.project, *parts)
        last = table.key(self.project, *parts, *after) if after else None
        found = self._overlay.items(table, prefix, after=last)
        keys = [key for key, _ in islice(found, most)]
        for key in keys:
            self._overlay.set(table, key, None)
        return [tuple(map(unquote, key[len(prefix) :].decode().split("/"))) for key in keys]
