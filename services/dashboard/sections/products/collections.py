"""The list of collections: its columns, its filters, its addresses."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.counting import count_each
from services.dashboard.lists.fields import Field
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Column, Empty, Resource, Row, Rows, list_of
from services.dashboard.parts.condition_words import say_in_one
from services.dashboard.parts.show import Show
from services.dashboard.sections.products import collection_form
from services.dashboard.sections.products.collection_details import (
    LABELS,
    MONEY,
    kind_badge,
    tell_collection,
)
from services.dashboard.sections.products.naming import COLLECTIONS as BACK
from services.dashboard.sections.products.naming import TABS
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

FIELDS: Final = (
    usual.NAME,
    Field("type", "Type", "choice", (("STATIC", "Static"), ("AUTO_UPDATE", "Automatic"))),
    usual.CREATED,
    usual.ID,
)


def _rule(row: Row, show: Show) -> str:
    if row.get("type") != "AUTO_UPDATE":
        return "What was named"
    return say_in_one(row.get("filter"), LABELS, show, MONEY) or "Everything"


COLUMNS: Final = (
    Column("name", "Collection", lambda row, _: row.get("name") or row["id"]),
    Column("type", "Type", lambda row, _: kind_badge(row)),
    Column(
        "members",
        "Named members",
        lambda row, show: show.number(row.get("members")),
        is_number=True,
    ),
    Column("rule", "What belongs to it", _rule),
    usual_columns.CREATED,
    usual_columns.ID,
)
_fetch_plain = list_of("/v1/product-collections", "data", FIELDS)


async def fetch_collections(visit: Visit, query: Query) -> Rows:
    """A page of collections, each with how many it names; what meets a filter is not counted here."""
    rows = await _fetch_plain(visit, query)
    counts = await count_each(visit, "collection", "named_members_count", rows.rows)
    told = [{**each, "members": _members_of(each, counts)} for each in rows.rows]
    return Rows(told, rows.total, rows.has_more, rows.cursor)


def _members_of(row: Row, counts: Mapping[str, int]) -> int | None:
    return None if row.get("type") == "AUTO_UPDATE" else counts.get(str(row["id"]))


async def delete_one(visit: Visit) -> Response:
    """Deletes a collection that no rule names. Raises ApiFault."""
    path = f"/v1/product-collections/{escape_segment(visit.path('id'))}"
    await visit.api.delete(path)
    return go_to(visit.request, BACK[1], "Collection deleted")


COLLECTIONS: Final = Resource(
    title="Collections",
    one="collection",
    lead="Products and SKUs that rules and discounts name together: those you choose, or all that meet a filter.",
    path="/collections",
    needs="products.read",
    icon="layers",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_collections,
    key=lambda row: str(row["id"]),
    tell=tell_collection,
    tabs=TABS,
    actions=(("Create a collection", "/collections/new", "plus", "products.write"),),
    follows="collections products",
    empty=Empty(
        "There is no collection yet",
        "A collection lets a rule say “anything of the summer clothes” without naming each product.",
        action=("Create a collection", "/collections/new"),
        curl='curl "$TESSERA/v1/product-collections" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"name": "Clothes", "type": "AUTO_UPDATE", "filter": {"junction": "and", "metadata.kind": {"conditions": {"$is": ["clothes"]}}}}\'',
    ),
)
PAGES: Final[tuple[Page, ...]] = (
    *collection_form.PAGES,
    Page("/collections/{id}/delete", delete_one, "products.write", "POST"),
    *list_pages(COLLECTIONS),
)
