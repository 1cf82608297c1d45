"""What happened with a voucher: redemptions, transactions, publications and changes."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from htpy import (
    Node,
    a,
    dd,
    del_,
    div,
    dl,
    dt,
    fragment,
    ins,
    p,
    span,
    table,
    tbody,
    td,
    th,
    thead,
    tr,
)
from starlette.responses import Response

from services.dashboard.parts.facts import badge, block, timeline
from services.dashboard.parts.reasons import say_value
from services.dashboard.parts.show import NOTHING, Row, Show, first_of
from services.dashboard.sections.audit.naming import caller_of, say_change
from services.dashboard.sections.redemptions.naming import redemption_badge
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import ApiFault
from services.dashboard.web.visit import Visit, escape_segment

ROWS_MAX = 10
#: How many members of a change are told in a line.
_PATHS_MAX = 6
_VALUE_LENGTH_MAX = 80
#: Changes whose name says all of it.
_PLAIN = frozenset({"created", "enabled", "disabled"})


async def show_history(visit: Visit) -> Response:
    """The blocks of what happened, those that the role may see."""
    row = await visit.api.get(f"/v1/vouchers/{escape_segment(visit.path('id'))}")
    path = f"/v1/vouchers/{escape_segment(str(row['code']))}"
    many = {"limit": str(ROWS_MAX)}
    has_card = bool(row.get("gift") or row.get("loyalty_card"))
    redemptions, transactions, publications, changes = await asyncio.gather(
        _rows(visit, "redemptions.read", f"{path}/redemptions", many, "redemptions"),
        _rows(visit, "vouchers.read", f"{path}/transactions", many, "data")
        if has_card
        else _nothing(),
        _rows(visit, "publications.read", f"{path}/publications", many, "publications"),
        _rows(visit, "audit.read", "/v1/audit/changes", many | {"entity": row["id"]}, "data"),
    )
    names = await visit.name_callers(map(caller_of, changes or ()))
    return answer_node(
        fragment[
            redemptions is not None and redemption_block(row, redemptions, visit.show),
            transactions is not None and transaction_block(row, transactions, visit.show),
            publications is not None and publication_block(publications, visit.show),
            changes is not None and change_block(row, changes, names, visit.show),
        ]
    )


async def _nothing() -> None:
    return None


async def _rows(
    visit: Visit, needs: str, path: str, params: dict[str, str], name: str
) -> Sequence[Row] | None:
    """Rows of a list; None where the role may not see them or they cannot be asked now."""
    if not visit.may(needs):
        return None
    asked: Awaitable[Any] = visit.api.get(path, params)
    try:
        body = await asked
    except ApiFault:
        return None
    found: Sequence[Row] = body.get(name) or body.get("data") or []
    return found


def redemption_block(row: Row, entries: Sequence[Row], show: Show) -> Node:
    """The newest attempts, with what became of each."""
    code = escape_segment(str(row["code"]))
    if not entries:
        return block("Redemptions", p(".muted")["Nobody has tried to redeem it yet."])
    return block(
        "Redemptions",
        timeline(
            (
                show.when(each.get("date") or each.get("created_at")),
                [
                    a(".link", href=f"/redemptions/{each['id']}")[
                        first_of(each.get("customer"), "name", "source_id", "email", "id")
                        if each.get("customer")
                        else "Somebody unknown"
                    ],
                    " ",
                    redemption_badge(each),
                ],
                _redemption_note(each, show),
            )
            for each in entries
        ),
        action=a(".link", href=f"/redemptions?f=voucher_code:is:{code}")["All redemptions"],
    )


def _redemption_note(entry: Row, show: Show) -> Node:
    if entry.get("reason"):
        return str(entry["reason"])
    order = entry.get("order") or {}
    if order.get("amount") is None:
        return None
    taken = order.get("total_applied_discount_amount") or 0
    return f"{show.money(taken)} off {show.money(order['amount'])}"


def transaction_block(row: Row, entries: Sequence[Row], show: Show) -> Node:
    """What moved the balance."""
    said = show.money if row.get("type") == "GIFT_VOUCHER" else show.number
    if not entries:
        return block("Transactions", p(".muted")["Nothing moved the balance yet."])
    return block(
        "Transactions",
        div(".scroll")[
            table(".lines", aria_label="Transactions")[
                thead[
                    tr[
                        th(scope="col")["When"],
                        th(scope="col")["What"],
                        th(".num", scope="col")["Moved"],
                        th(".num", scope="col")["Left"],
                    ]
                ],
                tbody[(_transaction(each, said, show) for each in entries)],
            ]
        ],
    )


def _transaction(entry: Row, said: Any, show: Show) -> Node:
    moved = (entry.get("details") or {}).get("balance") or {}
    kind = str(entry.get("type") or "").partition("_")[2].replace("_", " ").capitalize()
    return tr[
        td[show.when(entry.get("created_at"))],
        td(".nowrap")[
            kind or NOTHING, entry.get("reason") and span(".muted")[f" {entry['reason']}"]
        ],
        td(".num")[said(moved.get("points", moved.get("amount")))],
        td(".num")[said(moved.get("balance"))],
    ]


def publication_block(entries: Sequence[Row], show: Show) -> Node:
    """To whom it was given."""
    if not entries:
        return block("Publications", p(".muted")["It was given to nobody yet."])
    return block(
        "Publications",
        timeline(
            (
                show.when(each.get("created_at")),
                [
                    a(".link", href=f"/customers/{each['customer_id']}")[
                        first_of(each.get("customer"), "name", "source_id", "email", "id")
                    ],
                    " ",
                    badge("Given", "good")
                    if each.get("result") == "SUCCESS"
                    else badge("Refused", "bad"),
                ],
                each.get("failure_code") or first_of(each, "channel"),
            )
            for each in entries
        ),
    )


def change_block(row: Row, entries: Sequence[Row], names: Mapping[str, str], show: Show) -> Node:
    """What was changed of it, by whom, and from what to what."""
    if not entries:
        return block("Changes", p(".muted")["It was not changed since it was made."])
    return block(
        "Changes",
        timeline(
            (show.when(each.get("created_at")), say_change(each, names), _changes(each, show))
            for each in entries
        ),
        action=a(".link", href=f"/changes?f=entity:is:{escape_segment(str(row['id']))}")[
            "All changes"
        ],
    )


def _changes(entry: Row, show: Show) -> Node:
    told = entry.get("changes") or []
    if entry.get("action") in _PLAIN:
        return None
    more = len(told) - _PATHS_MAX
    return (
        told
        and fragment[
            dl(".diff")[(_change(each, show) for each in told[:_PATHS_MAX])],
            more > 0 and div[f"and {more} more"],
        ]
    )


def _change(change: Row, show: Show) -> Node:
    path = str(change.get("path"))
    before = change.get("from")
    return fragment[
        dt(".mono")[path],
        dd[
            before is not None and [del_[_said(path, before, show)], "→"],
            ins[_said(path, change.get("to"), show)],
        ],
    ]


def _said(path: str, value: Any, show: Show) -> str:
    """A value of a change, those of amounts as money."""
    if path.startswith("gift.") and isinstance(value, int):
        return show.money(value)
    return say_value(value)[:_VALUE_LENGTH_MAX]
