"""A point that is tried: whether it is inside of what is drawn, and which locations hold it."""

from typing import Final

from htpy import Node, div, p
from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.parts.facts import link
from services.dashboard.parts.notices import notice
from services.dashboard.parts.show import Row
from services.dashboard.sections.locations.typed import NAMES, read_shape
from services.dashboard.sections.saving import read_typed
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_NAMED_MAX: Final = 50


async def try_point(visit: Visit) -> Response:
    """Whether a point is inside of what is drawn, and which locations hold it."""
    form = await visit.form()
    point = _point(form)
    if point is None:
        return answer_node(notice("warn", "Type the latitude and the longitude of the point."))
    errors: dict[str, str] = {}
    shape = read_shape(read_typed(form, NAMES), errors)
    body = {"point": point} | ({} if errors else {"shape": shape})
    try:
        answer = await visit.api.post("/v1/locations/try", body)
    except Refused as fault:
        return answer_node(notice("warn", fault.sentence))
    return answer_node(tried(answer))


def _point(form: FormData) -> dict[str, float] | None:
    try:
        return {"lat": float(str(form.get("try_lat"))), "lon": float(str(form.get("try_lng")))}
    except ValueError:
        return None


def tried(answer: Row) -> Node:
    """What came of a point."""
    inside = answer.get("in_shape")
    rows = answer.get("data") or []
    said = {True: ("good", "It is inside of what is drawn."), False: ("warn", "It is outside.")}
    return div(".stack")[
        notice(*said[inside]) if inside in said else p(".muted")["Nothing is drawn yet."],
        p["Locations that hold it: ", _names(rows)]
        if rows
        else p(".muted")["No saved location holds it."],
    ]


def _names(rows: list[Row]) -> Node:
    links = [
        link(each.get("name") or each["id"], f"/locations/{escape_segment(str(each['id']))}")
        for each in rows[:_NAMED_MAX]
    ]
    return [part for at, each in enumerate(links) for part in ((", ", each) if at else (each,))]


PAGES: Final[tuple[Page, ...]] = (Page("/locations/try", try_point, "locations.write", "POST"),)
