"""The examples of docs/loyalty.md, asked for one after the other, answer as the page says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from runtime.base.clock import clock_ms
from tests.unit.services.world import World

PAGE = Path(__file__).parents[5] / "docs" / "loyalty.md"
_BLOCK = re.compile(r"^```(http|json)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_KEPT = re.compile(r"\{([a-z.]+)\}")


class Example(NamedTuple):
    """A request of the page, and what the page says of its answer."""

    method: str
    path: str
    body: str
    answer: dict[str, Any]


def examples() -> Iterator[Example]:
    found: list[tuple[str, str]] = _BLOCK.findall(PAGE.read_text("utf-8"))
    for number, (kind, content) in enumerate(found):
        if kind == "http":
            line, _, body = content.partition("\n")
            method, path = line.split(" ")
            told = found[number + 1][1] if found[number + 1 : number + 2] else ""
            answered = bool(told) and found[number + 1][0] == "json"
            yield Example(method, path, body, json.loads(told) if answered else {})


async def test_every_example_answers_as_the_page_says(world: World) -> None:
    world.ledger.now = clock_ms()
    before: Any = None
    asked = list(examples())
    assert len(asked) > 8
    for each in asked:
        body = _KEPT.sub(lambda name: _found(name[1], before), each.body)  # noqa: B023
        answer = await world.call(each.method, each.path, json.loads(body) if body else None)
        said = answer.json()
        assert answer.status_code == (400 if "key" in each.answer else 200), answer.text
        assert _part(said, each.answer) == each.answer, each
        if isinstance(said, dict) and "voucher" in said:
            before = said


def _found(path: str, body: Any) -> str:
    """What an answer has there."""
    for name in path.split("."):
        body = body[name]
    return str(body)


def _part(body: Any, told: Any) -> Any:
    """The members of an answer that the page names."""
    if not isinstance(told, dict):
        return body
    return {name: _part(body[name], each) for name, each in told.items()}
