"""Everything in one list: calls, work in the background, imports, exports, webhook send-outs."""

from typing import Final

from htpy import Node

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.callers import show_caller, with_callers
from services.dashboard.lists.fields import Field
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.resource import Column, Empty, Resource, Row, list_of
from services.dashboard.parts.facts import badge
from services.dashboard.parts.show import NOTHING
from services.dashboard.sections.audit.calls import status_badge
from services.dashboard.sections.audit.tabs import TABS
from services.dashboard.sections.audit.tasks import task_name
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import escape_segment

KINDS: Final = {
    "api_call": "API call",
    "task": "Background task",
    "import": "Import",
    "export": "Export",
    "webhook_sendout": "Webhook send-out",
}
FIELDS: Final = (
    Field("kind", "Kind", "choice", tuple(KINDS.items()), ops=("is",), parameter="kind"),
    Field(
        "outcome",
        "Outcome",
        "choice",
        (("ok", "Good"), ("failed", "Failed"), ("open", "Under way")),
        ops=("is",),
        parameter="outcome",
    ),
    usual.exact_field("status", "Status"),
    usual.exact_field("type", "Type"),
    Field("text", "Text", ops=("contains",), parameter="text"),
    usual.DATE_ALONE,
)


def _name(row: Row) -> str:
    entry = row.get("entry") or {}
    if row["kind"] == "api_call":
        return f"{entry.get('method')} {entry.get('path')}"
    if row["kind"] == "export":
        return f"Export of {entry.get('exported_object')}"
    if row["kind"] == "webhook_sendout":
        return str(entry.get("event"))
    return task_name(entry)


def caller_of(row: Row) -> str:
    """The id of who made a call; empty for what no call is told with."""
    return str(((row.get("entry") or {}).get("key") or {}).get("id") or "")


def _page(row: Row) -> str:
    entry = row.get("entry") or {}
    name = escape_segment(str(row["id"]))
    if row["kind"] == "webhook_sendout":
        return f"/send-outs/{escape_segment(str(entry.get('event_id')))},{name}"
    return {"api_call": "/api-calls/", "export": "/exports/"}.get(row["kind"], "/tasks/") + name


def _status(row: Row) -> Node:
    if row["kind"] == "api_call":
        return status_badge(row.get("status"))
    kind = {"ok": "good", "failed": "bad"}.get(str(row.get("outcome")), "warn")
    return badge(str(row.get("status") or "").replace("_", " ").capitalize(), kind)


COLUMNS: Final = (
    Column("what", "What", lambda row, _: _name(row), is_mono=True),
    Column("kind", "Kind", lambda row, _: KINDS.get(row["kind"], row["kind"])),
    Column("status", "Status", lambda row, _: _status(row)),
    Column("type", "Type", lambda row, _: row.get("type") or NOTHING),
    Column("by", "By", lambda row, _: show_caller(row, caller_of(row))),
    usual_columns.DATE,
)
EVERYTHING: Final = Resource(
    title="Audit log",
    one="entry",
    lead="What was asked, done in the background, exported and sent out.",
    path="/audit-log",
    needs="audit.read",
    icon="history",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=with_callers(
        list_of("/v1/audit/log", "data", FIELDS, cursor="starting_after_id"), caller_of
    ),
    key=lambda row: str(row["id"]),
    page=_page,
    tabs=TABS,
    empty=Empty("Nothing happened yet", "Calls, tasks, exports and send-outs stand here."),
)
PAGES: Final[tuple[Page, ...]] = list_pages(EVERYTHING)
