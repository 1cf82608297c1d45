"""Writes over the management API: in the partition of the project that the path names."""

from starlette.requests import Request
from starlette.responses import Response

from fronts.writes import Writes
from schemas.commands import CommandBody
from services.catalog.projects.management import Management
from services.catalog.reads import Reads


class Managed:
    """Writes for a project that the key manages."""

    def __init__(self, writes: Writes, view_of: Reads) -> None:
        self.management = Management(view_of)
        self._writes = writes

    async def write(
        self, request: Request, project_id: str, route: str, body: CommandBody
    ) -> Response:
        """Has `body` decided for the project. Raises ApiError 404."""
        await self.management.project(request, project_id)
        content = await request.body()
        return await self._writes.answer(request, route, content, body, project=project_id)
