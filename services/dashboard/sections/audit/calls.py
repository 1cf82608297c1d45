"""Calls of the API: who asked for what, with its request, its answer and what it brought about."""

from typing import Any, Final

from htpy import Node, fragment, span

from services.dashboard.lists.callers import show_caller, with_caller, with_callers
from services.dashboard.lists.fields import Field
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.resource import Column, Empty, Resource, Row, list_of
from services.dashboard.parts.facts import (
    badge,
    block,
    code_text,
    facts,
    json_text,
    link,
    raw_block,
)
from services.dashboard.parts.page import Details
from services.dashboard.parts.show import NOTHING, first_of
from services.dashboard.sections.audit.tabs import TABS
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_METHODS: Final = tuple((each, each) for each in ("GET", "POST", "PUT", "DELETE"))
FIELDS: Final = (
    Field("status", "Status", "number"),
    Field("created_at", "Date", "time"),
    Field("origin", "Origin"),
    Field("method", "Method", "choice", _METHODS),
    Field("path", "Path"),
    Field("route", "Endpoint"),
    Field("type", "Kind"),
    Field("key_id", "Key"),
    Field(
        "key_kind",
        "Kind of key",
        "choice",
        tuple((each, each) for each in ("server", "client", "management", "user")),
    ),
    Field("channel", "Channel"),
    Field("duration_ms", "Duration in ms", "number"),
    Field("query", "Query parameters"),
    Field("ignored_members", "Ignored members", "texts"),
    Field("customer", "Customer", "lookup", ops=("is",), parameter="customer", lookup="customer"),
    Field("text", "Text of path or query", "choice", ops=("is",), parameter="text"),
    Field("id", "Id"),
)


def status_badge(status: object) -> Node:
    """The status of an answer, by colour, shape and number."""
    number = int(str(status)) if str(status).isdecimal() else 0
    kind = "good" if number < 400 else "warn" if number < 500 else "bad"
    return badge(str(status), kind)


def caller_of(row: Row) -> str:
    """The id of who made a call; empty for nobody who is known."""
    return str((row.get("key") or {}).get("id") or "")


def _kind(row: Row) -> str:
    return first_of(row.get("key"), "kind")


COLUMNS: Final = (
    Column("path", "Call", lambda row, _: f"{row['method']} {row['path']}", "path", is_mono=True),
    Column("status", "Status", lambda row, _: status_badge(row.get("status")), "status"),
    Column(
        "duration",
        "ms",
        lambda row, show: show.number(row.get("duration_ms")),
        "duration",
        is_number=True,
    ),
    Column("origin", "Origin", lambda row, _: row.get("origin") or NOTHING, "origin"),
    Column(
        "channel",
        "Channel",
        lambda row, _: row.get("channel") or NOTHING,
        "channel",
        is_shown=False,
    ),
    Column("by", "By", lambda row, _: show_caller(row, caller_of(row))),
    Column("key", "Kind of key", lambda row, _: _kind(row), is_shown=False),
    Column(
        "key_id",
        "Key id",
        lambda row, _: first_of(row.get("key"), "id"),
        "key_id",
        is_shown=False,
        is_mono=True,
    ),
    Column("type", "Kind", lambda row, _: row.get("type") or NOTHING, "type", is_shown=False),
    Column(
        "date",
        "Date",
        lambda row, show: show.when(row.get("created_at")),
        "created_at",
        is_number=True,
    ),
    Column("id", "Id", lambda row, _: row["id"], is_shown=False, is_mono=True),
)


async def tell_call(visit: Visit, call_id: str) -> Details:
    """One call, in full."""
    row = await visit.api.get(f"/v1/audit/api-calls/{escape_segment(call_id)}")
    return call_details(visit, await with_caller(visit, row, caller_of(row)))


def call_details(visit: Visit, row: Row) -> Details:
    """The same of what was answered."""
    request = row.get("request") or {}
    body = fragment[
        facts(
            ("Id", code_text(row["id"])),
            ("Date", visit.show.when(row.get("created_at"))),
            ("Method", row.get("method")),
            ("Path", code_text(row.get("path"))),
            ("Query parameters", span(".mono")[row.get("query")] if row.get("query") else NOTHING),
            ("Duration", f"{visit.show.number(row.get('duration_ms'))} ms"),
            ("Origin", row.get("origin")),
            ("Channel", row.get("channel")),
            ("By", show_caller(row, caller_of(row))),
            ("Key", [_kind(row), " ", span(".mono")[first_of(row.get("key"), "id")]]),
            ("Members that nobody reads", ", ".join(row["ignored_members"]))
            if row.get("ignored_members")
            else None,
        ),
        block(
            "Related events",
            [_event_link(each) for each in row.get("events") or []] or span(".muted")["None"],
        ),
        block(
            "Request body",
            json_text(request["body"], "The request body")
            if request.get("body") is not None
            else span(".muted")[_why_no_body(request.get("reason"))],
        ),
        block(
            "Response body",
            json_text(row["response"], "The response body")
            if row.get("response") is not None
            else span(".muted")["Not kept"],
        ),
        raw_block(row, f"/v1/audit/api-calls/{row['id']}", "The call"),
    ]
    return Details(
        title=span(".mono")[f"{row['method']} {row['path']}"],
        name=f"Call {row['id']}",
        href=f"/api-calls/{escape_segment(row['id'])}",
        badge=status_badge(row.get("status")),
        body=body,
    )


#: Why a call shows no body (docs/services/audit.md).
_NO_BODY: Final = {
    "no_body": "None",
    "personal": "Not kept: it has personal fields.",
    "gone": "It is not kept any more.",
}


def _why_no_body(reason: Any) -> str:
    return _NO_BODY.get(str(reason), str(reason or "It had none, or it is not kept."))


def _event_link(event_id: str) -> Node:
    return span(".row")[link(event_id, f"/events/{event_id}")]


CALLS: Final = Resource(
    title="API calls",
    one="call",
    lead="What was asked of the API, by whom, and what was answered. Kept for ninety days.",
    path="/api-calls",
    needs="audit.read",
    icon="history",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=with_callers(list_of("/v1/audit/api-calls", "data", FIELDS), caller_of),
    key=lambda row: str(row["id"]),
    tell=tell_call,
    tabs=TABS,
    empty=Empty(
        "Nothing was asked yet", "Each call of the API stands here a second after it was answered."
    ),
)
PAGES: Final[tuple[Page, ...]] = list_pages(CALLS)
