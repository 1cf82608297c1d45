"""What others wrote of the pages: the files that `static/files.json` lists, served from one folder.

An address that names the file's version by `?v=` is kept by browsers for good, any other for a day.
Texts are packed once and stay in memory, about half a megabyte.
"""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PREFIX: Final = "/static/vendor/"
VERSION_CHARS: Final = 12
_LIST: Final = Path(__file__).with_name("static") / "files.json"
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_FOR_A_DAY: Final = "public, max-age=86400"
_KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".woff2": "font/woff2",
}
#: What is packed already.
_PACKED: Final = frozenset((".woff2",))


@cache
def vendor_hashes() -> dict[str, str]:
    """The SHA-256 of each file by its name."""
    return {name: each["sha256"] for name, each in json.loads(_LIST.read_text("utf-8")).items()}


def vendor_url(name: str) -> str:
    """The address of a file of the list, with its version; raises KeyError."""
    return f"{PREFIX}{name}?v={vendor_hashes()[name][:VERSION_CHARS]}"


def vendor_route(assets: Path) -> Route:
    """Serves the files of the list that lie in `assets`; 404 for all else."""

    @cache
    def packed(name: str) -> bytes:
        return gzip.compress((assets / name).read_bytes(), mtime=0)

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        digest = vendor_hashes().get(name)
        if digest is None or not (assets / name).is_file():
            return Response("There is no such file.", 404, media_type="text/plain")
        suffix = Path(name).suffix
        headers = {
            "content-type": _KINDS[suffix],
            "etag": f'"{digest}"',
            "cache-control": _FOR_GOOD if "v" in request.query_params else _FOR_A_DAY,
            "vary": "accept-encoding",
            "x-content-type-options": "nosniff",
        }
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if suffix in _PACKED or "gzip" not in request.headers.get("accept-encoding", ""):
            return Response((assets / name).read_bytes(), headers=headers)
        return Response(packed(name), headers=headers | {"content-encoding": "gzip"})

    return Route(f"{PREFIX}{{name}}", serve)
