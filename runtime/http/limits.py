"""How large the head of a request may be: its address, its headers.

A head within HEAD_BYTES_MAX is read to its end and answered by the edge, like any request. One that
goes on is answered by the connection (connection.py), which reads no more of it.
"""

from typing import Final

from starlette.types import Scope

from runtime.http.errors import ApiError
from schemas.errors import refuse

#: Path and query, as they were sent.
URL_BYTES_MAX: Final = 8 * 1024
#: The names and values of all headers, and how many there may be.
HEADERS_BYTES_MAX: Final = 32 * 1024
HEADERS_MAX: Final = 100
#: What is read of a head that does not end, give or take one read of the network.
HEAD_BYTES_MAX: Final = 64 * 1024


def check_head(scope: Scope) -> None:
    """Raises ApiError 414 for an address, and 431 for headers, beyond the limits."""
    raw_path: bytes | None = scope.get("raw_path")
    path_length = len(scope["path"]) if raw_path is None else len(raw_path)
    if path_length + len(scope["query_string"]) > URL_BYTES_MAX:
        raise url_too_long()
    headers = scope["headers"]
    size = 0
    for name, value in headers:
        size += len(name) + len(value)
    if size > HEADERS_BYTES_MAX or len(headers) > HEADERS_MAX:
        raise headers_too_large()


def url_too_long() -> ApiError:
    """The path and the query are too long."""
    return ApiError(refuse("uri_too_long", f"Path and query are longer than {URL_BYTES_MAX} bytes"))


def headers_too_large() -> ApiError:
    """The headers are too large, or too many."""
    details = f"The headers are more than {HEADERS_MAX}, or larger than {HEADERS_BYTES_MAX} bytes"
    return ApiError(refuse("headers_too_large", details))
