"""What an update changes of an entity: the members that it names, null included; the rest stays.

An update is JSON by the names of the entity's members. Some may be named only as they are: official
clients send back what they read. Metadata is merged, by its own members; null empties it.
"""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec

from engine.kernel.state import encode
from schemas.base import Shape
from schemas.errors import Refusal, refuse

E = TypeVar("E", bound=Shape)


def change_entity(
    entity: E, given: msgspec.Raw, updatable: Collection[str], fixed: Collection[str] = ()
) -> E | Refusal:
    """The entity with what an update says of it. Refuses, by name, what it may not say."""
    changes = named_changes(entity, given, updatable, fixed)
    return changes if isinstance(changes, Refusal) else with_changes(entity, changes)


def named_changes(
    entity: Shape, given: msgspec.Raw, updatable: Collection[str], fixed: Collection[str] = ()
) -> dict[str, Any] | Refusal:
    """What an update says, without the members of `fixed`, which may only be as they are, or null.

    Any other member that is not `updatable` is refused. A mapping says what the API calls those of `fixed`.
    """
    try:
        changes = msgspec.json.decode(given, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        return refuse("invalid_payload", str(error))
    for name in fixed:
        if changes.pop(name, None) not in (None, getattr(entity, name)):
            return unchangeable_member(fixed[name] if isinstance(fixed, Mapping) else name)
    for name in sorted(changes.keys() - updatable):
        return unchangeable_member(name)
    if "metadata" in changes:
        changes["metadata"] = merge_metadata(getattr(entity, "metadata", None), changes["metadata"])
    return changes


def with_changes(entity: E, changes: Mapping[str, Any]) -> E | Refusal:
    """The entity with these members, as JSON, in place of its own."""
    try:
        fields = msgspec.json.decode(encode(entity))
        return msgspec.json.decode(encode(fields | changes), type=type(entity))
    except msgspec.MsgspecError as error:
        return refuse("invalid_payload", str(error))


def merge_metadata(stored: Mapping[str, Any] | None, given: Any) -> Any:
    """The metadata after an update; what is no object stays as it is, for the decoder to refuse."""
    if given is None:
        return {}
    return {**(stored or {}), **given} if isinstance(given, dict) else given


def unchangeable_member(path: str) -> Refusal:
    """The refusal of a member that an update may not change."""
    return refuse("invalid_payload", f"Property `.{path}` cannot be changed")


def changed_member(said: Any, shown: Any, path: str) -> str | None:
    """The path of the first member that is said to be something else; None: all is as shown.

    `said` and `shown` are JSON. Null says nothing, and neither do false and an empty list where
    nothing is shown, or an empty map: PHP writes one for the other.
    """
    if isinstance(said, dict) and isinstance(shown, dict):
        for name, value in said.items():
            found = changed_member(value, shown.get(name), f"{path}.{name}")
            if found is not None:
                return found
        return None
    if said is None or said == shown or (said is False and shown is None):
        return None
    if said == [] and not shown:
        return None
    return path
