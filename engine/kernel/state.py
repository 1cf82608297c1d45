"""State as the core sees it: typed tables.

A key is `table/project/part/...`; parts are escaped, so an id may hold any character. `View` is
what a decision may see; `State` is what `evolve` may also change. Both are made of overlays over
ordered bytes (engine/kernel/overlay.py). Entities are frozen, so a decoded one may be shared.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from schemas.personal import Personal, PersonalData

T = TypeVar("T")
Parts = tuple[str, ...]

#: How many keys a `Table` keeps.
KEYS_MAX = 4096


def _to_plain(value: Any) -> Any:
    if isinstance(value, Personal):
        return {"owner": value.owner, "data": value.data}
    raise NotImplementedError(f"cannot store a {type(value).__name__}")


def _from_plain(kind: type, value: Any) -> Any:
    if kind is not Personal:
        raise NotImplementedError(f"cannot read a {kind.__name__}")
    data = value.get("data")
    return Personal(value["owner"], None if data is None else msgspec.convert(data, PersonalData))


encode = msgspec.json.Encoder(enc_hook=_to_plain).encode


class Table(Generic[T]):
    """A named kind of entity and how it is stored."""

    __slots__ = ("_decoder", "kind", "known_keys", "name")

    def __init__(self, name: str, kind: type[T]) -> None:
        self.name = name
        self.kind = kind
        self._decoder = msgspec.json.Decoder(kind, dec_hook=_from_plain)
        #: Those that were asked for: making one costs as much as looking an entity up. What is
        #: only written is most often new.
        self.known_keys: dict[tuple[str, tuple[str, ...]], bytes] = {}

    def decode(self, value: bytes) -> T:
        """The entity that `encode` wrote."""
        return self._decoder.decode(value)

    def key(self, project: str, *parts: str) -> bytes:
        """The key of one entity of a project."""
        known = self.known_keys.get((project, parts))
        if known is None:
            if len(self.known_keys) >= KEYS_MAX:
                self.known_keys.clear()
            known = self.known_keys[project, parts] = self._make_key(project, parts)
        return known

    def key_to_write(self, project: str, *parts: str) -> bytes:
        """The same, which is not kept."""
        return self.known_keys.get((project, parts)) or self._make_key(project, parts)

    def _make_key(self, project: str, parts: Parts) -> bytes:
        key = "/".join((self.name, project, *parts))
        if "%" in key or key.count("/") != len(parts) + 1:
            key = "/".join((self.name, _escape(project), *map(_escape, parts)))
        return key.encode()

    def keys(self, names: Sequence[str], project: str, *parts: str) -> list[bytes]:
        """The keys of many entities below `parts`, each by its last part."""
        below = self.prefix(project, *parts).decode()
        together = "".join(names)
        if "/" in together or "%" in together:
            names = [_escape(name) for name in names]
        return [(below + name).encode() for name in names]

    def prefix(self, project: str, *parts: str) -> bytes:
        """What the keys of all entities below `parts` begin with."""
        return self.key(project, *parts) + b"/"


def _escape(part: str) -> str:
    return part.replace("%", "%25").replace("/", "%2F")


class View(Protocol):
    """One project's state, to be looked at."""

    @property
    def project(self) -> str:
        """The project that is looked at."""

    def get(self, table: Table[T], *parts: str) -> T | None:
        """The entity at `parts`, or None."""

    def scan(
        self,
        table: Table[T],
        *parts: str,
        after: str | None = None,
        backwards: bool = False,
    ) -> Iterator[T]:
        """The entities below `parts`, in order of their keys.

        Of a long list, those after the entity whose last part is `after`: a page costs no more than
        itself. `backwards` turns the order round, and with it what comes after what.
        """

    def known(self, table: Table[Any], names: Sequence[str]) -> set[str]:
        """Those of the names at which there is an entity."""

    def trial(self) -> "State":
        """A state that begins as this one and keeps its changes to itself."""


class State(View, Protocol):
    """One project's state, to be changed."""

    def put(self, table: Table[T], entity: T, *parts: str) -> None:
        """Writes the entity at `parts`."""

    def put_encoded(
        self, table: Table[Any], names: Sequence[str], entities: Sequence[bytes], *parts: str
    ) -> None:
        """Writes many entities below `parts`: the last part of each, and what `encode` makes of it.

        They are decoded only when they are looked for.
        """

    def delete(self, table: Table[Any], *parts: str) -> None:
        """Removes the entity at `parts`, if there is one."""

    def drop(self, table: Table[Any], *parts: str, most: int, after: Parts = ()) -> list[Parts]:
        """Removes the first below `parts` that come after `after`; gives the rest of their keys."""
