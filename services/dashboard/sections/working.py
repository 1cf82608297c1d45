"""Work in the background: how far it is, and what came of it."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import (
    Node,
    a,
    b,
    code,
    div,
    fragment,
    p,
    progress,
    span,
    table,
    tbody,
    td,
    th,
    thead,
    tr,
)
from starlette.responses import Response

from services.dashboard.parts.facts import block, facts
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Row, Show
from services.dashboard.web.answers import answer_node, answer_page
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

FAILURES_MAX: Final = 100


def work_href(path: str, action: str) -> str:
    """The page of an action that a list at that path began."""
    return f"{path}/work/{escape_segment(action)}"


def work_page(path: str, needs: str, back: str) -> Page:
    """The address of what a list began in the background; `back`: the words that lead to the list."""

    async def show_work(visit: Visit) -> Response:
        action = visit.path("action")
        row = await visit.api.get(f"/v1/async-actions/{escape_segment(action)}")
        shown = work_block(row, visit.show, path, back)
        if visit.asks_part("work"):
            return answer_node(shown)
        lead = "You can leave this page; it goes on without you."
        content = fragment[head("Work in the background", lead), shown]
        return answer_page(visit, "Work in the background", content)

    return Page(f"{path}/work/{{action}}", show_work, needs)


def work_block(row: Row, show: Show, path: str, back: str) -> Node:
    """One action: its progress, asked for until it is done, then its result with what failed."""
    is_open = row.get("status") in ("IN_PROGRESS", "ACCEPTED", "SCHEDULED")
    again = {
        "hx-get": work_href(path, str(row["id"])),
        "hx-trigger": "load delay:1s",
        "hx-target": "this",
        "hx-swap": "outerHTML",
        "hx-push-url": "false",
    }
    share = row.get("progress")
    result = row.get("result") if isinstance(row.get("result"), Mapping) else {}
    return div("#work.stack", again if is_open else {}, role="status")[
        is_open
        and div(".progress")[
            progress(max="100", value=str(share or 0), aria_label="Done so far"),
            span[f"{share or 0} %"],
        ],
        None if is_open else _outcome(result or {}, row, show),
        facts(
            ("Began", show.when(row.get("created_at"))),
            ("What", str(row.get("type") or "").replace("_", " ").replace(".", ": ").lower()),
            ("Id", code[row["id"]]),
        ),
        div(".row")[a(".btn", href=path)[icon("left", 14), back]],
    ]


def _outcome(result: Row, row: Row, show: Show) -> Node:
    done, failed = result.get("done_count") or 0, result.get("failed_count") or 0
    rows = list(result.get("failed") or result.get("errors") or [])
    kind = "good" if not failed else "warn" if done else "bad"
    if row.get("status") == "FAILED" and not done:
        kind = "bad"
    return fragment[
        notice(
            kind,
            b[f"{show.number(done)} done, {show.number(failed)} failed."],
            span[f" {result['message']}"]
            if not failed and not done and result.get("message")
            else None,
        ),
        rows and _failed_rows(rows[:FAILURES_MAX], failed, show),
    ]


def _failed_rows(rows: list[Any], total: int, show: Show) -> Node:
    return block(
        "What failed",
        len(rows) < total and p(".muted")[f"The first {len(rows)} of {show.number(total)}."],
        div(".card.table")[
            div(".scroll")[
                table(aria_label="What failed")[
                    thead[
                        tr[
                            th(".num", scope="col")["Row"],
                            th(scope="col")["Code"],
                            th(scope="col")["Why"],
                        ]
                    ],
                    tbody[(_failed_row(each, show) for each in rows)],
                ]
            ]
        ],
    )


def _failed_row(entry: Any, show: Show) -> Node:
    told = entry if isinstance(entry, Mapping) else {"reason": entry}
    why = told.get("details") or told.get("reason") or told.get("message") or told.get("key")
    column = told.get("column")
    return tr[
        td(".num")[show.number(told.get("row"))],
        td(".mono")[told.get("code") or ""],
        td(".wrap")[f"{column}: " if column else "", str(why or "")],
    ]
