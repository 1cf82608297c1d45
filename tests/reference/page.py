"""The tables of `docs/events.md`: everything below its mark."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from os.path import relpath
from pathlib import Path
from typing import Any, get_args

import msgspec

import schemas
from engine.decide import DECISIONS
from engine.evolve import FOLDS, UNFOLDED
from schemas.base import DAY_MS, Shape, tag_of
from schemas.commands import CommandBody
from schemas.events import Event
from schemas.records import Record
from schemas.topics import COMMANDS, LEDGER, TOPICS
from tests.examples import corpus
from tests.reference.comments import sentence

#: What is above it in the page is written by hand.
MARK = "<!-- From here on the page is written by `make reference`, from the types. -->\n"
ROOT = Path(schemas.__file__).parents[1]
#: Where the page lies; its links lead from here.
FOLDER = ROOT / "docs"
#: Where commands are sent from; each of the services counts by itself.
_HOUSES = ("services", "fronts", "tessera")


def generated_part() -> str:
    """The tables."""
    return f"\n{_commands()}\n\n{_events()}\n\n{_records()}\n"


def _commands() -> str:
    kept = corpus.commands()
    schema = _link("commands.json", FOLDER / "schemas/commands.json")
    rows = [
        (*_told(kind), ", ".join(senders()[kind.__name__]), _where(DECISIONS[kind]), _example(kind))
        for kind in _by_tag(CommandBody)
    ]
    return _section(
        "Commands",
        f"They lie in the topic `{COMMANDS}`, {_kept(COMMANDS)}, with the headers "
        f"{_headers(kept)}. Their schema is {schema}.",
        ("type", "what it does", "sent by", "decided by", ""),
        rows,
    )


def _events() -> str:
    schema = _link("events.json", FOLDER / "schemas/events.json")
    entities = _link("entities.json", FOLDER / "schemas/entities.json")
    return _section(
        "Events",
        f"They lie in the records of the topic `{LEDGER}`. Their schema, and that of the records, is "
        f"{schema}; that of what they are folded to is {entities}.",
        ("type", "what happened", "folded by", ""),
        [(*_told(kind), _folded(kind), _example(kind)) for kind in _by_tag(Event)],
    )


def _records() -> str:
    kept = [each for edition in corpus.editions() for each in edition.files()]
    return _section(
        "Records",
        f"They lie in the topic `{LEDGER}`, {_kept(LEDGER)}, with the headers {_headers(kept)}.",
        ("type", "what it says", ""),
        [(*_told(kind), _example(kind)) for kind in _by_tag(Record)],
    )


def _section(title: str, text: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    table = [head, ["---"] * len(head), *rows]
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([f"## {title}", "", text, "", *lines])


def _by_tag(kinds: Any) -> list[type[Shape]]:
    tagged = {tag_of(kind): kind for kind in get_args(kinds)}
    return [tagged[tag] for tag in sorted(tagged)]


def _told(kind: type[Shape]) -> tuple[str, str]:
    """The type as it is stored, and the first sentence that is said of it."""
    return f"`{tag_of(kind)}`", sentence(kind).replace("|", "\\|")


def _folded(kind: type[Shape]) -> str:
    return "nothing" if kind in UNFOLDED else _where(FOLDS[kind])


def _where(function: Callable[..., Any]) -> str:
    """A function of the engine."""
    house, _, module = function.__module__.partition(".")
    path = ROOT / house / f"{module.replace('.', '/')}.py"
    return _link(f"{module}.{function.__name__}", path)


def _example(kind: type[Shape]) -> str:
    found = _examples().get(tag_of(kind))
    return "" if found is None else _link("example", found)


def _link(text: str, path: Path) -> str:
    return f"[{text}]({relpath(path, FOLDER)})"


def _kept(topic: str) -> str:
    [found] = [each for each in TOPICS if each.name == topic]
    kept_ms = int(found.config["retention.ms"])
    return "kept for ever" if kept_ms < 0 else f"kept for {kept_ms // DAY_MS} days"


def _headers(kept: Iterable[corpus.File]) -> str:
    """The headers that entries have, in their order; of versions which there are."""
    names: dict[str, set[str]] = {}
    for each in kept:
        for name, value in each.entry.headers:
            names.setdefault(name, set()).add(value.decode())
    versions = ", ".join(sorted(names.get("version", ())))
    return ", ".join(f"`{name}`" + f" ({versions})" * (name == "version") for name in names)


@cache
def senders() -> Mapping[str, list[str]]:
    """Who sends each command, by the command's class."""
    found: dict[str, set[str]] = {kind.__name__: set() for kind in get_args(CommandBody)}
    for house in _HOUSES:
        for path in (ROOT / house).rglob("*.py"):
            sender = path.relative_to(ROOT / house).parts[0] if house == "services" else house
            for name in _named(ast.parse(path.read_text("utf-8"))):
                if name in found:
                    found[name].add(sender)
    return {name: sorted(by) for name, by in found.items()}


def _named(tree: ast.AST) -> Iterator[str]:
    """The names that a module uses, but for those of which it only asks how they are stored."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == tag_of.__name__:
            continue
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        yield from _named(node)


@cache
def _examples() -> Mapping[str, Path]:
    """Of each type of command, record and event the example that says most of it."""
    commands = corpus.ROOT / corpus.COMMANDS
    found = {each.name: (0, commands / f"{each.name}.json") for each in corpus.commands()}
    for edition in corpus.editions():
        for each in edition.files():
            record = msgspec.json.decode(each.entry.value)
            path = edition.path / f"{each.name}.json"
            for part in (record, *record.get("events", ())):
                said = len(msgspec.json.encode(part))
                found[part["type"]] = max(found.get(part["type"], (0, path)), (said, path))
    return {kind: path for kind, (_, path) in found.items()}
