"""Sessions: what is held for carts that were not paid yet, and giving it back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from htpy import Node, fragment, span, table, tbody, td, th, thead, tr
from starlette.responses import Response

from services.dashboard.lists import usual
from services.dashboard.lists.chosen import do_with_each
from services.dashboard.lists.handlers import chosen_keys, list_pages
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import (
    Bulk,
    Column,
    Empty,
    Resource,
    Row,
    Rows,
    list_of,
)
from services.dashboard.parts.facts import block, code_text, facts, link, raw_block
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button
from services.dashboard.parts.show import NOTHING, Show, first_of
from services.dashboard.sections.redemptions.fields import TABS
from services.dashboard.sections.redemptions.naming import channel_name
from services.dashboard.web.answers import go_to
from services.dashboard.web.asking import PAGE_ROWS, ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

FIELDS: Final = (
    usual.exact_field("key", "Session"),
    usual.exact_field("code", "Code"),
    usual.CUSTOMER_ALONE,
)


def _holds(row: Row, show: Show) -> str:
    parts = []
    for each in row.get("holds") or []:
        said = str(each.get("code") or each.get("voucher_id"))
        if each.get("credits"):
            said += f" ({show.money(each['credits'])})"
        if each.get("points"):
            said += f" ({show.number(each['points'])} points)"
        parts.append(said)
    return ", ".join(parts) or NOTHING


def _customer(row: Row) -> str:
    return first_of(
        row.get("customer") or {"id": row.get("customer_id")}, "name", "source_id", "email", "id"
    )


COLUMNS: Final = (
    Column("key", "Session", lambda row, _: row["key"], is_mono=True),
    Column("holds", "Holds", _holds),
    Column("customer", "Customer", lambda row, _: _customer(row)),
    Column(
        "locked", "Held since", lambda row, show: show.when(row.get("locked_at")), is_number=True
    ),
    Column(
        "ends",
        "Ends",
        lambda row, show: (
            show.when(row["expires_at"]) if row.get("expires_at") else "When it is released"
        ),
        is_number=True,
    ),
    Column("channel", "Channel", lambda row, _: channel_name(row)),
)

#: Longer keys are not looked up, so that the address of a page of them has an end.
KEY_CHARS_MAX: Final = 100
_fetch_plain = list_of("/v1/sessions", "data", FIELDS, cursor="starting_after_id")


async def fetch_sessions(visit: Visit, query: Query) -> Rows:
    """A page of sessions, with the channel through which each was asked for."""
    rows = await _fetch_plain(visit, query)
    if query.columns and "channel" not in query.columns:
        return rows
    return replace(rows, rows=await with_channels(visit, rows.rows))


async def with_channels(visit: Visit, rows: Sequence[Row]) -> list[Row]:
    """Sessions with the channel of the validation that began each.

    One without it is older than validations are kept, or they cannot be asked.
    """
    if not visit.may("validations.read"):
        return list(rows)
    name = "filters[session_key][conditions][$in]"
    keys = [str(each["key"]) for each in rows if len(str(each["key"])) <= KEY_CHARS_MAX]
    named = [(f"{name}[{at}]", key) for at, key in enumerate(keys)]
    if not keys:
        return list(rows)
    params = [*named, ("result", "VALID"), ("limit", str(PAGE_ROWS))]
    answer = await ask_quietly(visit.api.get("/v1/validations", params)) or {}
    found = {
        (each["session_key"], each["created_at"]): each.get("channel")
        for each in answer.get("data") or []
    }
    return [{**each, "channel": found.get((each["key"], each.get("locked_at")))} for each in rows]


async def tell_session(visit: Visit, key: str) -> Details:
    """One of them, and what it holds."""
    answer = await visit.api.get("/v1/sessions", {"key": key, "limit": "1"})
    rows = answer.get("data") or []
    row: Row = rows[0] if rows else {"key": key, "holds": []}
    if rows:
        (row,) = await with_channels(visit, rows[:1])
    return session_details(visit, row)


def session_details(visit: Visit, row: Row) -> Details:
    """The same of what was answered."""
    key, show = str(row["key"]), visit.show
    can_release = bool(row.get("holds")) and visit.may("sessions.release")
    return Details(
        title=span(".mono")[key],
        name=f"Session {key}",
        href=f"/sessions/{escape_segment(key)}",
        body=fragment[
            facts(
                ("Session", code_text(key)),
                (
                    "Customer",
                    link(_customer(row), f"/customers/{row['customer_id']}")
                    if row.get("customer_id")
                    else NOTHING,
                ),
                ("Channel", channel_name(row)),
                ("Held since", show.when(row.get("locked_at"))),
                (
                    "Ends",
                    show.when(row["expires_at"])
                    if row.get("expires_at")
                    else "When it is released",
                ),
            ),
            block("Holds", _held(row, show)),
            raw_block(row, f"/v1/sessions?key={escape_segment(key)}", "The session"),
        ],
        actions=can_release
        and fragment[span(".spacer"), dialog_button("Release", "release", ".danger", "undo")],
        dialogs=can_release
        and confirm_dialog(
            "release",
            title="Release what this session holds?",
            what_happens=f"{_holds(row, show)}: free at once for others. The cart that held it may be refused when it pays.",
            action=f"/sessions/{escape_segment(key)}/release",
            do="Release",
            keep="Keep it",
        ),
    )


def _held(row: Row, show: Show) -> Node:
    if not row.get("holds"):
        return span(".muted")["Nothing any more."]
    return table(".lines", aria_label="What it holds")[
        thead[
            tr[
                th(scope="col")["Code"],
                th(".num", scope="col")["Uses"],
                th(".num", scope="col")["Credits"],
                th(".num", scope="col")["Points"],
            ]
        ],
        tbody[
            (
                tr[
                    td[
                        link(
                            each.get("code") or each.get("voucher_id"),
                            f"/vouchers/{escape_segment(str(each.get('code') or each.get('voucher_id')))}",
                        )
                    ],
                    td(".num")[show.number(each.get("quantity"))],
                    td(".num")[show.money(each["credits"]) if each.get("credits") else NOTHING],
                    td(".num")[show.number(each["points"]) if each.get("points") else NOTHING],
                ]
                for each in row["holds"]
            )
        ],
    ]


async def release(visit: Visit) -> Response:
    """Gives back what one holds."""
    await visit.api.delete(f"/v1/sessions/{escape_segment(visit.path('key'))}")
    return go_to(visit.request, "/sessions", "Released")


async def release_chosen(visit: Visit) -> Response:
    """Gives back what the chosen ones hold."""
    keys = chosen_keys(await visit.form())
    said = await do_with_each(
        keys, lambda each: visit.api.delete(f"/v1/sessions/{escape_segment(each)}"), "released"
    )
    return go_to(visit.request, "/sessions", said)


SESSIONS: Final = Resource(
    title="Sessions",
    one="session",
    lead="What is held for carts that are not paid yet.",
    path="/sessions",
    needs="sessions.read",
    icon="lock",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_sessions,
    key=lambda row: str(row["key"]),
    tell=tell_session,
    order="",
    tabs=TABS,
    bulk=(
        Bulk(
            "release",
            "Release",
            "sessions.release",
            "What they hold is free at once for others. Carts that held it may be refused when they pay.",
            is_dangerous=True,
        ),
    ),
    follows="sessions redemptions",
    empty=Empty(
        "No session holds anything",
        "A validation with a session of type LOCK holds uses, credits and points until it is paid, released, or over.",
    ),
)
PAGES: Final = (
    Page("/sessions/release", release_chosen, "sessions.release", "POST"),
    Page("/sessions/{key:path}/release", release, "sessions.release", "POST"),
    *list_pages(SESSIONS),
)
