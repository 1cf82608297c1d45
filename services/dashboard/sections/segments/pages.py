"""The list of segments: its columns, its filters, its addresses."""

from typing import Final

from starlette.responses import Response

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.counting import count_each
from services.dashboard.lists.fields import Field
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Column, Empty, Resource, Rows, list_of
from services.dashboard.sections.customer_names import TABS
from services.dashboard.sections.segments import form
from services.dashboard.sections.segments.details import tell_segment
from services.dashboard.sections.segments.naming import BACK, KINDS, kind_badge, say_rule
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

FIELDS: Final = (
    usual.NAME,
    Field("type", "Type", "choice", tuple((name, said) for name, (said, *_) in KINDS.items())),
    usual.CREATED,
    usual.ID,
)
COLUMNS: Final = (
    Column("name", "Segment", lambda row, _: row.get("name") or row["id"]),
    Column("type", "Type", lambda row, _: kind_badge(row)),
    Column("members", "Members", lambda row, show: show.number(row.get("members")), is_number=True),
    Column("rule", "Who belongs to it", say_rule),
    usual_columns.CREATED,
    usual_columns.ID,
)
_fetch_plain = list_of("/v1/segments", "data", FIELDS)


async def fetch_segments(visit: Visit, query: Query) -> Rows:
    """A page of segments, each with how many are in it, where somebody keeps that."""
    rows = await _fetch_plain(visit, query)
    counts = await count_each(visit, "segment", "members_count", rows.rows)
    told = [
        {**each, "members": None if each.get("type") == "passive" else counts.get(str(each["id"]))}
        for each in rows.rows
    ]
    return Rows(told, rows.total, rows.has_more, rows.cursor)


async def delete_one(visit: Visit) -> Response:
    """Deletes a segment. Raises ApiFault."""
    await visit.api.delete(f"/v1/segments/{escape_segment(visit.path('id'))}")
    return go_to(visit.request, BACK[1], "Segment deleted")


SEGMENTS: Final = Resource(
    title="Segments",
    one="segment",
    lead="Groups of customers that rules ask for: those you name, or all that meet a filter.",
    path="/segments",
    needs="segments.read",
    icon="users",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_segments,
    key=lambda row: str(row["id"]),
    tell=tell_segment,
    tabs=TABS,
    actions=(("Create a segment", "/segments/new", "plus", "segments.write"),),
    follows="segments customers",
    empty=Empty(
        "There is no segment yet",
        "With a segment a promotion is for some customers only: those who spent much, who live somewhere, or whom you name.",
        action=("Create a segment", "/segments/new"),
        curl='curl "$TESSERA/v1/segments" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"name": "Big spenders", "type": "auto-update", "filter": {"junction": "and", "summary.orders.total_amount": {"conditions": {"$more_than": [100000]}}}}\'',
    ),
)
PAGES: Final[tuple[Page, ...]] = (
    *form.PAGES,
    Page("/segments/{id}/delete", delete_one, "segments.write", "POST"),
    *list_pages(SEGMENTS),
)
