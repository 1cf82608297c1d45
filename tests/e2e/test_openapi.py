"""The examples of `GET /openapi.json`: each is asked for, and answered as it is kept.

With `TESSERA_KEEP_EXAMPLES=1` (`make examples`) what is answered is kept instead.
"""

import os

from tests.contract.answers import OWN, ROUTES, STREAM
from tests.e2e.system import System
from tests.openapi.examples import examples_of, keep_examples, outline, read_examples
from tests.openapi.running import run_story

#: What the host answers on its own port alone, and what has no end.
WITHOUT = {route for route in OWN if "/internal/" in route or ROUTES[route].get("200") == STREAM}


def test_every_endpoint_answers_as_its_example_says(system: System) -> None:
    told = examples_of(run_story(system.url, system.keys))
    if os.environ.get("TESSERA_KEEP_EXAMPLES"):
        keep_examples(told)
    kept = read_examples()
    assert kept.keys() == ROUTES.keys() - WITHOUT - {"GET /openapi.json"}
    for route, example in told.items():
        shown = kept[route]
        same = ("by", "query", "asked", "file", "is_form", "status", "parameters")
        assert {name: example[name] for name in same} == {name: shown[name] for name in same}, route
        assert outline(example["answer"]) == outline(shown["answer"]), route
