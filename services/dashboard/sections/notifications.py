"""The notifications centre: what went on by itself, and marking it as read."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from htpy import Node, a, button, div, form, fragment, li, ol, span
from starlette.responses import Response

from services.dashboard.lists.query import PAGE_MAX
from services.dashboard.parts.forms import idempotency
from services.dashboard.parts.frame import unread_count
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import empty_state
from services.dashboard.parts.page import head, tabs
from services.dashboard.parts.show import Show
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

SHOWN_MAX: Final = 50
#: Kinds of alerts, as people say them.
_ALERTS: Final = {
    "budget.burning": "A budget is used up fast",
    "code.rate": "A code is tried often",
    "failures.rising": "Refusals of a minute rise",
    "codes.guessed": "Codes are guessed",
}
Json = Mapping[str, Any]
_WORDS: Final = {
    "export.done": "The export is ready",
    "export.failed": "The export failed",
    "async_action.done": "A background task is done",
    "async_action.failed": "A background task failed",
    "webhook.disabled": "A webhook was switched off, since it does not answer",
    "alert.raised": "Something is unusual",
}


async def show_notifications(visit: Visit) -> Response:
    """The newest of them."""
    only_unread = visit.request.query_params.get("read") == "false"
    typed = visit.request.query_params.get("page", "")
    page = min(PAGE_MAX, max(1, int(typed))) if typed.isdecimal() and len(typed) < 6 else 1
    params = {"limit": str(SHOWN_MAX), "page": str(page)}
    body = await visit.api.get("/v1/notifications", params | _unread(only_unread))
    content = fragment[
        head("Notifications", f"{visit.show.number(body.get('unread'))} unread", _mark_all(body)),
        tabs(
            (("All", "/notifications"), ("Unread", "/notifications?read=false")),
            "/notifications?read=false" if only_unread else "/notifications",
        ),
        notification_list(body.get("notifications") or [], visit.show),
        _steps(page, int(body.get("total") or 0), _unread(only_unread)),
    ]
    return answer_page(visit, "Notifications", content)


def _unread(only: bool) -> dict[str, str]:
    """How an address, of ours and of the API, asks for those that nobody read."""
    return {"read": "false"} if only else {}


def _steps(page: int, total: int, kept: Mapping[str, str]) -> Node:
    """The way to newer and to older ones, where there are any."""

    def step(text: str, to: int) -> Node:
        return a(".btn.small", href=f"/notifications?{urlencode({**kept, 'page': to})}")[text]

    pages = min(PAGE_MAX, -(-total // SHOWN_MAX))
    return (
        pages > 1
        and div(".row")[
            page > 1 and step("Newer", page - 1), page < pages and step("Older", page + 1)
        ]
    )


def _mark_all(body: Json) -> Node:
    if not body.get("unread"):
        return None
    return form(".plain", method="post", action="/notifications/read")[
        idempotency(), button(".btn")[icon("check", 14), "Mark all as read"]
    ]


def notification_list(rows: list[Json], show: Show) -> Node:
    """Each with what it is about."""
    if not rows:
        return empty_state(
            "bell", "Nothing to tell", "Exports, tasks, webhooks and alerts are told here."
        )
    return div(".card")[ol(".feed")[(_one(each, show) for each in rows)]]


def _one(row: Json, show: Show) -> Node:
    href = _place(row)
    said = _WORDS.get(row["type"], row["type"].replace("_", " ").replace(".", " ").capitalize())
    details = _say_details(row["type"], row.get("details") or {}, show)
    return li(data_new=not row.get("read"))[
        a(".open", href=href)[said] if href else span[said],
        span(".muted")[details],
        _download(row),
        span(".muted")[show.when(row.get("created_at"))],
    ]


def _say_details(kind: str, details: Json, show: Show) -> str:
    if kind == "export.done" and {"exported_object", "rows"} <= details.keys():
        return f"{details['exported_object']}, {show.number(details['rows'])} rows".capitalize()
    if kind == "alert.raised" and details.get("type") in _ALERTS:
        value, least = (show.number(details.get(each)) for each in ("value", "threshold"))
        reason = str(details.get("subject") or "").partition("/")[2].replace("_", " ")
        besides = f" ({reason})" if reason else ""
        return f"{_ALERTS[details['type']]}{besides}: {value}, told from {least} on"
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in details.items())


def _place(row: Json) -> str:
    related = row.get("related_object") or {}
    places = {
        "export": "/exports/",
        "async_action": "/tasks/",
        "campaign": "/campaigns/",
        "voucher": "/vouchers/",
    }
    kind = str(related.get("object"))
    campaign = (row.get("details") or {}).get("campaign_id")
    if kind == "webhook":
        return "/integrations"
    if kind in places:
        return places[kind] + escape_segment(str(related.get("id")))
    return places["campaign"] + escape_segment(str(campaign)) if campaign else ""


def _download(row: Json) -> Node:
    if row["type"] != "export.done":
        return None
    related = row.get("related_object") or {}
    return a(".btn.small", href=f"/exports/{related.get('id')}/file", download=True)[
        icon("download", 14), "Download"
    ]


async def mark_read(visit: Visit) -> Response:
    """Marks all as read."""
    await visit.api.post("/v1/notifications/read", {})
    return go_to(visit.request, "/notifications", "All read")


async def count_unread(visit: Visit) -> Response:
    """The number on the bell."""
    body = await visit.api.get("/v1/notifications", {"limit": "1", "read": "false"})
    return answer_node(unread_count(int(body.get("unread") or 0)))


PAGES: Final = (
    Page("/notifications", show_notifications, "notifications.read"),
    Page("/notifications/unread", count_unread, "notifications.read"),
    Page("/notifications/read", mark_read, "notifications.read", "POST"),
)
