"""Files of what moved points of a program, and of what expires when."""

from typing import Final

from starlette.responses import Response

from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_OBJECTS: Final = ("transactions", "points-expiration")


async def export(visit: Visit) -> Response:
    """Asks for a file, and goes on to where it will be."""
    what = visit.path("what")
    part = what if what in _OBJECTS else _OBJECTS[0]
    path = f"/v1/loyalties/{escape_segment(visit.path('id'))}/{part}/export"
    made = await visit.api.post(path, {}, key=key_of(await visit.form()))
    return go_to(visit.request, f"/exports/{escape_segment(str(made['id']))}", "The file is made")


PAGES: Final = (Page("/campaigns/{id}/export/{what}", export, "exports.create", "POST"),)
