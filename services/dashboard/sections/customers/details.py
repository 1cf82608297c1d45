"""One customer: who it is, what it adds up to, its segments, and what it holds."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from htpy import Node, div, fragment, p, span, table, tbody, td, th, thead, tr

from services.dashboard.parts.facts import (
    badge,
    block,
    code_text,
    facts,
    link,
    metadata_facts,
    not_known,
    raw_block,
)
from services.dashboard.parts.page import Details
from services.dashboard.parts.show import NOTHING, Row, Show, first_of
from services.dashboard.sections.customer_names import customer_name
from services.dashboard.sections.customers.dialogs import customer_actions, customer_dialogs
from services.dashboard.sections.customers.loyalty import find_loyalty
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

_HELD_MAX: Final = 20
_ADDRESS: Final = ("line_1", "line_2", "postal_code", "city", "state", "country")
#: What a holding may be → its word and badge.
_STATES: Final = {
    "ACTIVE": ("Active", "good"),
    "DISABLED": ("Disabled", "muted"),
    "EXPIRED": ("Expired", "muted"),
    "NOT_ACTIVE_YET": ("Scheduled", "warn"),
    "USED": ("Used up", "violet"),
    "NO_BALANCE": ("Empty", "violet"),
}


async def tell_customer(visit: Visit, key: str) -> Details:
    """One of them by id or source id, with its segments and what it holds."""
    path = f"/v1/customers/{escape_segment(key)}"
    row = await visit.api.get(path)
    segments, held = await asyncio.gather(
        ask_quietly(visit.api.get(f"{path}/segments")),
        ask_quietly(visit.api.get(f"{path}/redeemables", {"limit": str(_HELD_MAX)})),
    )
    loyalty = await find_loyalty(visit, row, held)
    return customer_details(visit, row, segments, held, loyalty)


def customer_details(
    visit: Visit, row: Row, segments: Row | None, held: Row | None, loyalty: Node = None
) -> Details:
    """The same of what was answered; None: that could not be asked."""
    show, name = visit.show, customer_name(row)
    path = f"/customers/{escape_segment(str(row['id']))}"
    later = {
        "hx-get": f"{path}/history",
        "hx-trigger": "load",
        "hx-target": "this",
        "hx-swap": "outerHTML",
        "hx-push-url": "false",
    }
    body = fragment[
        _profile(row, show),
        _summary(row, show),
        block(
            "Segments", not_known() if segments is None else _segments(segments.get("data") or [])
        ),
        loyalty,
        block("Codes held", not_known() if held is None else _held(held, show)),
        block("Metadata", metadata_facts(row.get("metadata"))),
        div(".stack", later, role="status")[p(".muted")["Looking up what happened"]],
        raw_block(row, f"/v1/customers/{row['id']}", "The customer"),
    ]
    return Details(
        title=name,
        name=f"Customer {name}",
        href=path,
        body=body,
        actions=customer_actions(visit, row),
        dialogs=customer_dialogs(visit, row),
    )


def _profile(row: Row, show: Show) -> Node:
    address = row.get("address") or {}
    lines = ", ".join(str(address[each]) for each in _ADDRESS if address.get(each))
    birth = row.get("birthdate") or row.get("birthday")
    return facts(
        ("Id", code_text(row["id"])),
        ("Source id", row.get("source_id")),
        ("E-mail", row.get("email")),
        ("Phone", row.get("phone")),
        ("Address", lines),
        ("Born", birth) if birth else None,
        ("Description", row.get("description")) if row.get("description") else None,
        ("Created", show.when(row.get("created_at"))),
        ("Changed", show.when(row["updated_at"])) if row.get("updated_at") else None,
    )


def _summary(row: Row, show: Show) -> Node:
    told = row.get("summary") or {}
    orders, redemptions = told.get("orders") or {}, told.get("redemptions") or {}
    gift, card = redemptions.get("gift") or {}, redemptions.get("loyalty_card") or {}
    has_points = card.get("redeemed_points") or card.get("points_to_go")
    return block(
        "In all",
        facts(
            ("Orders", show.number(orders.get("total_count"))),
            ("Spent", show.money(orders.get("total_amount"))),
            ("An order on average", show.money(orders.get("average_amount"))),
            ("Last order", show.when(orders.get("last_order_date"))),
            (
                "Redeemed",
                f"{show.number(redemptions.get('total_redeemed'))}, refused {show.number(redemptions.get('total_failed'))}, taken back {show.number(redemptions.get('total_rolled_back'))}",
            ),
            (
                "Credit",
                f"{show.money(gift.get('redeemed_amount'))} used, {show.money(gift.get('amount_to_go'))} left",
            ),
            (
                "Points",
                f"{show.number(card.get('redeemed_points'))} used, {show.number(card.get('points_to_go'))} left",
            )
            if has_points
            else None,
        ),
    )


def _segments(rows: Sequence[Row]) -> Node:
    if not rows:
        return p(".muted")["In no segment."]
    return div(".chips")[
        (
            span(".chip")[link(each.get("name") or each["id"], f"/segments/{each['id']}")]
            for each in rows
        )
    ]


def _held(held: Row, show: Show) -> Node:
    rows = held.get("data") or []
    if not rows:
        return p(".muted")["No code was given yet."]
    total = held.get("total")
    return fragment[
        table(".lines", aria_label="What the customer holds")[
            thead[
                tr[
                    th(scope="col")["Code"],
                    th(scope="col")["Campaign"],
                    th(scope="col")["State"],
                    th(".num", scope="col")["Given"],
                ]
            ],
            tbody[(_holding(each, show) for each in rows)],
        ],
        isinstance(total, int)
        and total > len(rows)
        and p(".muted")[f"The first {len(rows)} of {show.number(total)}."],
    ]


def _holding(row: Row, show: Show) -> Node:
    thing: dict[str, Any] = row.get("redeemable") or {}
    voucher = thing.get("voucher") or {}
    status = str(thing.get("status") or row.get("status") or "")
    said, kind = _STATES.get(status, (status.capitalize() or NOTHING, "muted"))
    name = str(voucher.get("code") or row.get("redeemable_id"))
    return tr[
        td(".mono")[
            link(name, f"/vouchers/{escape_segment(str(row.get('redeemable_id') or name))}")
        ],
        td[
            link(first_of(voucher, "campaign"), f"/campaigns/{row['campaign_id']}")
            if row.get("campaign_id")
            else NOTHING
        ],
        td[badge(said, kind)],
        td(".num")[show.day(row.get("created_at"))],
    ]
