"""What the log of calls keeps of a request's body.

Only of paths at which a shop sets things up: whoever is named anywhere else is kept by a record or
an observation, where a person can be forgotten, and the body is rendered of that when it is read.
Of what is kept, members whose names say that they let somebody in, or that they are of a person,
are masked, as are texts with an `@` and the queries of addresses. Reading happens behind the
answer: while the request is served the bytes are only passed by.
"""

import re
from functools import lru_cache
from typing import Any, Final

import msgspec
from starlette.types import Message, Receive

from schemas.paths import PERSONAL_BODY_WORDS, SETUP_WORDS, UPLOAD_PATHS

#: How long a body may be of which anything is kept, in bytes.
BODY_NOTED_MAX: Final = 16 * 1024
MASK: Final = "*"
#: Why nothing is kept of a body: it was longer, was no JSON, or too many bodies waited.
LARGE: Final = "large"
NO_JSON: Final = "not_json"
BUSY: Final = "busy"

_METHODS: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PREFIX_LENGTHS: Final = {"v1": 2, "management": 3}
_WORD_ENDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
#: The words in names of members whose values are not kept.
_HIDDEN: Final = (
    "password passwd passphrase secret secrets token tokens key keys apikey auth credential credentials "
    "authorization signature pin otp "
    "customer customers referrer holder email phone address birthday birthdate"
)
_HIDDEN_WORDS: Final = frozenset(_HIDDEN.split())
_ADDRESS: Final = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*://[^?#]*)[?#].*$", re.DOTALL)


def keeps_body(method: str, path: str) -> bool:
    """Whether anything may be kept of the body of such a request."""
    return method in _METHODS and _sets_up(path)


@lru_cache(maxsize=1024)
def _sets_up(path: str) -> bool:
    segments = path.split("/")
    first = _PREFIX_LENGTHS.get(segments[1] if len(segments) > 1 else "")
    if first is None or len(segments) <= first or segments[first] not in SETUP_WORDS:
        return False
    return PERSONAL_BODY_WORDS.isdisjoint(segments) and not UPLOAD_PATHS.fullmatch(path)


class SentBody:
    """The bytes of a body as they pass by; no more than may be kept."""

    __slots__ = ("_receive", "content", "is_large")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.content = b""
        self.is_large = False

    async def __call__(self) -> Message:
        """The next message of the request, as it comes."""
        message = await self._receive()
        content = message.get("body", b"")
        if content and not self.is_large:
            self.is_large = len(self.content) + len(content) > BODY_NOTED_MAX
            self.content = b"" if self.is_large else self.content + content
        return message


def mask_body(content: bytes) -> tuple[str, str]:
    """The JSON that is kept of a body, or nothing and why."""
    try:
        value = msgspec.json.decode(content)
        if isinstance(value, dict | list):
            return msgspec.json.encode(_masked(value)).decode(), ""
    except (ValueError, RecursionError):
        pass
    return "", NO_JSON


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: MASK if _is_hidden(name) and each is not None else _masked(each)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if isinstance(value, str):
        return MASK if "@" in value else _ADDRESS.sub(r"\1?*", value)
    return value


# names may be as long as a body: this many of them are no more than bodies may wait
@lru_cache(maxsize=512)
def _is_hidden(name: str) -> bool:
    words = [each.lower() for each in _WORD_ENDS.split(name)]
    return "@" in name or not _HIDDEN_WORDS.isdisjoint(words)
