"""The list of locations: its columns, its addresses."""

from typing import Final

from starlette.responses import Response

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.counting import count_each
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Column, Empty, Resource, Rows, list_of
from services.dashboard.sections.locations import form, trying
from services.dashboard.sections.locations.details import tell_location
from services.dashboard.sections.locations.naming import BACK, say_kind, say_size
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

FIELDS: Final = (
    usual.NAME,
    usual.CREATED,
    usual.CHANGED,
    usual.ID,
)
COLUMNS: Final = (
    Column("name", "Location", lambda row, _: row.get("name") or row["id"]),
    Column("kind", "Shape", lambda row, _: say_kind(row)),
    Column("size", "Size", say_size),
    Column("uses", "Used by", lambda row, show: show.number(row.get("uses")), is_number=True),
    Column(
        "created",
        "Created",
        lambda row, show: show.when(row.get("created_at")),
        "created_at",
        is_number=True,
        is_shown=False,
    ),
    Column(
        "changed",
        "Changed",
        lambda row, show: show.when(row.get("updated_at") or row.get("created_at")),
        "updated_at",
        is_number=True,
    ),
    usual_columns.ID,
)
_fetch_plain = list_of("/v1/locations", "data", FIELDS)


async def fetch_locations(visit: Visit, query: Query) -> Rows:
    """A page of locations, each with how many things ask for it."""
    rows = await _fetch_plain(visit, query)
    uses = await count_each(visit, "location", "uses_count", rows.rows)
    told = [{**each, "uses": uses.get(str(each["id"]))} for each in rows.rows]
    return Rows(told, rows.total, rows.has_more, rows.cursor)


async def delete_one(visit: Visit) -> Response:
    """Deletes a location. Raises ApiFault."""
    await visit.api.delete(f"/v1/locations/{escape_segment(visit.path('id'))}")
    return go_to(visit.request, BACK[1], "Location deleted")


LOCATIONS: Final = Resource(
    title="Locations",
    one="location",
    lead="Places and areas. Rules and segments ask whether a point of the metadata lies inside one.",
    path="/locations",
    needs="locations.read",
    icon="pin",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_locations,
    key=lambda row: str(row["id"]),
    tell=tell_location,
    actions=(("Create a location", "/locations/new", "plus", "locations.write"),),
    follows="locations",
    empty=Empty(
        "There is no location yet",
        "A location is a circle around a place or an area that you draw. With it a promotion is for a town, or for what is near a shop.",
        action=("Create a location", "/locations/new"),
        curl='curl "$TESSERA/v1/locations" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"name": "Berlin", "shape": {"type": "circle", "distance": {"center": "52.52,13.4", "radius": "15 km"}}}\'',
    ),
)
PAGES: Final[tuple[Page, ...]] = (
    *form.PAGES,
    *trying.PAGES,
    Page("/locations/{id}/delete", delete_one, "locations.write", "POST"),
    *list_pages(LOCATIONS),
)
