"""The bin: deleting for good what is in it; it is listed elsewhere."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fronts.writes import Writes
from runtime.http.errors import request_id_of
from runtime.http.routing import Captured, management_router
from schemas.bin import DeleteBinEntry


def bin_router(writes: Writes) -> APIRouter:
    """Entries of the bin."""
    router = management_router("bin")

    @router.delete("/v1/trash-bin/{entry_id:ident}")
    async def delete(request: Request, entry_id: Captured) -> Response:
        command = DeleteBinEntry(entry_id, request_id_of(request))
        return await writes.write(request, "bin.delete", command)

    return router
