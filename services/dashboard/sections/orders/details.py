"""One order: its lines, what was taken off and by what, whose it is, what happened to it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, b, div, fragment, p, span, table, tbody, td, th, thead, tr

from services.dashboard.parts.facts import (
    block,
    code_text,
    facts,
    link,
    metadata_facts,
    raw_block,
)
from services.dashboard.parts.forms import field_choice
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.audit.naming import event_timeline
from services.dashboard.sections.customer_names import customer_link, find_customers
from services.dashboard.sections.orders.earned import Told, earned_block, find_told
from services.dashboard.sections.orders.naming import (
    STATUSES,
    item_name,
    order_name,
    status_badge,
    taken_off,
)
from services.dashboard.sections.redemptions.naming import redeemable_name, redemption_badge
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

BACK: Final = ("Orders", "/orders")
_EVENTS_MAX: Final = 50
_REDEMPTIONS_MAX: Final = 20


async def tell_order(visit: Visit, order_id: str) -> Details:
    """One of them, with its redemptions and its history."""
    row = await visit.api.get(f"/v1/orders/{escape_segment(order_id)}")
    known, redemptions, events = await asyncio.gather(
        find_customers(visit, [row.get("customer_id")]),
        _find_redemptions(visit, row),
        _find_events(visit, row),
    )
    customer = known.get(str(row.get("customer_id"))) or row.get("customer")
    told = await find_told(visit, events)
    return order_details(visit, {**row, "customer": customer}, redemptions, events, told)


async def _find_redemptions(visit: Visit, row: Row) -> list[Row]:
    ids = list(row.get("redemptions") or {})[:_REDEMPTIONS_MAX]
    if not visit.may("redemptions.read"):
        return []

    paths = (f"/v1/redemptions/{escape_segment(name)}" for name in ids)
    found = await asyncio.gather(*(ask_quietly(visit.api.get(each)) for each in paths))
    return [each for each in found if each is not None]


async def _find_events(visit: Visit, row: Row) -> list[Row] | None:
    if not visit.may("audit.read"):
        return None
    params = {"order_id": str(row["id"]), "limit": str(_EVENTS_MAX)}
    body = await ask_quietly(visit.api.get("/v1/audit/events", params))
    return None if body is None else list(body.get("data") or [])


def order_details(
    visit: Visit,
    row: Row,
    redemptions: Sequence[Row],
    events: Sequence[Row] | None,
    told: Told,
) -> Details:
    """The same of what was answered; `events` None: they could not be asked."""
    show, may_change = visit.show, visit.may("orders.write")
    body = fragment[
        facts(
            ("Id", code_text(row["id"])),
            ("Order number", row.get("source_id")),
            ("Customer", customer_link(row.get("customer"))),
            ("Date", show.when(row.get("created_at"))),
            ("Changed", show.when(row.get("updated_at"))) if row.get("updated_at") else None,
        ),
        _lines(row, show),
        _redemptions(row, redemptions, show),
        earned_block(row, events, told, show),
        block("Metadata", metadata_facts(row.get("metadata"))),
        visit.may("audit.read")
        and block(
            "History",
            event_timeline(events, show),
        ),
        raw_block(row, f"/v1/orders/{row['id']}", "The order"),
    ]
    return Details(
        title=span(".mono")[order_name(row)],
        name=f"Order {order_name(row)}",
        href=f"/orders/{escape_segment(row['id'])}",
        badge=status_badge(row),
        body=body,
        actions=may_change and dialog_button("Change status", "change-status", sign="edit"),
        dialogs=may_change and _status_dialog(row),
    )


def _lines(row: Row, show: Show) -> Node:
    items = row.get("items") or []
    return block(
        "What was bought",
        div(".scroll")[
            table(".lines", aria_label="Lines of the order")[
                thead[
                    tr[
                        th(scope="col")["Item"],
                        th(".num", scope="col")["Quantity"],
                        th(".num", scope="col")["Price"],
                        th(".num", scope="col")["Amount"],
                        th(".num", scope="col")["Taken off"],
                        th(".num", scope="col")["Pays"],
                    ]
                ],
                tbody[(_line(each, show) for each in items)],
            ]
        ]
        if items
        else p(".muted")["The order came without its items."],
        facts(
            ("Amount", show.money(row.get("amount"))),
            ("Taken off its items", show.money(row["items_discount_amount"]))
            if row.get("items_discount_amount")
            else None,
            ("Taken off in all", show.money(taken_off(row) or 0)),
            ("Pays", b[show.money(row.get("total_amount", row.get("amount")))]),
        ),
    )


def _line(item: Mapping[str, Any], show: Show) -> Node:
    name: Node = item_name(item)
    if item.get("product_id"):
        name = link(name, f"/products/{escape_segment(str(item['product_id']))}")
    off = item.get("applied_discount_amount", item.get("discount_amount"))
    return tr[
        td[name],
        td(".num")[show.number(item.get("quantity"))],
        td(".num")[show.money(item.get("price"))],
        td(".num")[show.money(item.get("amount"))],
        td(".num")[show.money(off or 0)],
        td(".num")[show.money(item.get("subtotal_amount", item.get("amount")))],
    ]


def _redemptions(row: Row, known: Sequence[Row], show: Show) -> Node:
    named = row.get("redemptions") or {}
    if not named:
        return block("Redemptions", p(".muted")["Nothing was redeemed for it."])
    told = {str(each["id"]): each for each in known}
    return block(
        "Redemptions",
        table(".lines", aria_label="Redemptions of the order")[
            tbody[
                (
                    tr[
                        td[
                            link(
                                redeemable_name(told[name]) if name in told else name,
                                f"/redemptions/{escape_segment(name)}",
                            )
                        ],
                        td[redemption_badge(told[name]) if name in told else NOTHING],
                        td(".num")[show.when((said or {}).get("date"))],
                    ]
                    for name, said in list(named.items())[:_REDEMPTIONS_MAX]
                )
            ]
        ],
        len(named) > _REDEMPTIONS_MAX
        and p(".muted")[f"The first {_REDEMPTIONS_MAX} of {show.number(len(named))}."],
    )


def _status_dialog(row: Row) -> Node:
    return confirm_dialog(
        "change-status",
        title="Change the status",
        what_happens="It is told to webhooks and counts into the customer's sums while the order is paid or fulfilled. Nothing is redeemed or rolled back by it: discounts stay as they are.",
        action=f"/orders/{escape_segment(row['id'])}/status",
        do="Change it",
        kind=".primary",
        fields=field_choice(
            "status",
            "Status",
            [(name, said) for name, (said, _) in STATUSES.items()],
            row.get("status"),
        ),
        target="#drawer, #details",
    )
