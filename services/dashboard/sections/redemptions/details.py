"""One redemption: why, what it brought about, and how it is taken back."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from htpy import Node, b, div, fragment, p, span, table, tbody, td, th, thead, tr
from starlette.responses import Response

from services.dashboard.lists.callers import show_caller, with_caller
from services.dashboard.parts.facts import (
    block,
    code_text,
    facts,
    link,
    metadata_facts,
    raw_block,
)
from services.dashboard.parts.page import (
    Details,
    confirm_dialog,
    details_page,
    dialog_button,
    drawer_content,
)
from services.dashboard.parts.reasons import NO_WORDS, reason_box
from services.dashboard.parts.show import NOTHING, Row, Show, first_of, read_moment
from services.dashboard.parts.toast import toast
from services.dashboard.sections.audit.naming import event_timeline
from services.dashboard.sections.reason_words import find_reason_words
from services.dashboard.sections.redemptions.naming import (
    caller_of,
    campaign_name,
    customer_name,
    members_of,
    redeemable_name,
    redemption_badge,
    rollback_of,
    stack_of,
)
from services.dashboard.sections.redemptions.repeating import can_repeat, repeat_part
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

#: How long a redemption can be taken back (docs/api.md, Rollbacks).
ROLLBACK_DAYS: Final = 90


async def tell_redemption(visit: Visit, redemption_id: str) -> Details:
    """One of them, with why, what it brought about, and how to take it back."""
    path = f"/v1/redemptions/{escape_segment(redemption_id)}"
    row = await visit.api.get(path)
    events: list[dict[str, Any]] | None = None
    if visit.may("audit.read"):
        path = f"/v1/audit/redemptions/{escape_segment(redemption_id)}/events"
        answer = await ask_quietly(visit.api.get(path))
        events = None if answer is None else answer.get("data") or []
    words = await find_reason_words(visit, [row.get("explanation")])
    named = await with_caller(visit, row, caller_of(row))
    return redemption_details(visit, named, events, words)


def redemption_details(
    visit: Visit,
    row: Row,
    events: list[dict[str, Any]] | None,
    words: Mapping[str, str] = NO_WORDS,
) -> Details:
    """The same of what was answered; `events` None: they could not be asked.

    `words`: what ids and fields in its reason are called.
    """
    show, name = visit.show, row["id"]
    body = fragment[
        _why(row, show, words),
        _facts(row, visit),
        _order(row, show),
        _siblings(row),
        can_repeat(row) and visit.may("validations.validate") and repeat_part(row),
        block("Metadata", metadata_facts(row.get("metadata"))),
        visit.may("audit.read")
        and block(
            "Events",
            event_timeline(events, show),
        ),
        raw_block(row, f"/v1/redemptions/{name}", "The redemption"),
    ]
    can_roll_back = _can_roll_back(row) and visit.may("redemptions.rollback")
    return Details(
        title=span(".mono")[redeemable_name(row)],
        name=f"Redemption {name}",
        href=f"/redemptions/{name}",
        badge=redemption_badge(row),
        body=body,
        actions=can_roll_back and _roll_back_actions(row, show),
        dialogs=can_roll_back and _roll_back_dialog(row, show),
    )


def _why(row: Row, show: Show, words: Mapping[str, str]) -> Node:
    if row.get("result") == "SUCCESS":
        return None
    explained = dict(row.get("explanation") or {})
    if row.get("reason") and row.get("object") != "redemption_rollback":
        explained["reason"] = row["reason"]
    return reason_box(
        explained,
        show,
        key=str(row.get("failure_code") or ""),
        message=str(row.get("failure_message") or ""),
        words=words,
    )


def _session(key: str, visit: Visit) -> Node:
    """What the redemption paid for; its validations tell of it before."""
    if not visit.may("validations.read"):
        return code_text(key)
    return link(key, f"/validations?f=session_key:is:{escape_segment(key)}")


def _facts(row: Row, visit: Visit) -> Node:
    show = visit.show
    voucher, customer = row.get("voucher") or {}, row.get("customer") or {}
    tier = row.get("promotion_tier") or {}
    code_ = voucher.get("code")
    campaign = campaign_name(row)
    campaign_id = voucher.get("campaign_id") or (tier.get("campaign") or {}).get("id")
    back = rollback_of(row)
    rolled = back or (row.get("redemption") if row.get("object") == "redemption_rollback" else "")
    return facts(
        ("Id", code_text(row["id"])),
        ("Date", show.when(row.get("date") or row.get("created_at"))),
        ("Channel", first_of(row.get("channel"), "channel_type")),
        ("By", show_caller(row, caller_of(row))),
        ("Voucher", link(code_, f"/vouchers/{escape_segment(code_)}")) if code_ else None,
        ("Tier", link(tier.get("name") or tier.get("id"), f"/promotion-tiers/{tier.get('id')}"))
        if tier.get("id")
        else None,
        ("Campaign", link(campaign, f"/campaigns/{campaign_id}") if campaign_id else campaign),
        (
            "Customer",
            link(customer_name(row), f"/customers/{customer['id']}")
            if customer.get("id")
            else NOTHING,
        ),
        ("Tracking id", row.get("tracking_id")) if row.get("tracking_id") else None,
        ("Session", _session(str(row["session"]["key"]), visit)) if row.get("session") else None,
        (
            "Taken back by" if back else "Takes back",
            link(rolled, f"/redemptions/{rolled}"),
        )
        if rolled and isinstance(rolled, str)
        else None,
        ("Reason given", row["reason"])
        if row.get("object") == "redemption_rollback" and row.get("reason")
        else None,
    )


def _order(row: Row, show: Show) -> Node:
    order = row.get("order") or {}
    if not order:
        return None
    items = order.get("items") or []
    applied = order.get("total_applied_discount_amount", order.get("total_discount_amount"))
    title = link("Order", f"/orders/{order['id']}") if order.get("id") else "Order"
    lines = (
        items
        and table(".lines", aria_label="Items of the order")[
            thead[
                tr[
                    th(scope="col")["Item"],
                    th(".num", scope="col")["Quantity"],
                    th(".num", scope="col")["Amount"],
                    th(".num", scope="col")["Taken off"],
                    th(".num", scope="col")["Pays"],
                ]
            ],
            tbody[
                (
                    tr[
                        td[
                            first_of(
                                each.get("sku") or each.get("product") or each,
                                "sku",
                                "name",
                                "source_id",
                                "product_id",
                                "id",
                            )
                        ],
                        td(".num")[show.number(each.get("quantity"))],
                        td(".num")[show.money(each.get("amount"))],
                        td(".num")[
                            show.money(
                                each.get("applied_discount_amount", each.get("discount_amount"))
                            )
                        ],
                        td(".num")[show.money(each.get("subtotal_amount", each.get("amount")))],
                    ]
                    for each in items
                )
            ],
        ]
    )
    return block(
        title,
        lines and div(".scroll")[lines],
        facts(
            ("Amount", show.money(order.get("amount"))),
            ("Taken off", show.money(applied)),
            ("Pays", b[show.money(order.get("total_amount"))]),
        ),
    )


def _siblings(row: Row) -> Node:
    together, stack = members_of(row), stack_of(row)
    if not together:
        return block("Part of a stack", p[link(stack, f"/redemptions/{stack}")]) if stack else None
    return block("Redeemed together", [p[link(each, f"/redemptions/{each}")] for each in together])


def _can_roll_back(row: Row) -> bool:
    if row.get("object") != "redemption" or row.get("status") != "SUCCEEDED":
        return False
    moment = read_moment(row.get("date") or row.get("created_at"))
    return moment is not None and datetime.now(UTC) - moment < timedelta(days=ROLLBACK_DAYS)


def _roll_back_actions(row: Row, show: Show) -> Node:
    moment = read_moment(row.get("date") or row.get("created_at"))
    last = moment + timedelta(days=ROLLBACK_DAYS) if moment else None
    return fragment[
        span(".muted")[
            "Can be taken back until ",
            show.day(last.isoformat() if last else None),
            " (three months).",
        ],
        span(".spacer"),
        dialog_button("Roll back", "roll-back", ".danger", "undo"),
    ]


def _roll_back_dialog(row: Row, show: Show) -> Node:
    order = row.get("order") or {}
    given = show.money(
        order.get("total_applied_discount_amount", order.get("total_discount_amount"))
    )
    return confirm_dialog(
        "roll-back",
        title="Roll this redemption back?",
        what_happens=f"{_taken_back(row)} can be used once more, and the order loses its discount of {given}. Balances and limits are given back. The history keeps both.",
        action=f"/redemptions/{row['id']}/rollback",
        do="Roll back",
        keep="Keep it",
        reason=True,
        target="#drawer, #details",
    )


def _taken_back(row: Row) -> str:
    """What is taken back: of a stack all, since none of it is by itself."""
    if not stack_of(row):
        return redeemable_name(row)
    return "All that was redeemed together is taken back, not one of it alone: each"


async def roll_back(visit: Visit) -> Response:
    """Takes a redemption back, or the whole stack that it is part of."""
    name, form = visit.path("id"), await visit.form()
    reason = str(form.get("reason") or "").strip()
    row = await visit.api.get(f"/v1/redemptions/{escape_segment(name)}")
    stack = stack_of(row)
    path = f"/v1/redemptions/{stack}/rollbacks" if stack else f"/v1/redemptions/{name}/rollback"
    params = {"reason": reason} if reason else {}
    await visit.api.post(
        path, {}, params=params, key=str(form.get("idempotency_key") or "") or None
    )
    details = await tell_redemption(visit, name)
    shown = (
        drawer_content(details)
        if visit.asks_part("drawer")
        else details_page(details, ("Redemptions", "/redemptions"))
    )
    answer = answer_node(fragment[shown, toast("Rolled back")])
    answer.headers["HX-Trigger"] = "changed"
    return answer
