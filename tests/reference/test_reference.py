"""The reference in `docs/` is what the types say, and what they say of what is stored is true."""

import json
from collections.abc import Iterator
from typing import Any, get_args

from schemas.base import Shape
from schemas.commands import CommandBody
from tests.examples import corpus
from tests.reference.comments import description, members_of, sentence
from tests.reference.documents import EVENTS, SCHEMAS, commands, entities, records, reference
from tests.reference.fitting import misfits
from tests.reference.narrowing import narrowed
from tests.reference.page import senders

BYTES_MAX = 1_000_000


def test_what_is_written_from_the_types_is_fresh() -> None:
    written = reference()
    stale = {path for path, content in written.items() if path.read_text("utf-8") != content}
    assert stale == set(), "`make reference` writes them anew"
    assert {path for path, each in written.items() if len(each.encode()) > BYTES_MAX} == set()


def test_nothing_that_was_stored_is_read_otherwise() -> None:
    stored = json.loads((SCHEMAS / EVENTS).read_text("utf-8"))
    assert narrowed(stored, records()) == []


def test_records_and_commands_are_as_their_schemas_say() -> None:
    of_records, of_commands = records(), commands()
    for edition in corpus.editions():
        for each in edition.files():
            assert misfits(json.loads(each.entry.value), of_records) == [], each.name
    for each in corpus.commands():
        assert misfits(json.loads(each.entry.value), of_commands) == [], each.name


def test_entities_are_as_their_schemas_say() -> None:
    schema = entities()
    kinds = schema["properties"]
    seen = set()
    for kind, entity in _entities():
        if kind in kinds:
            seen.add(kind)
            assert misfits(entity, kinds[kind] | {"$defs": schema["$defs"]}) == [], kind
    # the index of what can match a request is folded from rules that no story needs
    assert kinds.keys() - seen <= {"rule-posting"}


def _entities() -> Iterator[tuple[str, Any]]:
    for edition in corpus.editions():
        for meaning in edition.expected().values():
            for key, entity in meaning.get("state", {}).items():
                if entity is not None:
                    yield key.partition("/")[0], entity


def test_every_command_is_sent_by_somebody() -> None:
    sent = {name for name, by in senders().items() if by}
    assert sent == {kind.__name__ for kind in get_args(CommandBody)}


class Told(Shape, frozen=True):
    """The first sentence,
    of `two` lines. A second one.

    Another paragraph.
    """

    #: What comes first,
    #: in two lines.
    first: int
    #: What comes second.

    #: And what is meant.
    second: int = 0


class More(Told, frozen=True):
    """One member more."""

    # not for readers
    third: int = 0
    #: The last one.
    fourth: int = 0


def test_a_schema_says_of_a_member_what_stands_before_it() -> None:
    assert members_of(More) == {
        "first": "What comes first, in two lines.",
        "second": "And what is meant.",
        "fourth": "The last one.",
    }
    assert description(Told).splitlines()[-1] == "Another paragraph."


def test_a_table_shows_the_first_sentence_of_a_docstring() -> None:
    assert sentence(Told) == "The first sentence, of `two` lines."
    assert sentence(type("Bare", (), {"__doc__": "The e.g. only one"})) == "The e.g. only one"
