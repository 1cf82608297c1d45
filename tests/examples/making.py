"""How examples are made: the stories are told, and what shows something new is kept for ever.

New is a kind of record, event or entity that no example has, or a member of one that none has set.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from runtime.keys.codec import UnreadableCommand
from runtime.log.log import Entry, StoredEntry
from schemas.base import tag_of
from schemas.records import Decided, Record
from tests.examples.corpus import (
    ROOT,
    Example,
    codec_of,
    commands,
    editions,
    keep_command,
    keep_ledger,
)
from tests.examples.meaning import Readers, kept_form
from tests.examples.shown import Part, parts_in
from tests.examples.telling import Story, Told, tell

#: What an example shows: the version of its record, and a part of it.
Shown = tuple[str, Part]


def shown_by(examples: Iterable[Example]) -> set[Shown]:
    """All that the examples show."""
    return {(each.version, part) for each in examples for part in parts_in(each.record)}


async def known_by_now(root: Path = ROOT) -> set[Shown]:
    """All that is kept."""
    return {each for edition in editions(root) for each in shown_by(await edition.examples())}


async def keep_what_is_new(stories: Mapping[str, Story], root: Path = ROOT) -> list[str]:
    """Tells the stories and keeps what no example shows; what was kept, in words."""
    told = {name: await tell(story) for name, story in stories.items()}
    said = await _keep_commands(told.values(), root)
    known = await known_by_now(root)
    for name, each in told.items():
        examples = await examples_of(each)
        new = [example for example in examples if not shown_by([example]) <= known]
        if not new:
            continue
        kept = examples[: new[-1].entry.offset + 1]
        known |= shown_by(kept)
        edition = _free_name(name, root)
        ledger = ((example.name, example.entry) for example in kept)
        keep_ledger(edition, ledger, _used(each.keys, kept), root)
        said.append(f"{edition}: {len(kept)} records, {len(new)} of which show something new")
    for unsaid in (edition for edition in editions(root) if not edition.expected()):
        unsaid.expect(meanings_of(await unsaid.examples()))
    return said


async def expect_anew(root: Path = ROOT) -> None:
    """Says of every example that it is to mean what it means today."""
    for edition in editions(root):
        edition.expect(meanings_of(await edition.examples()))


def meanings_of(examples: Iterable[Example]) -> dict[str, Any]:
    """What each record of a ledger means, by its name, as it is kept."""
    readers = Readers()
    return {each.name: kept_form(readers.read(each)) for each in examples}


async def examples_of(told: Told) -> Sequence[Example]:
    """The records that a story left, each with the name of its file."""
    codec = await codec_of([Entry(each.key, each.value) for each in told.keys])
    records = [await codec.later(each) for each in told.ledger]
    return [
        Example(f"{entry.offset:02d}-{_kind_of(record)}", entry, record)
        for entry, record in zip(told.ledger, records, strict=True)
    ]


def _kind_of(record: Record) -> str:
    """What asked for a record, or what else it is: the type of its command, or its own."""
    return record.command_type if isinstance(record, Decided) else tag_of(type(record))


async def _keep_commands(told: Iterable[Told], root: Path) -> list[str]:
    """Keeps, of each type of command that has no example, the one that says most."""
    named = {each.name for each in commands(root)}
    codec = await codec_of([])
    found: dict[str, StoredEntry] = {}
    entries = [entry for each in told for entry in each.commands]
    for entry in sorted(entries, key=lambda each: len(each.value)):
        with suppress(UnreadableCommand):
            found[tag_of(type(codec.decode_command(entry.value).body))] = entry
    found = {kind: found[kind] for kind in sorted(found.keys() - named)}
    for kind, entry in found.items():
        keep_command(kind, entry, root)
    return [f"command {kind}" for kind in found]


def _used(keys: Sequence[StoredEntry], examples: Sequence[Example]) -> list[Entry]:
    """The keys that the records were sealed with."""
    sealed = b"".join(each.entry.value for each in examples)
    return [Entry(each.key, each.value) for each in keys if each.key.rpartition(b"/")[2] in sealed]


def _free_name(story: str, root: Path) -> str:
    names = (story if number == 1 else f"{story}-{number}" for number in count(1))
    return next(each for each in names if not (root / each).exists())
