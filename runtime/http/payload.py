"""Bodies: bytes into values, within limits, with errors that name what is wrong.

Everything that a client can make of a body ends here as `invalid_payload`: malformed JSON, text
that is not UTF-8, nesting without end, wrong types and wrong values. Nesting is bounded well below
what the decoder would take, since what one process could just read another must read as well.
"""

import re
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from runtime.http.errors import ApiError, invalid_payload
from runtime.http.lenient import Reader
from schemas.errors import refuse
from schemas.paths import UPLOAD_PATHS

T = TypeVar("T")

BODY_BYTES_MAX = 1024 * 1024
#: A file of 10 MB, or as many rows as JSON, and what a form adds around it.
UPLOAD_BYTES_MAX = 10 * 1024 * 1024 + 64 * 1024
NESTING_MAX = 32

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_EXPECTED_GOT = re.compile(r"Expected `([^`]*)`(.*?)(?: - at `([^`]*)`)?$")
_AT = re.compile(r"^(.*?) - at `([^`]*)`$")
_MISSING = re.compile(r"missing required field `([^`]*)`")
_INDEXES: Final = "[...]"
_KINDS: Final = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


def body_bytes_max(path: str) -> int:
    """How large the body of a request to this path may be."""
    return UPLOAD_BYTES_MAX if UPLOAD_PATHS.fullmatch(path) else BODY_BYTES_MAX


class HotRequest(Request):
    """A request whose body is read without the generators of a stream."""

    async def body(self) -> bytes:
        """The whole body; the same again when it was read before. Raises ClientDisconnect."""
        if not hasattr(self, "_body"):
            content = b""
            more = True
            while more:
                message = await self.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                content += message.get("body", b"")
                more = message.get("more_body", False)
            self._body = content
        return self._body


def read_header(request: Request, name: bytes) -> str | None:
    """The first header of that name, which is in lower case.

    `Request.headers` gives the same, but wraps and copies all of them first.
    """
    for found, value in request.scope["headers"]:
        if found == name:
            return str(value, "latin-1")
    return None


async def read_body(request: Request) -> bytes:
    """The whole body of a JSON request; its size is bounded by the edge.

    Raises ApiError 415 for a body that says it is something else than JSON.
    """
    body = await request.body()
    if body:
        require_json(request)
    return body


def require_json(request: Request) -> None:
    """Raises ApiError 415 unless the body is JSON; a body without a type is taken for it."""
    given = read_header(request, b"content-type")
    if given is None or given == "application/json":
        return
    kind = given.partition(";")[0].strip().lower()
    if kind != "application/json" and not (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        raise ApiError(refuse("unsupported_media_type", "The body has to be application/json"))


def decode_body(body: bytes, decoder: "msgspec.json.Decoder[T] | Reader[T]", path: str = "") -> T:
    """The value of a body, or of the part of one at `path`. Raises ApiError `invalid_payload`."""
    check_text(body)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise invalid_payload(describe_complaint(str(error), path)) from None
    except (ValueError, RecursionError):
        raise malformed_body() from None


def malformed_body() -> ApiError:
    """The error for bytes that are not JSON, or not UTF-8."""
    return invalid_payload("The body is not valid JSON")


def check_text(body: bytes) -> None:
    """Raises ApiError when the body is not UTF-8, or nests deeper than NESTING_MAX.

    A decoder alone would not notice either in members that it skips.
    """
    try:
        body.decode()
    except UnicodeDecodeError:
        raise malformed_body() from None
    if body.count(b"{") + body.count(b"[") <= NESTING_MAX:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        if bracket in b"[{":
            depth += 1
            if depth > NESTING_MAX:
                raise invalid_payload(f"The body is nested deeper than {NESTING_MAX} levels")
        else:
            depth -= 1


def describe_complaint(message: str, path: str = "") -> str:
    """A decoder's complaint in the API's words, for example ``Property `.order.amount` ...``."""
    located = _AT.match(message)
    text, at = located.groups() if located else (message, "$")
    where = path + at.removeprefix("$").replace(_INDEXES, "[]")
    missing = _MISSING.search(text)
    if missing:
        return f"Property `{where}.{missing[1]}` is required"
    expected = _EXPECTED_GOT.match(text)
    if expected:
        kinds = " or ".join(_KINDS.get(kind, kind) for kind in expected[1].split(" | "))
        text = f"should be {kinds}{expected[2]}"
    else:
        text = f"is not valid: {text}"
    return f"Property `{where or '.'}` {text}"


def describe_pydantic(errors: list[dict[str, Any]]) -> str:
    """The first complaint of pydantic in the API's words."""
    first = errors[0]
    # where it was looked for comes first; a member may have the same name
    begins = first["loc"][:1] in (("body",), ("query",), ("path",))
    location = first["loc"][1:] if begins else first["loc"]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    reason = str(first["msg"]).removeprefix("Value error, ")
    if reason[1:2].islower():  # a sentence of pydantic's; a name of the API stays as it is
        reason = reason[0].lower() + reason[1:]
    if not where and first["type"] == "list_type":
        return "A body with a JSON array is required"
    if not where and first["type"] in ("value_error", "too_long", "too_short"):
        return f"The body is not valid: {reason}"
    if not where:
        return "A body with a JSON object is required"
    if first["type"] == "missing":
        return f"Property `{where}` is required"
    if first["type"] == "extra_forbidden":
        return f"Property `{where}` is not supported"
    return f"Property `{where}` is not valid: {reason}"
