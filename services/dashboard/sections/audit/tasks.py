"""Work in the background: codes by the thousand, imports, deletions, and how far they are."""

from typing import Any, Final

from htpy import Node, div, fragment, progress, span, table, tbody, td, th, thead, tr
from starlette.responses import Response

from services.dashboard.lists import usual_columns
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Column, Empty, Resource, Row, Rows
from services.dashboard.parts.facts import badge, block, code_text, facts, link, raw_block
from services.dashboard.parts.page import Details
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.audit.tabs import TABS
from services.dashboard.web.answers import answer_node
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

FAILED_SHOWN_MAX: Final = 100


def task_name(row: Row) -> str:
    """What is done, in words: `ORDERS.IMPORT` is `Orders: import`."""
    thing, _, what = str(row.get("type") or "").partition(".")
    said = thing.replace("_", " ").capitalize()
    return f"{said}: {what.replace('_', ' ').lower()}" if what else said


def task_badge(row: Row) -> Node:
    """How it is."""
    if row.get("status") != "DONE":
        return badge("In progress", "warn")
    failed = row.get("operation_status") == "FAILED"
    return badge("Failed", "bad") if failed else badge("Done", "good")


def task_progress(row: Row, show: Show) -> Node:
    """How far it is."""
    done = int(row.get("progress") or 0)
    return div(".progress")[
        progress(max="100", value=str(done), aria_label="Progress"), span[f"{show.number(done)} %"]
    ]


async def _fetch(visit: Visit, query: Query) -> Rows:
    params = [("limit", str(query.size))]
    if query.cursor:
        params.append(("end_date", query.cursor))
    body = await visit.api.get("/v1/async-actions", params)
    rows = body["async_actions"]
    return Rows(rows, None, body["has_more"], rows[-1]["created_at"] if rows else "")


async def tell_task(visit: Visit, task_id: str) -> Details:
    """One of them, with what came of it."""
    row = await visit.api.get(f"/v1/async-actions/{escape_segment(task_id)}")
    return task_details(visit, row)


def task_details(visit: Visit, row: Row) -> Details:
    """The same of what was answered; it asks anew for as long as it is under way."""
    show = visit.show
    return Details(
        title=task_name(row),
        name=f"Task {row['id']}",
        href=f"/tasks/{row['id']}",
        badge=task_badge(row),
        body=fragment[
            task_state(row, show),
            facts(
                ("Id", code_text(row["id"])),
                ("Began", show.when(row.get("created_at"))),
                ("Last step", show.when(row.get("updated_at"))),
                (
                    "Asked for by",
                    link("the call", f"/api-calls/{escape_segment(row['request_id'])}")
                    if row.get("request_id")
                    else NOTHING,
                ),
            ),
            raw_block(row, f"/v1/async-actions/{row['id']}", "The task"),
        ],
    )


def task_state(row: Row, show: Show) -> Node:
    """How far it is, and what came of it; the part that follows it."""
    again = {}
    if row.get("status") != "DONE":
        again = {
            "hx-get": f"/tasks/{row['id']}/state",
            "hx-trigger": "load delay:2s",
            "hx-swap": "outerHTML",
            "hx-target": "this",
        }
    result = row.get("result") or {}
    return div(".stack", again, role="status")[
        task_progress(row, show),
        facts(
            ("Done", show.number(result.get("done_count"))),
            ("Failed", show.number(result.get("failed_count"))),
            ("Result", result.get("message")),
        )
        if result
        else None,
        _failed(result.get("failed")),
    ]


def _failed(failed: Any) -> Node:
    if not isinstance(failed, list) or not failed:
        return None
    return block(
        "What failed",
        table(".lines", aria_label="What failed")[
            thead[tr[th(scope="col")["What"], th(scope="col")["Why"]]],
            tbody[
                (
                    tr[td(".mono")[_which(each)], td(".wrap")[_why(each)]]
                    for each in failed[:FAILED_SHOWN_MAX]
                )
            ],
        ],
    )


def _which(failed: Any) -> str:
    if not isinstance(failed, dict):
        return str(failed)
    for name in ("code", "id", "source_id", "row", "line", "index"):
        if failed.get(name) is not None:
            return (
                f"{name} {failed[name]}" if name in ("row", "line", "index") else str(failed[name])
            )
    return NOTHING


def _why(failed: Any) -> str:
    if not isinstance(failed, dict):
        return ""
    error = failed.get("error") if isinstance(failed.get("error"), dict) else failed
    return (
        str(error.get("details") or error.get("message") or error.get("key") or "")
        if isinstance(error, dict)
        else str(error)
    )


async def show_state(visit: Visit) -> Response:
    """The part that says how far it is."""
    row = await visit.api.get(f"/v1/async-actions/{escape_segment(visit.path('id'))}")
    return answer_node(task_state(row, visit.show))


COLUMNS: Final = (
    Column("type", "Task", lambda row, _: task_name(row)),
    Column("status", "State", lambda row, _: task_badge(row)),
    Column("progress", "Progress", task_progress),
    Column(
        "time",
        "Took",
        lambda row, show: f"{show.number(row.get('processing_time'))} ms",
        is_number=True,
    ),
    Column("date", "Began", lambda row, show: show.when(row.get("created_at")), is_number=True),
    usual_columns.ID,
)
TASKS: Final = Resource(
    title="Background tasks",
    one="task",
    lead="What takes longer than a request, and what came of it.",
    path="/tasks",
    needs="audit.read",
    icon="bolt",
    columns=COLUMNS,
    fields=(),
    fetch=_fetch,
    key=lambda row: str(row["id"]),
    tell=tell_task,
    order="",
    tabs=TABS,
    follows="tasks",
    empty=Empty(
        "Nothing is done in the background",
        "Making codes, imports, bulk changes and deletions stand here with their progress.",
    ),
)
PAGES: Final = (Page("/tasks/{id}/state", show_state, "audit.read"), *list_pages(TASKS))
