"""The address at which the fields about expiration are asked for anew."""

from typing import Final

from starlette.responses import Response

from services.dashboard.sections.campaigns.programs.expiring import FIELDS, PATH, expiring_fields
from services.dashboard.web.answers import answer_node
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit


async def show_expiring(visit: Visit) -> Response:
    """The fields after something of them was chosen, with their sentence."""
    asked = visit.request.query_params
    values = {name: asked.get(name, "").strip() for name in FIELDS}
    return answer_node(expiring_fields(values, {}, may_follow=asked.get("follow") == "true"))


PAGES: Final = (Page(PATH, show_expiring, "campaigns.read"),)
