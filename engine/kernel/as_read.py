"""What a request repeats of an entity as it was read, held against what the entity shows."""

from typing import Any


def changed_member(said: Any, shown: Any, path: str) -> str | None:
    """The path of the first member that is said to be something else; None: all is as shown.

    `said` and `shown` are JSON. Null says nothing, and neither does false where nothing is shown.
    """
    if isinstance(said, dict) and isinstance(shown, dict):
        for name, value in said.items():
            found = changed_member(value, shown.get(name), f"{path}.{name}")
            if found is not None:
                return found
        return None
    if said is None or said == shown or (said is False and shown is None):
        return None
    return path
