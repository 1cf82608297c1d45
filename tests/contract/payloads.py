"""Whether what a webhook is sent is what the contract describes.

The API's description has the names of the events and no shapes of their own for what is sent: its
prose names the members. So `payloads.json` says for each name that is sent what its data holds, in
the shapes that the description gives those things elsewhere.
"""

import json
from pathlib import Path
from typing import Any, Final

from tests.contract.shapes import Shape, assert_shape

_TABLE: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "payloads.json").read_text("utf-8")
)
#: What the data of an event holds, by the event's name.
DATA: Final[dict[str, Shape]] = _TABLE["data"]


def assert_payload(body: bytes) -> None:
    """Fails, naming every place, unless the contract knows such an event with such data."""
    told = json.loads(body)
    assert_shape(told, _TABLE["payload"])
    name = told["type"]
    assert told["event"] == name
    assert name in DATA, f"payloads.json does not know {name}"
    try:
        assert_shape(told["data"], DATA[name])
    except AssertionError as wrong:
        raise AssertionError(f"{name} is told, but not as the contract says\n{wrong}") from None
