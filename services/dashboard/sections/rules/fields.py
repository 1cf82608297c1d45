"""The filters and the columns of the list of rules."""

from typing import Final

from htpy import span

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.fields import Field
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Column, Rows, list_of
from services.dashboard.sections.rules.asking import with_words
from services.dashboard.sections.rules.contexts import CONTEXTS
from services.dashboard.web.visit import Visit

FIELDS: Final = (
    usual.NAME,
    Field(
        "type",
        "Type",
        "choice",
        (
            ("expression", "Expression"),
            ("basic", "Basic"),
            ("advanced", "Advanced"),
            ("complex", "Complex"),
        ),
    ),
    Field("context_type", "Meant for", "choice", CONTEXTS),
    usual.CREATED,
)
COLUMNS: Final = (
    Column("name", "Name", lambda row, _: row.get("name") or row["id"], "name"),
    Column(
        "words",
        "In words",
        lambda row, _: (
            span(".clip", title=row["words"])[row["words"]]
            if row.get("words")
            else span(".muted")["Items only" if row.get("applicable_to") else "No rule"]
        ),
    ),
    Column(
        "context",
        "Meant for",
        lambda row, _: dict(CONTEXTS).get(row["context_type"], row["context_type"]),
    ),
    Column(
        "binds",
        "Binds",
        lambda row, show: show.number(row.get("assignments_count") or 0),
        is_number=True,
    ),
    Column(
        "updated",
        "Updated",
        lambda row, show: show.when(row.get("updated_at") or row["created_at"]),
        "updated_at",
        is_number=True,
    ),
    Column(
        "created",
        "Created",
        lambda row, show: show.when(row["created_at"]),
        "created_at",
        is_number=True,
        is_shown=False,
    ),
    usual_columns.ID,
)
_fetch: Final = list_of("/v1/validation-rules", "data", FIELDS)


async def fetch_sets(visit: Visit, query: Query) -> Rows:
    """A page of sets, each with its rules in words as `words`. Raises ApiFault."""
    found = await _fetch(visit, query)
    return Rows(await with_words(visit, found.rows), found.total, found.has_more, found.cursor)
