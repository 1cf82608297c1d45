"""The examples as they lie in `schemas/examples`: each edition a ledger of its own, from its start.

A file holds one entry of the topic `ledger`: its offset, key and headers as they are, its value as
JSON laid out for reading, and the hash by which the next one names it. A value is the same bytes
again once the blanks between are gone, so the chain of an edition still holds, and whoever changes
a file is found. `keys.json` is the edition's topic `customer-keys`; the folder `commands` has one
command of each type.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

import schemas
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.chain import entry_hash
from runtime.log.log import Entry, StoredEntry
from runtime.log.memory_log import MemoryLog
from runtime.log.sender import Sender
from runtime.store.store import MemoryStore
from schemas.records import Record
from schemas.topics import CUSTOMER_KEYS

#: What wraps the customers' keys of the examples; it protects nothing.
WRAPPING_KEY = b"known to everybody, for examples"
ROOT = Path(schemas.__file__).parent / "examples"
COMMANDS = "commands"
_KEYS = "keys.json"
_EXPECTED = "expected.json"
#: Records, then what of them, then whose.
_LINES_DEPTH = 3


class _Kept(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An entry as a file has it; of a command neither place nor hash."""

    offset: int = -1
    hash: str = ""
    key: str
    headers: dict[str, str]
    value: msgspec.Raw


class File(NamedTuple):
    """What a file holds."""

    name: str
    entry: StoredEntry
    #: As the file has it; empty for a command.
    hash: str


class Example(NamedTuple):
    """A stored record and what the codec makes of it."""

    name: str
    entry: StoredEntry
    record: Record

    @property
    def version(self) -> str:
        """The version that its header names."""
        return (self.entry.header("version") or b"").decode()


class Edition(NamedTuple):
    """A ledger that was kept, in a folder of its own."""

    path: Path

    def files(self) -> Sequence[File]:
        """Its records in their order."""
        found = (path for path in self.path.glob("*.json") if path.name not in (_KEYS, _EXPECTED))
        return sorted(map(_read, found), key=lambda each: each.entry.offset)

    def keys(self) -> list[Entry]:
        """Its customers' keys."""
        path = self.path / _KEYS
        if not path.exists():
            return []
        kept = msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])
        return [Entry(key.encode(), _compact(value)) for key, value in kept.items()]

    def expected(self) -> dict[str, Any]:
        """What its records are to mean, by their names; empty where nobody said it yet."""
        path = self.path / _EXPECTED
        found: dict[str, Any] = msgspec.json.decode(path.read_bytes()) if path.exists() else {}
        return found

    def expect(self, meanings: dict[str, Any]) -> None:
        """Says what its records are to mean, whatever was said before."""
        (self.path / _EXPECTED).write_text(_by_lines(meanings) + "\n", "utf-8")

    async def examples(self) -> Sequence[Example]:
        """Its records. Raises UnreadableRecord, KeyringError."""
        codec = await codec_of(self.keys())
        return [
            Example(each.name, each.entry, await codec.later(each.entry)) for each in self.files()
        ]


def editions(root: Path = ROOT) -> Sequence[Edition]:
    """All that were kept."""
    found = (path for path in root.glob("*") if path.is_dir() and path.name != COMMANDS)
    return [Edition(path) for path in sorted(found)]


def commands(root: Path = ROOT) -> Sequence[File]:
    """The commands that were kept, one of each type; their names are the types."""
    return [_read(path) for path in sorted((root / COMMANDS).glob("*.json"))]


async def codec_of(keys: Sequence[Entry]) -> Codec:
    """A codec that opens what was sealed with the keys; without them it is forgotten."""
    log = MemoryLog(lambda: 0)
    for entry in keys:
        log.append(CUSTOMER_KEYS, 0, [entry])
    keyring = Keyring(log, MemoryStore(), WRAPPING_KEY)
    await keyring.catch_up()
    return Codec(keyring, Sender(log))


def keep_ledger(
    name: str, ledger: Iterable[tuple[str, StoredEntry]], keys: Sequence[Entry], root: Path = ROOT
) -> Edition:
    """Keeps a ledger as an edition, each entry by its name. Raises FileExistsError."""
    edition = Edition(root / name)
    edition.path.mkdir(parents=True)
    for called, entry in ledger:
        digest = entry_hash(entry.key, entry.headers, entry.value)
        _keep(edition.path / f"{called}.json", _file(entry, entry.offset, digest))
    if keys:
        kept = {entry.key.decode(): msgspec.Raw(entry.value) for entry in keys}
        _keep(edition.path / _KEYS, _laid_out(msgspec.json.encode(kept)))
    return edition


def keep_command(name: str, entry: StoredEntry, root: Path = ROOT) -> None:
    """Keeps a command. Raises FileExistsError."""
    (root / COMMANDS).mkdir(parents=True, exist_ok=True)
    _keep(root / COMMANDS / f"{name}.json", _file(entry))


def _keep(path: Path, content: bytes) -> None:
    """Writes a file that was not there: what was stored once is never written again."""
    with path.open("xb") as file:
        file.write(content)


def _file(entry: StoredEntry, offset: int = -1, digest: str = "") -> bytes:
    kept = _Kept(
        offset=offset,
        hash=digest,
        key=entry.key.decode(),
        headers={name: value.decode() for name, value in entry.headers},
        value=msgspec.Raw(entry.value),
    )
    return _laid_out(msgspec.json.encode(kept))


def _read(path: Path) -> File:
    kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
    headers = tuple((name, value.encode()) for name, value in kept.headers.items())
    entry = StoredEntry(kept.offset, 0, kept.key.encode(), _compact(kept.value), headers)
    return File(path.stem, entry, kept.hash)


def _laid_out(value: bytes) -> bytes:
    return msgspec.json.format(value, indent=2) + b"\n"


def _by_lines(value: Any, depth: int = 0) -> str:
    """JSON with a line for each entity, row, answer and event, so that a change of one is a line."""
    if isinstance(value, dict) and value and depth < _LINES_DEPTH:
        inner = [f"{json.dumps(k)}: {_by_lines(v, depth + 1)}" for k, v in value.items()]
        return _block("{", inner, "}", depth)
    if isinstance(value, list) and value and depth <= _LINES_DEPTH:
        return _block("[", [_by_lines(each, depth + 1) for each in value], "]", depth)
    return msgspec.json.encode(value).decode()


def _block(first: str, lines: list[str], last: str, depth: int) -> str:
    indent = " " * (depth + 1)
    return f"{first}\n{indent}" + f",\n{indent}".join(lines) + f"\n{indent[1:]}{last}"


def _compact(value: msgspec.Raw) -> bytes:
    return msgspec.json.format(bytes(value), indent=-1)
