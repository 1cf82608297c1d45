"""A step of the story that examples come from: a request, and what is kept of its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Stands in paths, queries and bodies for what a step before kept, `{name}`.
Kept = dict[str, str]


@dataclass(frozen=True)
class Step:
    """One request. Texts in braces stand for what was kept before."""

    method: str
    path: str
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    #: By a name, where in the answer that is: `id`, `data.0.id`.
    keep: Mapping[str, str] = field(default_factory=dict)
    #: Whose key it is asked with: `server`, `client`, `management`, or `user` for a session; empty: nobody's.
    by: str = "server"
    #: A CSV file that is sent in place of a body.
    file: str = ""
    #: A form that is sent in place of a body.
    form: Mapping[str, str] = field(default_factory=dict)
    #: What the answer has to say in time, by where it says it; `data.0` for a list that is not empty.
    until: Mapping[str, Any] = field(default_factory=dict)
    #: Whether the answer is an example of its endpoint; else the step only prepares one.
    shown: bool = True


def filled(value: Any, kept: Kept) -> Any:
    """The value with what was kept."""
    if isinstance(value, str):
        for name, text in kept.items():
            value = value.replace(f"{{{name}}}", text)
        return value
    if isinstance(value, Mapping):
        return {filled(key, kept): filled(each, kept) for key, each in value.items()}
    return [filled(each, kept) for each in value] if isinstance(value, list) else value


def found_at(place: str, body: Any) -> Any:
    """What an answer says there; None where it says nothing."""
    for word in place.split("."):
        if isinstance(body, list):
            body = body[int(word)] if int(word) < len(body) else None
        elif isinstance(body, dict):
            body = body.get(word)
        else:
            return None
    return body
