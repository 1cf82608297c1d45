"""Members of a body that nobody reads: passed over, and told to whoever sent them.

Clients send whole objects where a reference is meant, and members of other versions of the API, so
what an endpoint does not know is no error. But a misspelt member would be passed over, too
(`customr` redeems for nobody), so the answer names what was, in the header `X-Ignored-Members`; the
log of API calls keeps it, and the host counts such requests. Null says nothing and is not told.

A body without such a member costs nothing here: a model forbids them, a shape is read by a twin
that does (runtime/http/reading.py), and only when either complains is the body looked at again.

The names are the caller's own words: what is told of them is bounded, and what is no name is a `?`.
Of the items of a list that all have the same, the first is told.
"""

import re
from collections.abc import Iterable
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.types import Scope

B = TypeVar("B", bound=BaseModel)
#: The names and indexes on the way to a member.
Path = tuple[str | int, ...]

IGNORED_HEADER: Final = b"x-ignored-members"
#: How many paths are told, and how long each may be.
PATHS_MAX: Final = 20
PATH_LENGTH_MAX: Final = 100
#: How many further ones are counted.
MORE_MAX: Final = 1000
_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.-]{0,63}")
_NO_NAME: Final = "?"
_KEY: Final = "tessera.ignored"


class Ignored:
    """What was passed over of one request, as texts that a header may hold."""

    __slots__ = ("_first", "_more")

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._more: set[str] = set()

    def add(self, path: Path) -> None:
        """Takes one more path; beyond so many it takes none."""
        if len(self._more) == MORE_MAX:
            return
        alike = _text(path, "[]")
        if alike in self._first or alike in self._more:
            return
        if len(self._first) < PATHS_MAX:
            self._first[alike] = _text(path)
        else:
            self._more.add(alike)

    def told(self) -> tuple[str, ...]:
        """The paths, `order.items[0].qty`; the last may say how many more there are, `+3`."""
        return (*self._first.values(), *([f"+{len(self._more)}"] if self._more else ()))


def note_ignored(request: Request, paths: Iterable[Path]) -> None:
    """Has the answer to the request, and the log of calls, tell what was passed over."""
    for path in paths:
        found: Ignored | None = request.scope.get(_KEY)
        if found is None:
            found = request.scope[_KEY] = Ignored()
        found.add(path)


def ignored_of(scope: Scope) -> tuple[str, ...]:
    """What was noted of a request."""
    found: Ignored | None = scope.get(_KEY)
    return () if found is None else found.told()


def _text(path: Path, index: str = "[{}]") -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += index.format(part)
        else:
            text += "." + (part if _NAME.fullmatch(part) else _NO_NAME)
    return text.removeprefix(".")[:PATH_LENGTH_MAX]


def read_model(kind: type[B], given: Any, ignored: list[Path], at: Path = ()) -> B:
    """The JSON value as a model; members that it does not know leave `given` and are gathered.

    `at` is where the value stands in the body. Raises ValidationError for anything else.
    """
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        unknown = _take_named(given, error, at)
        if not unknown:
            raise
    ignored += unknown
    return kind.model_validate(given)


def take_strange(kind: type[BaseModel], given: Any, at: Path) -> list[Path]:
    """Takes what a model does not know out of a JSON value that is only compared; the paths."""
    try:
        kind.model_validate(given)
    except ValidationError as error:
        return _take_named(given, error, at)
    return []


def _take_named(given: Any, error: ValidationError, at: Path) -> list[Path]:
    unknown = take_unknown(given, error.errors(include_url=False, include_input=False))
    return [(*at, *path) for path in unknown]


def take_unknown(given: Any, errors: Iterable[Any], below: int = 0) -> list[Path]:
    """Takes the members out of a JSON value that pydantic calls extra; the paths of those.

    The places of the errors have `below` more names than the value's own.
    """
    found: list[Path] = []
    for error in errors:
        path: Path = tuple(error["loc"][below:])
        if error["type"] == "extra_forbidden" and _take(given, path):
            found.append(path)
    return found


def _take(value: Any, path: Path) -> bool:
    """Whether there was such a member of an object, which is gone then."""
    *way, last = path
    for part in way:
        match value, part:
            case dict(), str() if part in value:
                value = value[part]
            case list(), int() if part < len(value):
                value = value[part]
            case _:
                return False
    if not isinstance(value, dict) or last not in value:
        return False
    del value[last]
    return True
