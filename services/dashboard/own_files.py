"""Our own files for browsers: styles, scripts, the icon.

Their addresses hold a hash of all of them, so that a browser keeps each until an update, and what a
script imports from beside itself has the same address. Without the hash they are asked for anew.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

FOLDER: Final = Path(__file__).parent / "static"
PREFIX: Final = "/static/"
VERSION_CHARS: Final = 12
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_ASKED_ANEW: Final = "no-cache"


@cache
def own_files() -> dict[str, Path]:
    """Each file by its name below the folder; nothing else is ever read."""
    return {
        each.relative_to(FOLDER).as_posix(): each
        for each in sorted(FOLDER.rglob("*"))
        if each.suffix in _TYPES
    }


@cache
def own_version() -> str:
    """What all of them are, in short."""
    whole = hashlib.sha256()
    for name, path in own_files().items():
        whole.update(name.encode() + path.read_bytes())
    return whole.hexdigest()[:VERSION_CHARS]


def own_url(name: str) -> str:
    """The address of a file, with the version of all; raises KeyError."""
    if name not in own_files():
        raise KeyError(name)
    return f"{PREFIX}{own_version()}/{name}"


async def _serve(request: Request) -> Response:
    name = str(request.path_params["name"])
    version, _, rest = name.partition("/")
    is_kept = version == own_version()
    path = own_files().get(rest if is_kept else name)
    if path is None:
        return Response(status_code=404)
    caching = _FOR_GOOD if is_kept else _ASKED_ANEW
    return FileResponse(path, headers={"cache-control": caching}, media_type=_TYPES[path.suffix])


def own_route() -> Route:
    """The route of all of them."""
    return Route(f"{PREFIX}{{name:path}}", _serve)
