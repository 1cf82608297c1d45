"""The tiers of a promotion: their ladder, their order, and a new one."""

from collections.abc import Sequence
from typing import Final

from htpy import Node, a, b, button, dialog, div, form, fragment, h2, li, ol, p
from htpy import input as input_
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.discounts import say_discount
from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import field_choice, field_text, idempotency
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import dialog_button
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.frame import tab_page
from services.dashboard.sections.campaigns.making.bodies import tier_body
from services.dashboard.sections.campaigns.making.draft import TIER_FIELDS
from services.dashboard.sections.campaigns.making.sections import TIER_KINDS
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.web.answers import answer_node, go_to
from services.dashboard.web.asking import Refused, ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

LIST_MAX: Final = 100


async def tiers_tab(visit: Visit, row: Row) -> Node:
    """The tiers of a promotion, in their order. Raises ApiFault."""
    path = f"/v1/promotions/{escape_segment(str(row['id']))}/tiers"
    body = await visit.api.get(path, {"limit": str(LIST_MAX)})
    tiers = body.get("tiers") or []
    ids = ",".join(str(each["id"]) for each in tiers)
    numbers = (
        await ask_quietly(visit.api.get("/v1/analytics/summaries", {"by": "tier", "ids": ids}))
        if ids and visit.may("analytics.read")
        else None
    )
    told = {str(each["id"]): each for each in (numbers or {}).get("data") or []}
    return tiers_part(visit, row, tiers, told, has_more=bool(body.get("has_more")))


def tiers_part(
    visit: Visit, row: Row, tiers: Sequence[Row], told: dict[str, Row], *, has_more: bool = False
) -> Node:
    """The ladder of tiers; those with the privilege move them."""
    may = visit.may("promotions.write") and not has_more
    return fragment[
        div(".row")[
            p(".muted")["Tried from the first to the last."],
            div(".spacer"),
            visit.may("promotions.write")
            and dialog_button("New tier", "new-tier", ".primary", "plus"),
        ],
        visit.may("promotions.write") and _new_tier(row),
        ol(".ladder", aria_label="Tiers in their order")[
            (_tier(row, tiers, at, told, visit.show, may) for at in range(len(tiers)))
        ]
        if tiers
        else notice("info", "No tiers yet: the promotion gives nothing so far."),
        has_more and p(".muted")["The first 100 are shown."],
    ]


def _tier(
    row: Row, tiers: Sequence[Row], at: int, told: dict[str, Row], show: Show, may: bool
) -> Node:
    tier = tiers[at]
    ids = [str(each["id"]) for each in tiers]
    numbers = told.get(ids[at]) or {}
    redeemed = numbers.get("redemptions_succeeded")
    given = numbers.get("discounted_amount")
    return li[
        div[
            a(".link", href=f"/promotion-tiers/{escape_segment(ids[at])}")[b[tier["name"]]],
            " ",
            None if tier.get("active") is not False else badge("Off"),
            p(".muted")[
                say_discount((tier.get("action") or {}).get("discount"), show),
                tier.get("banner") and f" · {tier['banner']}",
                redeemed is not None
                and f" · redeemed {show.number(redeemed)} times, {show.money(given)} given",
            ],
        ],
        may
        and div(".acts")[
            _move(row, ids, at, -1, f"Move {tier['name']} up") if at else None,
            _move(row, ids, at, 1, f"Move {tier['name']} down") if at + 1 < len(ids) else None,
        ],
    ]


def _move(row: Row, ids: Sequence[str], at: int, step: int, said: str) -> Node:
    order = list(ids)
    order[at], order[at + step] = order[at + step], order[at]
    return form(".plain", {"hx-post": campaign_href(row, "tiers"), "hx-swap": "none"})[
        idempotency(),
        (input_(type="hidden", name="order", value=each) for each in order),
        button(".btn.quiet.icon.small", aria_label=said)[icon("up" if step < 0 else "down", 14)],
    ]


async def order_tiers(visit: Visit) -> Response:
    """Puts the tiers into another order."""
    name, form_ = visit.path("id"), await visit.form()
    ids = [str(each) for each in form_.getlist("order")][:LIST_MAX]
    if not ids:
        raise Refused(400, {"message": "The order names no tier"})
    path = f"/v1/promotions/{escape_segment(name)}/tiers/order"
    await visit.api.put(path, {"ids": ids}, key=str(form_.get("idempotency_key") or "") or None)
    return go_to(visit.request, f"/campaigns/{escape_segment(name)}/tiers", "Moved")


def _new_tier(row: Row) -> Node:
    return dialog("#new-tier.modal", aria_labelledby="new-tier-title", closedby="any")[
        form(
            {
                "hx-post": campaign_href(row, "tiers/new"),
                "hx-target": "#new-tier-result",
                "hx-swap": "innerHTML",
                "hx-push-url": "false",
            },
            aria_label="New tier",
        )[
            idempotency(),
            h2(id="new-tier-title")["New tier"],
            p(".muted")["It comes after the others. Rules and dates are set on its own page."],
            field_text("tier_name", "Name", required=True, autocomplete="off"),
            field_text("tier_banner", "Shown to customers", autocomplete="off"),
            div(".fields")[
                field_choice("tier_kind", "Gives", TIER_KINDS),
                field_text("tier_value", "How much", inputmode="decimal", autocomplete="off"),
            ],
            div("#new-tier-result", aria_live="polite"),
            div(".acts")[
                button(".btn", type="button", commandfor="new-tier", command="close")["Cancel"],
                button(".btn.primary")["Make the tier"],
            ],
        ]
    ]


async def make_tier(visit: Visit) -> Response:
    """Makes a tier, and goes on to its page."""
    name, form_ = visit.path("id"), await visit.form()
    errors: dict[str, str] = {}
    body = tier_body({each: str(form_.get(each) or "") for each in TIER_FIELDS}, 0, errors)
    if errors:
        return answer_node(notice("bad", ". ".join(errors.values()).replace("the tier 1", "it")))
    path = f"/v1/promotions/{escape_segment(name)}/tiers"
    try:
        made = await visit.api.post(path, body, key=str(form_.get("idempotency_key") or "") or None)
    except Refused as fault:
        return answer_node(fragment[notice("bad", fault.sentence), idempotency()])
    return go_to(visit.request, f"/promotion-tiers/{escape_segment(str(made['id']))}", "Made")


PAGES: Final = (
    tab_page("tiers", tiers_tab),
    Page("/campaigns/{id}/tiers", order_tiers, "promotions.write", "POST"),
    Page("/campaigns/{id}/tiers/new", make_tier, "promotions.write", "POST"),
)
