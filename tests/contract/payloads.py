"""Whether what a webhook is sent is what the contract describes.

The API's description has the names of the events and no shapes of their own for what is sent: its
prose names the members. So `payloads.json` says for each name that is sent what its data holds, in
the shapes that the description gives those things elsewhere: under `data` for the names of the
contract, under `own` for those that it has in activities alone and that are sent as well.
"""

import json
from pathlib import Path
from typing import Any, Final

from tests.contract.answers import read_body
from tests.contract.shapes import Shape, assert_shape

_TABLE: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "payloads.json").read_text("utf-8")
)
#: The names that the contract has for events, of which not all are sent.
NAMES: Final[frozenset[str]] = frozenset(_TABLE["payload"]["members"]["type"]["enum"])
#: The names of our own.
OWN: Final[frozenset[str]] = frozenset(_TABLE["own"])
#: What the data of an event holds, by the event's name.
DATA: Final[dict[str, Shape]] = _TABLE["data"] | _TABLE["own"]
_NAME: Final[Shape] = {"type": "string", "enum": sorted(NAMES | OWN)}
_PAYLOAD: Final[Shape] = _TABLE["payload"] | {
    "members": _TABLE["payload"]["members"] | {"type": _NAME, "event": _NAME}
}


def assert_payload(body: bytes) -> None:
    """Fails, naming every place, unless the contract knows such an event with such data."""
    told = read_body(body)
    assert_shape(told, _PAYLOAD)
    name = told["type"]
    assert told["event"] == name
    assert name in DATA, f"payloads.json does not know {name}"
    try:
        assert_shape(told["data"], DATA[name])
    except AssertionError as wrong:
        raise AssertionError(f"{name} is told, but not as the contract says\n{wrong}") from None
