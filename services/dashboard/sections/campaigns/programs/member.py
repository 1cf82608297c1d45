"""One member of a program: the card with all that is on it, in which tier, and what happened."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from htpy import Node, a, div, fragment, h1, p
from starlette.responses import Response

from services.dashboard.parts.facts import (
    badge,
    bars,
    block,
    code_text,
    metadata_facts,
    not_known,
    raw_block,
    timeline,
)
from services.dashboard.parts.grid import grid
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import dialog_button
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.campaigns.figures import figures
from services.dashboard.sections.campaigns.programs.member_dialogs import (
    member_dialogs,
    pending_acts,
    takeable,
)
from services.dashboard.sections.campaigns.programs.moving import (
    REFUSED,
    rule_link,
    say_activity,
    say_moved,
    say_why,
    without_doubles,
)
from services.dashboard.sections.campaigns.programs.naming import program_path
from services.dashboard.sections.campaigns.programs.standing import find_standings, standing_said
from services.dashboard.sections.customer_names import customer_link
from services.dashboard.web.answers import answer_page
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

ROWS_MAX: Final = 20
#: Of what happened some is told twice, and shown once.
_ACTIVITY_MAX: Final = 2 * ROWS_MAX
BUCKETS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Told:
    """What is asked besides the card; None: it cannot be asked at the moment."""

    customer: Row | None
    standing: Row | None
    buckets: Sequence[Row] | None
    pending: Sequence[Row] | None
    transactions: Sequence[Row] | None
    activity: Sequence[Row] | None
    rewards: Sequence[Row] | None


async def show_member(visit: Visit) -> Response:
    """The page of a member."""
    row = await visit.api.get(f"/v1/campaigns/{escape_segment(visit.path('id'))}")
    path = f"{program_path(row)}/members/{escape_segment(visit.path('member'))}"
    card = await visit.api.get(path)
    told = await _ask(visit, row, card, path)
    content = member_page(visit, row, card, told)
    return answer_page(visit, f"Member {card['code']}", content)


async def _ask(visit: Visit, row: Row, card: Row, path: str) -> Told:
    get, limit = visit.api.get, {"limit": str(ROWS_MAX)}
    code = escape_segment(str(card["code"]))
    holder = card.get("holder_id")
    sees_customer = bool(holder) and visit.may("customers.read")
    activity = {"limit": str(_ACTIVITY_MAX)}
    customer, standings, refused, *lists = await asyncio.gather(
        ask_quietly(get(f"/v1/customers/{holder}")) if sees_customer else _nothing(),
        find_standings(visit, str(row["id"]), [str(card["id"])]),
        _rows(get(f"{path}/activity", limit | {"type": REFUSED})),
        _rows(get(f"{path}/points-expiration", {"limit": str(BUCKETS_MAX)})),
        _rows(get(f"{path}/pending-points", limit)),
        _rows(get(f"{path}/transactions", limit)),
        _rows(get(f"{path}/activity", activity)),
        _rows(get(f"/v1/loyalties/members/{code}/rewards")),
    )
    told = Told(customer, standings.get(str(card["id"])), *lists)
    return replace(told, activity=_newest(told.activity, refused))


def _newest(activity: Sequence[Row] | None, refused: Sequence[Row] | None) -> Sequence[Row] | None:
    """What happened, with the rules that gave nothing, the newest first."""
    if activity is None:
        return None
    every = [*without_doubles(activity), *(refused or ())]
    every.sort(key=lambda each: str(each.get("created_at")), reverse=True)
    return every[:ROWS_MAX]


async def _rows(asked: Awaitable[Any]) -> Sequence[Row] | None:
    answer = await ask_quietly(asked)
    return None if answer is None else answer.get("data") or []


async def _nothing() -> None:
    """In the place of what the role may not see."""


def member_page(visit: Visit, row: Row, card: Row, told: Told) -> Node:
    """The same of what was answered."""
    show, program = visit.show, str(row["id"])
    held = {"id": card["holder_id"]} if card.get("holder_id") else None
    return fragment[
        a(".back", href=f"/campaigns/{escape_segment(program)}/members")[
            icon("left", 14), f"Members of {row['name']}"
        ],
        div(".head")[
            div[
                h1[
                    code_text(card["code"]),
                    None if card.get("active") is not False else badge("Off"),
                ],
                p[
                    "Held by ",
                    customer_link(told.customer or held),
                    " · card made ",
                    show.day(card.get("created_at")),
                ],
            ],
            div(".spacer"),
            _actions(visit, card, told),
        ],
        _numbers(card, show),
        div(".charts")[
            block("Tier", _tier(told.standing, show)),
            block("When points expire", _buckets(card, told.buckets, show)),
        ],
        _pending(visit, row, card, told.pending),
        _transactions(told.transactions, show),
        block(
            "What happened",
            timeline(
                None
                if told.activity is None
                else [
                    (show.when(each.get("created_at")), *say_activity(each, show))
                    for each in told.activity
                ]
            ),
        ),
        div(".card.pad.stack")[
            block("Metadata", metadata_facts(card.get("metadata"))),
            raw_block(
                card,
                f"/v1/loyalties/{program}/members/{escape_segment(str(card['code']))}",
                "The member",
            ),
        ],
        member_dialogs(visit, program, card, told.rewards),
    ]


def _actions(visit: Visit, card: Row, told: Told) -> Node:
    return fragment[
        a(".btn", href=f"/vouchers/{escape_segment(str(card['id']))}")[
            icon("ticket", 15), "The card"
        ],
        visit.may("vouchers.write") and dialog_button("Transfer", "member-transfer", "", "send"),
        visit.may("vouchers.write")
        and dialog_button("Add or take points", "member-points", "", "coins"),
        visit.may("redemptions.redeem")
        and bool(takeable(told.rewards))
        and dialog_button("Redeem a reward", "member-redeem", ".primary", "gift"),
    ]


def _numbers(card: Row, show: Show) -> Node:
    points = card.get("loyalty_card") or {}
    redeemed = (card.get("redemption") or {}).get("redeemed_points") or 0
    shown = [
        ("Balance", points.get("balance")),
        ("Pending", points.get("pending_points") or 0),
        ("Given in all", points.get("points")),
        ("Redeemed", redeemed),
        ("Taken off", points.get("subtracted_points") or 0),
        ("Expired", points.get("expired_points") or 0),
    ]
    return figures([(label, value, "") for label, value in shown], show)


def _tier(standing: Row | None, show: Show) -> Node:
    if standing is None:
        return p(".muted")["The program has no tiers."]
    return standing_said(standing, show)


def _buckets(card: Row, buckets: Sequence[Row] | None, show: Show) -> Node:
    if buckets is None:
        return not_known()
    balance = (card.get("loyalty_card") or {}).get("balance") or 0
    rows: list[tuple[Node, int, str]] = [
        (
            show.day(each.get("expires_at")),
            (each.get("bucket") or {}).get("total_points") or 0,
            show.number((each.get("bucket") or {}).get("total_points")),
        )
        for each in sorted(buckets, key=lambda each: str(each.get("expires_at")))
    ]
    lasting = balance - sum(value for _, value, _ in rows)
    if lasting > 0:
        rows.append(("Never", lasting, show.number(lasting)))
    if not rows:
        return p(".muted")["Nothing is on the card."]
    return bars(rows, "Points by when they expire")


def _pending(visit: Visit, row: Row, card: Row, pending: Sequence[Row] | None) -> Node:
    show = visit.show
    if pending is None:
        return block("Pending points", not_known())
    if not pending:
        return None
    may = visit.may("vouchers.write")
    heads = ["Points", "Active from", "For", "Since", *([""] if may else [])]
    rows = [
        [
            show.number(each.get("points")),
            show.day(each.get("activates_at")),
            _pending_for(str(row["id"]), each),
            show.when(each.get("created_at")),
            *([pending_acts(str(row["id"]), card, each, show)] if may else []),
        ]
        for each in pending
    ]
    return grid("Pending points", heads, rows)


def _pending_for(program: str, each: Row) -> Node:
    order = each.get("order_id")
    return fragment[
        rule_link(program, each.get("details") or {}) or "An earning rule",
        order and [", ", a(".link", href=f"/orders/{escape_segment(str(order))}")["order"]],
    ]


def _transactions(transactions: Sequence[Row] | None, show: Show) -> Node:
    if transactions is None:
        return block("Transactions", not_known())
    return grid(
        "Transactions",
        ("When", "What", "Points", "Balance after", "Why"),
        [
            (
                show.when(each.get("created_at")),
                *say_moved(each, show),
                say_why(each),
            )
            for each in transactions
        ],
        empty="Nothing moved yet.",
        lead=None
        if len(transactions) < ROWS_MAX
        else f"The last {ROWS_MAX}; the rest is among those of the program.",
    )


PAGES: Final = (Page("/campaigns/{id}/members/{member}", show_member, "vouchers.read"),)
