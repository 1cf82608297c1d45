"""Our own files for browsers."""

import hashlib
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

OWN: Final = Path(__file__).parent.parent / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
#: Own files change with an update; a browser asks whether they did, which costs it nothing.
OWN_CACHING: Final = "no-cache"


def file_routes() -> list[Route]:
    """The routes of all files; nothing outside their folder is ever read."""
    own = {
        f"{folder}{each.name}": each
        for folder, place in (("", OWN), ("css/", OWN / "css"), ("js/", OWN / "js"))
        for each in sorted(place.glob("*"))
        if each.suffix in _TYPES
        and each.name not in ("package.json", "package-lock.json", "files.json")
    }
    tags = {name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for name, path in own.items()}

    async def own_file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in own:
            return Response(status_code=404)
        tag = f'"{tags[name]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"etag": tag, "cache-control": OWN_CACHING})
        return _file(own[name], OWN_CACHING, tag)

    return [
        Route("/static/{name:path}", own_file),
    ]


def _file(path: Path, caching: str, tag: str | None = None) -> Response:
    headers = {"cache-control": caching} | ({"etag": tag} if tag else {})
    return FileResponse(path, headers=headers, media_type=_TYPES[path.suffix])
