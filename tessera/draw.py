"""`tessera draw`: a draw of a giveaway repeated from what is published of it, without the system.

It takes the answer of `/v1/giveaways/{id}/proof`, and those of `/v1/giveaways/{id}/entries`, page
by page, and says whether what was drawn is what follows from them.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from engine.giveaways.body import ALGORITHM
from engine.giveaways.drawing import commitment_of, draw_entries, entries_digest

_PROOF: Final = ("algorithm", "commitment", "seed", "entries", "entries_digest", "places")


class Unreadable(Exception):
    """A file that is not what it has to be."""


def differences_of(proof: Path, pages: Sequence[Path]) -> Iterator[str]:
    """What does not follow from the published files; nothing: the draw is right.

    Raises Unreadable.
    """
    told = _read(proof)
    missing = [name for name in _PROOF if name not in told]
    if missing:
        raise Unreadable(f"{proof}: no {missing[0]}")
    if told["seed"] is None:
        raise Unreadable(f"{proof}: nothing was drawn yet")
    if told["algorithm"] != ALGORITHM:
        raise Unreadable(f"{proof}: drawn by {told['algorithm']}, which is not known here")
    ids = [each for page in pages for each in _ids_of(page)]
    if commitment_of(told["seed"]) != told["commitment"]:
        yield "the seed is not the one that was committed to"
    if len(set(ids)) != told["entries"]:
        yield f"there are {len(set(ids))} entries, and {told['entries']} took part"
    if entries_digest(ids) != told["entries_digest"]:
        yield "the entries are not those that took part"
    found = draw_entries(told["seed"], ids, len(told["places"]))
    for place, (drawn, expected) in enumerate(zip(told["places"], found, strict=False), 1):
        if drawn != expected:
            yield f"place {place} is {drawn}, and {expected} follows"
    if len(found) < len(told["places"]):
        yield "more were drawn than took part"


def _ids_of(page: Path) -> Iterator[str]:
    """The ids of the entries that take part."""
    for entry in _read(page).get("data", ()):
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise Unreadable(f"{page}: an entry has no id")
        if entry.get("withdrawn_at") is None:
            yield entry["id"]


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from None
    if not isinstance(found, dict):
        raise Unreadable(f"{path}: an object is wanted")
    return found
