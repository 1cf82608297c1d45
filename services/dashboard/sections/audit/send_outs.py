"""Webhook send-outs: each attempt to tell a webhook, and sending it once more."""

from typing import Final
from urllib.parse import urlencode

from htpy import Node, button, div, form, fragment, span
from starlette.responses import Response

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.fields import Field
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.resource import Column, Empty, Resource, Row, list_of
from services.dashboard.parts.facts import badge, code_text, facts, link, muted, raw_block
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details
from services.dashboard.parts.show import NOTHING
from services.dashboard.sections.audit.outcomes import outcome_notice
from services.dashboard.sections.audit.tabs import TABS
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

#: How often it is asked, a second apart, what became of what was sent once more.
OUTCOME_TURNS_MAX: Final = 60
TURN_DIGITS_MAX: Final = 3
FIELDS: Final = (
    Field(
        "result",
        "Result",
        "choice",
        (("delivered", "Delivered"), ("failed", "Failed"), ("dead", "Given up")),
        ops=("is",),
        parameter="result",
    ),
    usual.exact_field("event", "Event"),
    usual.exact_field("event_id", "Event id"),
    usual.exact_field("webhook_id", "Webhook"),
    usual.DATE_ALONE,
)


def attempt_badge(row: Row) -> Node:
    """What became of an attempt."""
    good = row.get("result") == "delivered"
    return badge(
        str(row.get("result") or "").replace("_", " ").capitalize(), "good" if good else "bad"
    )


COLUMNS: Final = (
    Column("event", "Event", lambda row, _: row["event"], is_mono=True),
    Column("result", "Result", lambda row, _: attempt_badge(row)),
    Column(
        "status", "HTTP status", lambda row, _: row.get("http_status") or NOTHING, is_number=True
    ),
    Column("error", "Error", lambda row, _: muted(row.get("error"))),
    Column("attempt", "Attempt", lambda row, show: show.number(row.get("attempt")), is_number=True),
    Column("duration", "ms", lambda row, show: show.number(row.get("duration_ms")), is_number=True),
    usual_columns.DATE,
    Column(
        "webhook", "Webhook", lambda row, _: row.get("webhook_id"), is_shown=False, is_mono=True
    ),
)


async def tell_attempt(visit: Visit, key: str) -> Details:
    """One attempt; `key` is the event's id and the attempt's own."""
    event_id, _, attempt_id = key.partition(",")
    rows = await _attempts(visit, event_id)
    row = next((each for each in rows if each["id"] == attempt_id), None)
    if row is None:
        raise Refused(404, {"key": "not_found", "message": "There is no such attempt"})
    return attempt_details(visit, row)


async def _attempts(visit: Visit, event_id: str, **more: str) -> list[Row]:
    """The attempts of an event, the newest first."""
    asked = {"event_id": event_id, "limit": "100", **more}
    found: list[Row] = (await visit.api.get("/v1/webhook-deliveries", asked)).get("data") or []
    return found


def _key(row: Row) -> str:
    return f"{row['event_id']},{row['id']}"


def attempt_details(visit: Visit, row: Row) -> Details:
    """The same of what was answered."""
    show = visit.show
    may = visit.may("project.write")
    return Details(
        title=span(".mono")[row["event"]],
        name=f"Send-out {row['id']}",
        href=f"/send-outs/{escape_segment(_key(row))}",
        badge=attempt_badge(row),
        body=fragment[
            div("#outcome"),
            facts(
                ("Id", code_text(row["id"])),
                ("Date", show.when(row.get("created_at"))),
                (
                    "Webhook",
                    link(
                        row["webhook_id"],
                        f"/integrations/webhooks/{escape_segment(row['webhook_id'])}",
                    ),
                ),
                ("Event", code_text(row["event_id"])),
                ("HTTP status", row.get("http_status")),
                ("Error", row.get("error")),
                ("Attempt", show.number(row.get("attempt"))),
                ("Duration", f"{show.number(row.get('duration_ms'))} ms"),
                ("Is tried again", show.when(row.get("next_attempt_at"))),
                ("Sent by hand", "yes" if row.get("redelivery") else "no"),
            ),
            raw_block(row, f"/v1/webhook-deliveries?event_id={row['event_id']}", "The attempt"),
        ],
        actions=may and fragment[span(".spacer"), _again_button(row)],
    )


def _again_button(row: Row) -> Node:
    webhook, event = (escape_segment(str(row[name])) for name in ("webhook_id", "event_id"))
    action = f"/send-outs/{webhook}/{event}/redeliver"
    send = {"hx-post": action, "hx-target": "#outcome", "hx-swap": "outerHTML"}
    return form(".plain", send, hx_push_url="false")[
        button(".btn")[icon("refresh", 14), "Send once more"]
    ]


async def redeliver(visit: Visit) -> Response:
    """Sends an event once more; what becomes of it is asked for by the page."""
    webhook, event = visit.path("webhook"), visit.path("event")
    known = await _attempts(visit, event, webhook_id=webhook)
    path = f"/management/v1/projects/{visit.project.id}/webhooks/{escape_segment(webhook)}/redeliveries"
    await visit.api.post(path, {"event_id": event})
    return answer_node(_outcome(visit, None, known[0]["id"] if known else "", 0))


async def show_outcome(visit: Visit) -> Response:
    """What became of it: the newest attempt, once it is another one than was known before."""
    asked = visit.request.query_params
    seen, turn = asked.get("seen", ""), asked.get("turn", "")
    found = await _attempts(visit, visit.path("event"), webhook_id=visit.path("webhook"))
    newest = found[0] if found and found[0]["id"] != seen else None
    count = int(turn[:TURN_DIGITS_MAX]) if turn.isdecimal() else 0
    answer = answer_node(_outcome(visit, newest, seen, count))
    if newest is not None:
        # the list behind has one attempt more
        answer.headers["HX-Trigger"] = "changed"
    return answer


def _outcome(visit: Visit, attempt: Row | None, seen: str, turn: int) -> Node:
    webhook, event = (escape_segment(visit.path(name)) for name in ("webhook", "event"))
    asked = urlencode({"seen": seen, "turn": turn + 1})
    is_long = turn >= OUTCOME_TURNS_MAX
    return outcome_notice(
        attempt,
        "" if is_long else f"/send-outs/{webhook}/{event}/outcome?{asked}",
        visit.show,
        waits=[
            "There is no answer yet: what was not taken before it goes first. ",
            link("All attempts of this event", f"/send-outs?f=event_id:is:{event}"),
        ]
        if is_long
        else "It is on its way, with the same id as before.",
        good="It arrived",
        bad="It was not taken",
    )


SEND_OUTS: Final = Resource(
    title="Webhook send-outs",
    one="send-out",
    lead="Each attempt to tell a webhook what happened.",
    path="/send-outs",
    needs="audit.read",
    icon="send",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=list_of("/v1/webhook-deliveries", "data", FIELDS),
    key=_key,
    tell=tell_attempt,
    tabs=TABS,
    empty=Empty(
        "Nothing was sent yet",
        "Webhooks tell other systems what happens here.",
        action=("Add a webhook", "/integrations"),
    ),
)
PAGES: Final = (
    Page("/send-outs/{webhook}/{event}/redeliver", redeliver, "project.write", "POST"),
    Page("/send-outs/{webhook}/{event}/outcome", show_outcome, "audit.read"),
    *list_pages(SEND_OUTS),
)
