"""One voucher: what it gives, to whom, when, how often, and what can be done with it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from htpy import Node, a, div, fragment, img, li, p, span, ul

from services.dashboard.parts.discounts import say_discount
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
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details, dialog_button
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.customer_names import customer_link
from services.dashboard.sections.rules.cart import cart_form
from services.dashboard.sections.vouchers.dialogs import voucher_dialogs
from services.dashboard.sections.vouchers.giving import (
    DISCOUNTS,
    TYPES,
    member_link,
    say_effect,
    say_given,
    say_hours,
    say_redeemed,
    standing,
    standing_badge,
    voucher_href,
)
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

BACK: Final = ("Vouchers", "/vouchers")
#: As many sets of rules as one list of the API holds.
RULES_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Told:
    """What is asked besides the voucher; None: the role may not see it, or it is not there yet."""

    holder: Row | None = None
    sessions: Sequence[Row] = ()
    #: Of the voucher and of its campaign: the set of rules and whose it is.
    rules: Sequence[tuple[str, Row]] | None = ()
    campaign: Row | None = None


async def tell_voucher(visit: Visit, key: str) -> Details:
    """One of them by code or id, with its holder, its sessions and what binds it."""
    row = await visit.api.get(f"/v1/vouchers/{escape_segment(key)}")
    holder, sessions, rules, campaign = await asyncio.gather(
        ask_quietly(_ask_holder(visit, row)),
        ask_quietly(_ask_sessions(visit, row)),
        ask_quietly(_ask_rules(visit, row)),
        ask_quietly(_ask_campaign(visit, row)),
    )
    return voucher_details(visit, row, Told(holder, sessions or (), rules, campaign))


async def _ask_holder(visit: Visit, row: Row) -> Row | None:
    if not row.get("holder_id") or not visit.may("customers.read"):
        return None
    found: Row = await visit.api.get(f"/v1/customers/{row['holder_id']}")
    return found


async def _ask_campaign(visit: Visit, row: Row) -> Row | None:
    if not row.get("campaign_id") or not visit.may("campaigns.read"):
        return None
    found: Row = await visit.api.get(f"/v1/campaigns/{escape_segment(str(row['campaign_id']))}")
    return found


async def _ask_sessions(visit: Visit, row: Row) -> Sequence[Row]:
    if not visit.may("sessions.read"):
        return ()
    body = await visit.api.get("/v1/sessions", {"code": str(row["code"]), "limit": "20"})
    found: Sequence[Row] = body["data"]
    return found


async def _ask_rules(visit: Visit, row: Row) -> Sequence[tuple[str, Row]]:
    if not visit.may("rules.read"):
        return ()
    wanted = [("The voucher", row["id"]), ("Its campaign", row.get("campaign_id"))]
    found: list[tuple[str, Row]] = []
    for whose, named in wanted:
        if not named:
            continue
        params = {"related_object_id": str(named), "limit": str(RULES_MAX)}
        body = await visit.api.get("/v1/validation-rules-assignments", params)
        ids = [each["rule_id"] for each in body["data"]]
        if not ids:
            continue
        some = [("limit", str(RULES_MAX)), *(("ids", each) for each in ids)]
        sets = await visit.api.get("/v1/validation-rules", some)
        found += [(whose, each) for each in sets["data"]]
    return found


def _campaign_badge(campaign: Row | None, now: datetime, show: Show) -> Node:
    """That no code of its campaign works now, whatever the voucher says of itself."""
    if campaign is None:
        return None
    word, kind = standing(campaign, now, show.zone)
    if word == "Disabled":
        word, kind = "Off", "warn"
    return None if word == "Active" else badge(f"Campaign {word.lower()}", kind)


def _say_times(count: int, show: Show) -> str:
    return {0: "Never", 1: "Once"}.get(count) or f"{show.number(count)} times"


def voucher_details(visit: Visit, row: Row, told: Told) -> Details:
    """The same of what was answered."""
    show, now = visit.show, datetime.now(UTC)
    return Details(
        title=code_text(row["code"]),
        name=f"Voucher {row['code']}",
        href=voucher_href(row),
        badge=fragment[
            standing_badge(row, now, show.zone), _campaign_badge(told.campaign, now, show)
        ],
        body=fragment[
            _gives(row, show),
            _card(row, visit),
            _terms(row, told, show),
            _bound(told.rules, visit),
            visit.may("validations.validate")
            and block(
                "Why would it fail now?",
                cart_form(
                    f"/vouchers/{row['id']}/try",
                    "Try this voucher",
                    no_amount="Empty: what the products come to, else no order",
                    lines_open=False,
                ),
            ),
            _held(row, told.sessions, visit),
            _history(row),
            _pictures(row),
            block("Metadata", metadata_facts(row.get("metadata"))),
            raw_block(row, f"/v1/vouchers/{escape_segment(str(row['code']))}", "The voucher"),
        ],
        actions=_actions(row, visit),
        dialogs=voucher_dialogs(row, visit),
    )


def _gives(row: Row, show: Show) -> Node:
    discount = row.get("discount") or {}
    return block(
        "What it gives",
        facts(
            ("Type", TYPES.get(str(row.get("type")), NOTHING)),
            ("Gives", say_given(row, show)),
            ("Kind", DISCOUNTS.get(str(discount.get("type")), NOTHING)) if discount else None,
            ("Taken", say_effect(discount)) if discount.get("effect") else None,
            (
                "At most in all",
                show.money(discount["aggregated_amount_limit"]),
            )
            if discount.get("aggregated_amount_limit")
            else None,
            ("Formula", span(".mono")[_formula(discount)]) if _formula(discount) else None,
            ("In words", say_discount(discount, show)) if _formula(discount) else None,
        ),
    )


def _formula(discount: Row) -> str:
    return next(
        (str(value) for name, value in discount.items() if name.endswith("_formula") and value), ""
    )


def _card(row: Row, visit: Visit) -> Node:
    """The balance of a card, and the way to change it."""
    card, show = row.get("gift") or row.get("loyalty_card"), visit.show
    if not isinstance(card, dict):
        return None
    is_gift = row.get("type") == "GIFT_VOUCHER"
    told = show.money if is_gift else show.number
    whole = card.get("amount") if is_gift else card.get("points")
    return block(
        "Balance",
        facts(
            ("Left", told(card.get("balance"))),
            ("Put on it", told(whole)),
            ("Taken off by hand", told(card.get("subtracted_amount")))
            if card.get("subtracted_amount")
            else None,
            ("Redeemed", told((row.get("redemption") or {}).get("redeemed_amount") or 0))
            if is_gift
            else None,
        ),
        div(".row")[
            visit.may("vouchers.write")
            and dialog_button("Add or take", "voucher-balance", ".small", "coins"),
            member_link(row),
        ],
    )


def _terms(row: Row, told: Told, show: Show) -> Node:
    campaign, published = row.get("campaign"), row.get("publish") or {}
    return block(
        "Terms",
        facts(
            ("Code", code_text(row["code"])),
            ("Id", code_text(row["id"])),
            ("Campaign", link(campaign, f"/campaigns/{row['campaign_id']}"))
            if campaign
            else ("Campaign", "None"),
            ("Category", row.get("category") or "None"),
            ("Redeemed", say_redeemed(row, show)),
            ("Valid", show.period(row.get("start_date"), row.get("expiration_date"))),
            *say_hours(row),
            ("Holder", customer_link(told.holder or {"id": row["holder_id"]}))
            if row.get("holder_id")
            else ("Holder", "Nobody"),
            ("Published", _say_times(published.get("count") or 0, show)),
            ("Note", row["additional_info"]) if row.get("additional_info") else None,
            ("Created", show.when(row.get("created_at"))),
            ("Updated", show.when(row.get("updated_at"))) if row.get("updated_at") else None,
        ),
    )


def _bound(rules: Sequence[tuple[str, Row]] | None, visit: Visit) -> Node:
    if not visit.may("rules.read"):
        return None
    if rules is None:
        return block("Validation rules", not_known())
    if not rules:
        return block("Validation rules", span(".muted")["None bind it or its campaign."])
    return block(
        "Validation rules",
        ul(".stack")[
            (
                li[
                    link(each.get("name") or each["id"], f"/validation-rules/{each['id']}"),
                    span(".muted")[f" binds {whose.lower()}"],
                ]
                for whose, each in rules
            )
        ],
    )


def _held(row: Row, sessions: Sequence[Row], visit: Visit) -> Node:
    """The sessions that hold something of it."""
    if not sessions:
        return None
    show = visit.show
    held = []
    for each in sessions:
        holds: Row = next((hold for hold in each["holds"] if hold["voucher_id"] == row["id"]), {})
        parts = [f"{show.number(holds.get('quantity') or 0)} redemption"]
        if holds.get("credits"):
            parts.append(show.money(holds["credits"]))
        held.append(
            li[
                link(each["key"], f"/sessions?open={escape_segment(each['key'])}"),
                span(".muted")[f" holds {', '.join(parts)} until "],
                show.when(each["expires_at"]),
            ]
        )
    return block(
        "Held by sessions",
        ul(".stack")[held],
        visit.may("sessions.release")
        and div(".row")[dialog_button("Release sessions", "voucher-release", ".small", "undo")],
    )


def _history(row: Row) -> Node:
    """What happened with it; asked for by itself, since it is several lists."""
    return div(
        {
            "hx-get": f"/vouchers/{row['id']}/history",
            "hx-trigger": "load",
            "hx-target": "this",
            "hx-swap": "outerHTML",
            "hx-push-url": "false",
        }
    )[block("History", p(".muted")["Looking it up"])]


def _pictures(row: Row) -> Node:
    assets = row.get("assets") or {}
    kinds = [("qr", "QR code"), ("barcode", "Barcode")]
    return block(
        "Pictures of the code",
        div(".row")[
            (
                a(
                    ".qr" if kind == "qr" else ".qr.code128",
                    href=f"/vouchers/{row['id']}/picture/{kind}",
                    target="_blank",
                    rel="noopener",
                    aria_label=f"{said} of {row['code']}, alone",
                )[
                    img(
                        src=f"/vouchers/{row['id']}/picture/{kind}",
                        alt=f"{said} of {row['code']}",
                        loading="lazy",
                    )
                ]
                for kind, said in kinds
                if (assets.get(kind) or {}).get("url")
            )
        ],
    )


def _actions(row: Row, visit: Visit) -> Node:
    if not visit.may("vouchers.write"):
        return visit.may("publications.publish") and _publish(row)
    is_on = row.get("active") is not False
    return fragment[
        a(".btn", href=f"/vouchers/{row['id']}/edit")[icon("edit", 14), "Edit"],
        dialog_button("Disable", "voucher-disable", "", "pause")
        if is_on
        else dialog_button("Enable", "voucher-enable", "", "play"),
        visit.may("publications.publish") and _publish(row),
        dialog_button("Delete", "voucher-delete", ".danger", "trash"),
    ]


def _publish(row: Row) -> Node:
    if row.get("type") not in TYPES:
        return None
    return dialog_button("Publish", "voucher-publish", "", "send")
