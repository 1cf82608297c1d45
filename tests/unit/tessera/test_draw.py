"""`tessera draw` finds a draw right that is, and names whatever is not."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from engine.giveaways.body import ALGORITHM
from tessera.draw import Unreadable, differences_of

SEED = "ab" * 32
#: Computed by hand from the documented steps, with another program.
IDS = ["gve_a", "gve_b", "gve_c", "gve_d"]


def drawn(count: int) -> list[str]:
    """The documented steps, written down a second time."""
    pool, counter, found = list(IDS), 0, []
    for _ in range(count):
        while True:
            number = int(sha256(f"{SEED}/{counter}".encode()).hexdigest()[:16], 16)
            counter += 1
            if number < 2**64 - 2**64 % len(pool):
                break
        chosen = number % len(pool)
        found.append(pool[chosen])
        pool[chosen] = pool[0]
        pool = pool[1:]
    return found


def written(folder: Path, **changes: Any) -> tuple[Path, list[Path]]:
    """The files of a right draw, but for what is changed."""
    digest = sha256("".join(f"{each}\n" for each in IDS).encode()).hexdigest()
    proof = {
        "algorithm": ALGORITHM,
        "commitment": sha256(SEED.encode()).hexdigest(),
        "seed": SEED,
        "entries": len(IDS),
        "entries_digest": digest,
        "places": drawn(3),
    } | changes
    (folder / "proof.json").write_text(json.dumps(proof))
    pages = []
    for number, ids in enumerate((IDS[2:], IDS[:2])):
        entries: list[dict[str, Any]] = [{"id": each, "withdrawn_at": None} for each in ids]
        entries.append({"id": f"gve_{number}", "withdrawn_at": "2026-01-01T00:00:00.000Z"})
        pages.append(folder / f"{number}.json")
        pages[-1].write_text(json.dumps({"data": entries}))
    return folder / "proof.json", pages


def test_a_right_draw_has_no_differences(tmp_path: Path) -> None:
    assert list(differences_of(*written(tmp_path))) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"commitment": "0" * 64}, "committed to"),
        ({"entries": 5}, "4 entries"),
        ({"entries_digest": "0" * 64}, "not those"),
        ({"places": drawn(3)[::-1]}, "place 1"),
        ({"places": [*drawn(4), "gve_e"]}, "more were drawn"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    assert any(said in each for each in differences_of(*written(tmp_path, **changes)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": None}, "nothing was drawn"),
        ({"algorithm": "dice"}, "dice"),
    ],
)
def test_what_cannot_be_checked(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        list(differences_of(*written(tmp_path, **changes)))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"data": [{}]}'])
def test_files_that_are_something_else(tmp_path: Path, content: str) -> None:
    proof, pages = written(tmp_path)
    (proof if content != '{"data": [{}]}' else pages[0]).write_text(content)
    with pytest.raises(Unreadable):
        list(differences_of(proof, pages))
    with pytest.raises(Unreadable):
        list(differences_of(tmp_path / "none.json", pages))
