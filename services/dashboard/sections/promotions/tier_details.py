"""One promotion tier: what it says, what it takes off, when, how it did, and what can be done with it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from htpy import Node, a, b, blockquote, button, div, form, fragment, li, span, ul

from services.dashboard.parts.charts import Series, chart
from services.dashboard.parts.facts import (
    block,
    code_text,
    facts,
    link,
    metadata_facts,
    not_known,
    raw_block,
)
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.promotions.naming import (
    campaign_link,
    campaign_names,
    category_name,
    tier_badge,
    tier_given,
    tier_name,
)
from services.dashboard.sections.vouchers.giving import DISCOUNTS, say_effect, say_hours
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

BACK: Final = ("Promotion tiers", "/promotion-tiers")
PLACE: Final = "#drawer, #details"
#: As many sets of rules as one list of the API holds.
RULES_MAX: Final = 100
_METRICS: Final = "redemptions_succeeded,discount_amount"


async def tell_tier(visit: Visit, key: str) -> Details:
    """One of them, with the name of its promotion, its rules and its last thirty days."""
    row = await visit.api.get(f"/v1/promotions/tiers/{escape_segment(key)}")
    names, rules, series = await asyncio.gather(
        campaign_names(visit, [row.get("campaign_id")]),
        ask_quietly(_ask_rules(visit, row)),
        ask_quietly(_ask_series(visit, row)),
    )
    named = {**row, "campaign_name": names.get(str(row.get("campaign_id")))}
    return tier_details(visit, named, rules, series or [])


async def _ask_rules(visit: Visit, row: Row) -> Sequence[Row]:
    bound = (row.get("validation_rule_assignments") or {}).get("data") or []
    ids = [each["rule_id"] for each in bound]
    if not ids or not visit.may("rules.read"):
        return []
    some = [("limit", str(RULES_MAX)), *(("ids", each) for each in ids)]
    body = await visit.api.get("/v1/validation-rules", some)
    found: Sequence[Row] = body["data"]
    return found


async def _ask_series(visit: Visit, row: Row) -> Sequence[Mapping[str, Any]]:
    if not visit.may("analytics.read"):
        return []
    params = {"tier": str(row["id"]), "interval": "day", "metrics": _METRICS}
    body = await visit.api.get("/v1/analytics/timeseries", params)
    found: Sequence[Mapping[str, Any]] = body["series"][0]["points"]
    return found


def tier_details(
    visit: Visit, row: Row, rules: Sequence[Row] | None, points: Sequence[Mapping[str, Any]]
) -> Details:
    """The same of what was answered."""
    show = visit.show
    return Details(
        title=tier_name(row),
        name=f"Promotion tier {tier_name(row)}",
        href=f"/promotion-tiers/{row['id']}",
        badge=tier_badge(row, datetime.now(UTC), visit.show.zone),
        body=fragment[
            row.get("banner")
            and block("What customers are told", blockquote(".sentence")[row["banner"]]),
            _effect(row, show),
            _terms(row, show),
            _summary(row, show),
            points and _series(points, show),
            _rules(rules, visit),
            block("Metadata", metadata_facts(row.get("metadata"))),
            raw_block(row, f"/v1/promotions/tiers/{row['id']}", "The tier"),
        ],
        actions=visit.may("promotions.write") and _actions(row),
        dialogs=visit.may("promotions.write") and _dialogs(row),
    )


def _effect(row: Row, show: Show) -> Node:
    discount = (row.get("action") or {}).get("discount") or {}
    return block(
        "What it takes off",
        facts(
            ("Gives", b[tier_given(row, show)]),
            ("Kind", DISCOUNTS.get(str(discount.get("type")), "None")),
            ("Taken", say_effect(discount)) if discount.get("effect") else None,
            ("At most in all", show.money(discount["aggregated_amount_limit"]))
            if discount.get("aggregated_amount_limit")
            else None,
        ),
    )


def _terms(row: Row, show: Show) -> Node:
    return block(
        "Terms",
        facts(
            ("Promotion", campaign_link(row)),
            ("Place", f"{show.number(row.get('hierarchy'))} in its promotion"),
            ("Category", category_name(row)),
            ("Valid", show.period(row.get("start_date"), row.get("expiration_date"))),
            *say_hours(row),
            ("Id", code_text(row["id"])),
            ("Created", show.when(row.get("created_at"))),
            ("Updated", show.when(row.get("updated_at"))) if row.get("updated_at") else None,
        ),
    )


def _summary(row: Row, show: Show) -> Node:
    told = row.get("summary") or {}
    redemptions, orders = told.get("redemptions") or {}, told.get("orders") or {}
    return block(
        "So far",
        facts(
            ("Redeemed", show.number(redemptions.get("total_redeemed") or 0)),
            ("Orders came to", show.money(orders.get("total_amount") or 0)),
            ("Discount given", show.money(orders.get("total_discount_amount") or 0)),
        ),
        action=link("Its redemptions", f"/redemptions?f=related_object_id:is:{row['id']}"),
    )


def _series(points: Sequence[Mapping[str, Any]], show: Show) -> Node:
    moments = [str(each["at"]) for each in points]
    return chart(
        "Redeemed a day, last 30 days",
        "bars",
        moments,
        [Series("Redeemed", 1, [each.get("redemptions_succeeded") for each in points])],
        show,
    )


def _rules(rules: Sequence[Row] | None, visit: Visit) -> Node:
    if not visit.may("rules.read"):
        return None
    if rules is None:
        return block("Validation rules", not_known())
    if not rules:
        return block(
            "Validation rules", span(".muted")["None of its own; its promotion may have some."]
        )
    return block(
        "Validation rules",
        ul(".stack")[
            (
                li[link(each.get("name") or each["id"], f"/validation-rules/{each['id']}")]
                for each in rules
            )
        ],
    )


def _actions(row: Row) -> Node:
    is_on = row.get("active") is not False
    path = f"/promotion-tiers/{row['id']}"
    return fragment[
        a(".btn", href=f"{path}/edit")[icon("edit", 14), "Edit"],
        dialog_button("Disable", "tier-disable", "", "pause")
        if is_on
        else dialog_button("Enable", "tier-enable", "", "play"),
        div(".acts", role="group", aria_label="Move within its promotion")[
            _move(path, "up", "Move up"), _move(path, "down", "Move down")
        ],
        a(".btn", href=f"/promotion-tiers/order/{row['campaign_id']}")[icon("sort", 14), "Order"],
        dialog_button("Delete", "tier-delete", ".danger", "trash"),
    ]


def _move(path: str, way: str, said: str) -> Node:
    return form(
        ".plain",
        {"hx-post": f"{path}/move", "hx-target": PLACE, "hx-swap": "innerHTML"},
    )[button(".btn.icon", name="way", value=way, aria_label=said)[icon(way, 15)]]


def _dialogs(row: Row) -> Node:
    path, name = f"/promotion-tiers/{row['id']}", tier_name(row)
    return fragment[
        confirm_dialog(
            "tier-disable",
            title=f"Disable {name}?",
            what_happens="It applies to no order until it is enabled again. Other tiers of the promotion go on.",
            action=f"{path}/disable",
            do="Disable",
            target=PLACE,
        ),
        confirm_dialog(
            "tier-enable",
            title=f"Enable {name}?",
            what_happens="It applies from now on, within its dates and rules and those of its promotion.",
            action=f"{path}/enable",
            do="Enable",
            target=PLACE,
            kind=".primary",
        ),
        confirm_dialog(
            "tier-delete",
            title=f"Delete {name}?",
            what_happens="It is gone for good, and its place stays free. Combined promotions go on without it. Redemptions stay listed and can be rolled back.",
            action=f"{path}/delete",
            do="Delete",
        ),
    ]
