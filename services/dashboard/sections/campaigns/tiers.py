"""The tiers of a promotion: their ladder, their order, and a new one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, a, b, button, dialog, div, form, fragment, h2, li, ol, p
from htpy import input as input_
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.discounts import say_discount
from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import Errors, field_text, idempotency
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import dialog_button
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.frame import tab_page
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.vouchers.form import AGAIN
from services.dashboard.sections.vouchers.giving_form import (
    DISCOUNTS_GIVEN,
    GIVES_FIELDS,
    GIVES_PATHS,
    gives_fields,
    read_discount,
)
from services.dashboard.web.answers import answer_node, go_to
from services.dashboard.web.asking import Refused, ask_quietly, field_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

LIST_MAX: Final = 100
KINDS: Final = (*DISCOUNTS_GIVEN, "NOTHING")
_TYPED: Final = ("tier_name", "tier_banner", *GIVES_FIELDS)
#: What the API complains of → the field of the form.
_PATHS: Final[Mapping[str, str]] = {**GIVES_PATHS, ".name": "tier_name", ".banner": "tier_banner"}


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
        visit.may("promotions.write") and _new_tier(row, visit.show),
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


def _new_tier(row: Row, show: Show) -> Node:
    return dialog("#new-tier.modal", aria_labelledby="new-tier-title", closedby="any")[
        div(".inner")[
            h2(id="new-tier-title")["New tier"],
            p(".muted")["It comes after the others. Rules and dates are set on its own page."],
            tier_form(row, {}, show),
        ]
    ]


def tier_form(
    row: Row, values: Mapping[str, str], show: Show, errors: Errors | None = None
) -> Node:
    """The form of a new tier with what was typed, and what is wrong at its fields."""
    wrong = errors or {}
    return form(
        "#new-tier-form.stack",
        {
            "hx-post": campaign_href(row, "tiers/new"),
            "hx-target": "this",
            "hx-swap": "outerHTML",
            "hx-push-url": "false",
        },
        aria_label="New tier",
        novalidate=True,
    )[
        idempotency(),
        wrong.get("") and notice("bad", wrong[""]),
        field_text("tier_name", "Name", values.get("tier_name"), errors=wrong, autocomplete="off"),
        field_text(
            "tier_banner",
            "Shown to customers",
            values.get("tier_banner"),
            errors=wrong,
            autocomplete="off",
        ),
        gives_fields(values, wrong, show, KINDS, f"{AGAIN}?only=tier"),
        div(".acts")[
            button(".btn", type="button", commandfor="new-tier", command="close")["Cancel"],
            button(".btn.primary")["Make the tier"],
        ],
    ]


async def make_tier(visit: Visit) -> Response:
    """Makes a tier, and goes on to its page; what is wrong stands at its field."""
    name, form_ = visit.path("id"), await visit.form()
    values = {each: str(form_.get(each) or "").strip() for each in _TYPED}
    errors: dict[str, str] = {}
    discount = read_discount(values, errors)
    body: dict[str, Any] = {"name": values["tier_name"]}
    if not values["tier_name"]:
        errors["tier_name"] = "Give it a name"
    if values["tier_banner"]:
        body["banner"] = values["tier_banner"]
    if discount is not None:
        body["action"] = {"discount": discount}
    if not errors:
        path = f"/v1/promotions/{escape_segment(name)}/tiers"
        key = str(form_.get("idempotency_key") or "") or None
        try:
            made = await visit.api.post(path, body, key=key)
        except Refused as fault:
            found = field_of(fault, _PATHS)
            errors[_PATHS[found] if found else ""] = fault.sentence
        else:
            return go_to(
                visit.request, f"/promotion-tiers/{escape_segment(str(made['id']))}", "Made"
            )
    return answer_node(tier_form({"id": name}, values, visit.show, errors))


PAGES: Final = (
    tab_page("tiers", tiers_tab),
    Page("/campaigns/{id}/tiers", order_tiers, "promotions.write", "POST"),
    Page("/campaigns/{id}/tiers/new", make_tier, "promotions.write", "POST"),
)
