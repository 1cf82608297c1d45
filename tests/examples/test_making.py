"""Examples come of stories that today's code tells, and what was kept is never written again."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.examples.corpus import editions, keep_command
from tests.examples.making import (
    Shown,
    examples_of,
    expect_anew,
    keep_what_is_new,
    known_by_now,
    shown_by,
)
from tests.examples.meaning import differences
from tests.examples.stories import STORIES
from tests.examples.stories.sessions import sessions
from tests.examples.telling import tell


@pytest.fixture(scope="module")
def known() -> set[Shown]:
    """All that is kept."""
    return asyncio.run(known_by_now())


@pytest.mark.parametrize("name", STORIES)
async def test_a_story_is_told_as_ever_and_what_it_shows_is_kept(
    name: str, known: set[Shown]
) -> None:
    examples = await examples_of(await tell(STORIES[name]))
    assert shown_by(examples) - known == set(), "`make reference` keeps it"


def content(root: Path) -> dict[str, bytes]:
    """All files, by their paths."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


async def test_the_same_story_gives_the_same_files_and_is_kept_once(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for root in (one, two):
        *commands, said = await keep_what_is_new({"sessions": sessions}, root)
        assert "command lock_session" in commands
        assert said.startswith("sessions: 18 records, ")
    kept = content(one)
    assert kept == content(two)
    assert await keep_what_is_new({"sessions": sessions}, one) == []
    assert content(one) == kept


async def test_what_is_new_in_a_story_is_kept_beside_what_was(tmp_path: Path) -> None:
    await keep_what_is_new({"sessions": sessions}, tmp_path)
    for path in sorted((tmp_path / "sessions").glob("*-*.json"))[8:]:
        path.unlink()
    kept = content(tmp_path)
    [said] = await keep_what_is_new({"sessions": sessions}, tmp_path)
    assert said.startswith("sessions-2: ")
    assert [each.path.name for each in editions(tmp_path)] == ["sessions", "sessions-2"]
    assert kept.items() <= content(tmp_path).items()


async def test_an_example_is_not_written_over(tmp_path: Path) -> None:
    told = await tell(sessions)
    keep_command("lock_session", told.commands[0], tmp_path)
    with pytest.raises(FileExistsError):
        keep_command("lock_session", told.commands[1], tmp_path)


async def test_what_examples_are_to_mean_is_said_anew_only_when_asked(tmp_path: Path) -> None:
    await keep_what_is_new({"sessions": sessions}, tmp_path)
    [edition] = editions(tmp_path)
    right = edition.expected()
    edition.expect({name: {} for name in right})
    await keep_what_is_new({"sessions": sessions}, tmp_path)
    assert edition.expected() != right
    await expect_anew(tmp_path)
    assert edition.expected() == right


KEPT: dict[str, Any] = {
    "state": {"voucher/proj/v_1": {"code": "A", "active": True}, "held/proj/v_1": None},
    "answers": {"server": {"status": 200, "body": {"code": "A"}}},
    "rows": {"entities": [{"id": "v_1"}, {"id": "v_2"}]},
}
ANSWER = KEPT["answers"]["server"]
FOUND: dict[str, Any] = KEPT | {
    "answers": dict.fromkeys(("server", "client", "management"), ANSWER)
}


def changed(**parts: Any) -> list[str]:
    return list(differences(KEPT, FOUND | parts))


def test_more_members_more_entities_and_more_parts_are_no_other_meaning() -> None:
    more = {"voucher/proj/v_1": {"code": "A", "active": True, "new": 1}, "held/proj/v_1": None}
    assert changed() == []
    assert changed(state=more | {"index/proj/v_1": "v_1"}, hooks=[{"id": "event_1"}]) == []


OTHER: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"state": {"voucher/proj/v_1": {"code": "B"}, "held/proj/v_1": None}},
        [
            'state.voucher/proj/v_1.code: "A" became "B"',
            "state.voucher/proj/v_1.active: true is gone",
        ],
    ),
    ({"state": KEPT["state"] | {"held/proj/v_1": 1}}, ["state.held/proj/v_1: null became 1"]),
    (
        {"state": KEPT["state"] | {"held/proj/v_2": None}},
        ["state.held/proj/v_2: it is removed now"],
    ),
    (
        {"answers": FOUND["answers"] | {"client": {"status": 200, "body": {}}}},
        ['answers.client.body.code: "A" is gone'],
    ),
    (
        {"rows": {"entities": [{"id": "v_1"}]}},
        ['rows.entities: [{"id":"v_1"},{"id":"v_2"}] became [{"id":"v_1"}]'],
    ),
    (
        {"rows": {"entities": [{"id": "v_1"}, {"id": 2}]}},
        ['rows.entities[1].id: "v_2" became 2'],
    ),
    (
        {"state": KEPT["state"] | {"voucher/proj/v_1": {"code": "A", "active": 1}}},
        ["state.voucher/proj/v_1.active: true became 1"],
    ),
]


@pytest.mark.parametrize(("parts", "told"), OTHER)
def test_whatever_else_becomes_different_is_told_with_its_place(
    parts: dict[str, Any], told: list[str]
) -> None:
    assert changed(**parts) == told
