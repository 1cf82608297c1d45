"""The quick look at a shape finds whatever the one that names every place finds, and no more."""

import copy
import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from tests.contract.answers import ROUTES
from tests.contract.shapes import SHAPES, _fits, _wrong

EXAMPLES: Final = Path(__file__).parents[1] / "openapi/examples.json"
#: Of an example, since each of its places is looked at twice.
LENGTH_MAX: Final = 1500
#: What may stand where something else is wanted.
WRONG: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    2.5,
    "text",
    "2024-01-01",
    "2024-01-01T00:00:00.000Z",
    [],
    [None],
    {},
)


def places_in(body: Any) -> Iterator[tuple[Any, Any]]:
    """Each object or list in a body with each key of it; of a list the first item alone."""
    keys = body if isinstance(body, dict) else range(min(len(body), 1))
    for key in keys:
        yield body, key
        if isinstance(body[key], dict | list):
            yield from places_in(body[key])


def changed(body: Any) -> Iterator[Any]:
    """The body, with something else in each of its places in turn, or without it; not copied."""
    yield body
    others = cycle(WRONG)
    for holder, key in list(places_in(body)):
        kept = holder[key]
        holder[key] = next(others)
        yield body
        holder[key] = kept
        if isinstance(holder, dict):
            whole = dict(holder)
            del holder[key]
            yield body
            holder.clear()
            holder.update(whole)


def test_both_looks_at_a_shape_agree() -> None:
    looked, fitting = set(), 0
    for route, example in json.loads(EXAMPLES.read_text("utf-8")).items():
        shape = ROUTES.get(route, {}).get(str(example["status"]))
        if not isinstance(shape, str) or shape not in SHAPES or shape in looked:
            continue
        if len(json.dumps(example["answer"])) > LENGTH_MAX:
            continue
        looked.add(shape)
        whole = copy.deepcopy(example["answer"])
        for body in changed(whole):
            fits = _fits(body, SHAPES[shape], shape)
            assert fits == (not list(_wrong(body, SHAPES[shape], "$", shape))), (shape, body)
            fitting += fits
        assert whole == example["answer"]
    assert len(looked) > 100
    assert fitting > 500
