"""The first page (in the making)."""

from typing import Final

from starlette.responses import Response

from services.dashboard.parts.page import head
from services.dashboard.web.answers import answer_page
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit


async def show_home(visit: Visit) -> Response:
    """How promotions do."""
    return answer_page(visit, "Dashboard", head("Dashboard", "How your promotions do."))


PAGES: Final = (Page("/", show_home, None),)
