"""Fetching the file of an export, from the host that has it.

The host in front has looked at the token; here it is asked for by a project, as everything is.
"""

from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, read_ident
from runtime.http.service import Service
from schemas.errors import not_found
from services.audit.exports.exporter import Exporter
from services.audit.exports.files import ExportFiles, FileName
from services.audit.sink.entities import ENTITIES
from services.audit.sink.export_rows import EXPORT

MEDIA: Final = "text/csv; charset=utf-8"
#: What the contract calls it: an official client asks for that, and takes nothing else.
PLAIN_MEDIA: Final = "text/plain; charset=utf-8"
#: It may show people, and a link may be passed on.
_HEADERS: Final = {
    "cache-control": "private, no-store",
    "vary": "Accept",
    "x-content-type-options": "nosniff",
}


def export_file_service(exporter: Exporter, reads: Reads, files: ExportFiles) -> Service:
    """The files, and the task that makes them; to be mounted in the host of the lists."""
    fetch = partial(_fetch, reads, files)
    return Service(
        "export-files",
        routes=(Route("/v1/exports/{export:ident}", fetch, methods=["GET"]),),
        tasks={"exports": exporter.run},
        health=lambda: {"exports": exporter.health()},
    )


async def _fetch(reads: Reads, files: ExportFiles, request: Request) -> Response:
    """The file, streamed. Raises ApiError 404 where there is none."""
    project, export_id = caller_of(request).project, read_ident(request, "export")
    done = Query(
        f"SELECT quantity FROM {ENTITIES.full_name} FINAL "  # noqa: S608  declared names
        "WHERE project = {project:String} AND kind = {kind:String} AND id = {id:String} "
        "AND deleted = 0 AND status = 'DONE'",
        {"project": project, "kind": EXPORT, "id": export_id},
    )
    for (attempt,) in await reads.up_to(request).rows(done):
        place = files.place(FileName(project, export_id, attempt))
        if place.is_file():
            name = f"{export_id}.csv"
            plain = "text/plain" in request.headers.get("accept", "")
            media = PLAIN_MEDIA if plain else MEDIA
            return FileResponse(place, media_type=media, filename=name, headers=_HEADERS)
    raise ApiError(not_found("export", export_id))
