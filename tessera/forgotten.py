"""What of a state differs from a fresh fold only since somebody was forgotten after it.

A fold that reads a record when its key is destroyed finds nothing personal in it; a state that
folded it before has it until it comes to the record that says so. Both are right where they stand.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.kernel import tables
from runtime.store.store import Store

Item = tuple[bytes, bytes]

_PERSONAL = {"owner", "data"}


def is_forgotten_since(fresh: Store, ours: Item | None, theirs: Item | None) -> bool:
    """Whether the state's entry is the fresh fold's but for what is personal.

    The source id of such a customer leads nowhere in the fresh fold.
    """
    if theirs is None:
        return False
    if ours is None:
        return _is_source_of_forgotten(fresh, *theirs)
    return _equals(msgspec.json.decode(ours[1]), msgspec.json.decode(theirs[1]))


def _is_source_of_forgotten(fresh: Store, key: bytes, value: bytes) -> bool:
    name, _, rest = key.decode().partition("/")
    if name != tables.CUSTOMER_SOURCES.name:
        return False
    project, _, _ = rest.partition("/")
    customer_id = msgspec.json.decode(value, type=str)
    found = fresh.get(f"{tables.CUSTOMERS.name}/{project}/{customer_id}".encode())
    return found is not None and tables.CUSTOMERS.decode(found).personal.data is None


def _equals(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _is_forgotten(ours, theirs) or (
            ours.keys() == theirs.keys()
            and all(_equals(each, theirs[name]) for name, each in ours.items())
        )
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_equals, ours, theirs))
    return bool(ours == theirs)


def _is_forgotten(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    is_personal = ours.keys() == theirs.keys() == _PERSONAL
    return is_personal and ours["owner"] == theirs["owner"] and ours["data"] is None
