"""The documents name commands, settings and pages that there are."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
import typer.main
from typer.core import TyperGroup, TyperOption

from runtime.base.settings import PREFIX, Settings
from tessera.choices import EntityKind
from tessera.cli import HostName, app
from tests.architecture.markdown import anchors_of, code_of, links_of, quoted, read_table
from tests.architecture.repository import ROOT, files, text

PAGES: Final = files(".md")
#: The targets of the Makefile and what `make help` says of them.
TARGETS: Final = dict(
    re.findall(r"^([a-z-]+):.*?## (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
)
_MAKE: Final = re.compile(r"^make ([a-z-]+)")
_TESSERA: Final = re.compile(r"^(?:\.venv/bin/)?tessera ([a-z]+)(.*)")
_NAME: Final = re.compile(rf"\b{PREFIX}[A-Z_]*[A-Z]\b(?!_?\*)")
_SETTINGS: Final = {PREFIX + name.upper() for name in Settings.model_fields}


def _group() -> TyperGroup:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return group


#: The options of each command of `tessera`.
_COMMANDS: Final[Mapping[str, set[str]]] = {
    name: {opt for each in command.params if isinstance(each, TyperOption) for opt in each.opts}
    for name, command in _group().commands.items()
}


def test_the_table_of_targets_is_what_make_help_says() -> None:
    rows = read_table("README.md", "command", "does")
    told = {found[1]: does for name, does in rows if (found := _MAKE.match(name.strip("`")))}
    assert told == TARGETS


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_that_is_shown_is_there(page: Path) -> None:
    for line in code_of(page):
        if (target := _MAKE.match(line)) is not None:
            assert target[1] in TARGETS, line
        if (command := _TESSERA.match(line)) is not None:
            assert command[1] in _COMMANDS, line
            shown = re.findall(r"(?<!\S)--?[a-z]+", command[2].partition("#")[0])
            assert set(shown) <= _COMMANDS[command[1]], line


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_setting_that_is_named_is_there(page: Path) -> None:
    assert set(_NAME.findall(text(page))) <= _SETTINGS


def test_the_options_of_tail_are_all_told() -> None:
    rows = read_table("docs/operations.md", "option", "only records")
    selecting = {name for options, _ in rows for name in quoted(options)}
    assert selecting == _COMMANDS["tail"] - {"--follow", "-f", "--json"}


def test_the_kinds_that_state_finds_are_all_told() -> None:
    told = re.search(r"Kinds are (.*?)\. ", text(Path("docs/operations.md")), re.DOTALL)
    assert told is not None
    assert quoted(told[1].replace("\n", " ")) == [kind.value for kind in EntityKind]


def test_the_processes_that_are_told_are_the_hosts() -> None:
    rows = read_table("docs/operations.md", "process", "command line ends with")
    assert {name for line in rows for name in quoted(line[0])} == {"broker", *HostName}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links_of(page):
        assert link.file.exists(), link
        if link.anchor:
            assert link.anchor in anchors_of(link.file), link


def test_the_first_page_leads_to_all_pages() -> None:
    linked = {link.file for link in links_of(Path("README.md"))}
    assert {ROOT / page for page in PAGES if page.parts[0] == "docs"} <= linked
