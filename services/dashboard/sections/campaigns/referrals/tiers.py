"""Rewards by number: from so many conversions on, a referrer is given this for each."""

from typing import Any, Final

from htpy import Node, a, div, fragment, li, ol, p, section, small, span
from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import Errors, ask_again, field_text, form_page
from services.dashboard.parts.icons import icon
from services.dashboard.parts.numbers import read_count
from services.dashboard.parts.page import confirm_dialog, dialog_button, head
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.frame import tab_page
from services.dashboard.sections.campaigns.making.sections import part
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.prize_fields import (
    prize_fields,
    prize_names,
    prize_values,
    read_prize,
)
from services.dashboard.sections.campaigns.prizes import say_prize
from services.dashboard.sections.campaigns.referrals.terms import find_own_names
from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_PATH: Final = "/campaigns/{id}/referral-tiers"
_NAMES: Final = ("conversions", "banner", "prize_type", "prize_amount", "prize_campaign")


def _api_path(row: Row, tier: str = "") -> str:
    path = f"/v1/referrals/{escape_segment(str(row['id']))}/tiers"
    return f"{path}/{escape_segment(tier)}" if tier else path


async def tiers_tab(visit: Visit, row: Row) -> Node:
    """The tiers as a ladder. Raises ApiFault."""
    found = await visit.api.get(_api_path(row))
    return tiers_part(visit, row, found.get("data") or [])


def tiers_part(visit: Visit, row: Row, tiers: list[Row]) -> Node:
    """The same of what was answered."""
    may, show = visit.may("campaigns.write"), visit.show
    program = row.get("referral_program") or {}
    usual = say_prize(program.get("referrer_reward"), show)
    return fragment[
        section(".card.pad.stack", aria_label="Rewards by number")[
            div(".row")[
                p(".muted")[
                    f"Who brings a friend gets {usual}. From a number of friends on, what stands here is given instead, for each."
                ],
                span(".spacer"),
                may
                and a(".btn.primary", href=campaign_href(row, "referral-tiers/new"))[
                    icon("plus", 14), "Add a tier"
                ],
            ],
            ol(".ladder")[(_rung(row, each, show, may=may) for each in tiers)]
            if tiers
            else p(".muted")["There is none: everybody gets the same."],
        ],
        may and (_delete_dialog(row, each) for each in tiers),
    ]


def _terms(tier: Row) -> Row:
    found: Row = tier.get("parameters") or {}
    return found


def _rung(row: Row, tier: Row, show: Show, *, may: bool) -> Node:
    terms, name = _terms(tier), str(tier["id"])
    said = f"From {show.number(terms.get('conversions'))} friends on: {say_prize(terms.get('reward'), show)}"
    return li[
        div[said, tier.get("banner") and small(".muted")[" ", tier["banner"]]],
        div(".row")[
            may
            and a(
                ".btn.quiet.small",
                href=campaign_href(row, f"referral-tiers/{escape_segment(name)}/edit"),
            )[icon("edit", 13), "Edit"],
            may and dialog_button("Delete", f"delete-{name}", ".quiet.small", "trash"),
        ],
    ]


def _delete_dialog(row: Row, tier: Row) -> Node:
    name = str(tier["id"])
    return confirm_dialog(
        f"delete-{name}",
        title=f"Delete the tier from {_terms(tier).get('conversions')} friends on?",
        what_happens="From now on the tier below it counts, or the reward of the program. What was given stays given.",
        action=campaign_href(row, f"referral-tiers/{escape_segment(name)}/delete"),
        do="Delete",
    )


def _values(tier: Row | None) -> dict[str, str]:
    if tier is None:
        return {"prize_type": "LOYALTY_CARD"}
    terms = _terms(tier)
    return {
        "conversions": str(terms.get("conversions") or ""),
        "banner": str(tier.get("banner") or ""),
        **prize_values("prize", terms.get("reward")),
    }


def _form(
    row: Row, tier: str, values: dict[str, str], names: dict[str, str], errors: Errors | None = None
) -> Node:
    path = campaign_href(row, f"referral-tiers/{tier}/edit" if tier else "referral-tiers/new")
    wrong = errors or {}
    again = ask_again(path)
    return form_page(
        path,
        part(
            "tier",
            "Tier",
            field_text(
                "conversions",
                "From so many friends on",
                values.get("conversions"),
                errors=wrong,
                inputmode="numeric",
                autocomplete="off",
                required=True,
            ),
            prize_fields(
                "prize",
                values,
                names,
                wrong,
                again,
                label="Each brings the referrer",
                none="Choose",
            ),
            field_text(
                "banner",
                "Banner",
                values.get("banner"),
                hint="What customers are told",
                errors=wrong,
            ),
        ),
        errors=errors,
        cancel=campaign_href(row, "referral-tiers"),
    )


async def _campaign(visit: Visit) -> Row:
    found: Row = await visit.api.get(f"/v1/campaigns/{escape_segment(visit.path('id'))}")
    return found


async def show_form(visit: Visit) -> Response:
    """The form of a new tier, or of one that there is. Raises ApiFault."""
    row, tier = await _campaign(visit), visit.request.path_params.get("tier")
    found = await visit.api.get(_api_path(row, str(tier))) if tier else None
    names = prize_names(_terms(found).get("reward")) if found else {}
    title = "Edit a tier" if found else "Add a tier"
    content = fragment[
        a(".back", href=campaign_href(row, "referral-tiers"))[icon("left", 14), row["name"]],
        head(title),
        _form(row, str(tier or ""), _values(found), names),
    ]
    return answer_page(visit, title, content)


async def change_form(visit: Visit) -> Response:
    """The form after another kind of reward was chosen."""
    row, values = await _campaign(visit), _typed(await visit.form())
    tier = str(visit.request.path_params.get("tier") or "")
    return answer_node(_form(row, tier, values, await find_own_names(visit, values)))


def _typed(form: FormData) -> dict[str, str]:
    return {name: str(form.get(name) or "").strip() for name in _NAMES}


async def save(visit: Visit) -> Response:
    """Adds or changes a tier; what is wrong is shown at its field. Raises ApiFault."""
    row, form = await _campaign(visit), await visit.form()
    tier, values = str(visit.request.path_params.get("tier") or ""), _typed(form)
    errors: dict[str, str] = {}
    body = _body(values, errors)
    if not errors:
        try:
            if tier:
                await visit.api.put(_api_path(row, tier), body, key=key_of(form))
            else:
                await visit.api.post(_api_path(row), body, key=key_of(form))
        except Refused as fault:
            errors["conversions" if "conversions" in fault.details else ""] = fault.sentence
        else:
            return go_to(visit.request, campaign_href(row, "referral-tiers"), "Saved")
    return answer_node(_form(row, tier, values, await find_own_names(visit, values), errors))


def _body(values: dict[str, str], errors: dict[str, str]) -> dict[str, Any]:
    count = read_count(values["conversions"])
    if not count:
        errors["conversions"] = "A whole number from 1 on"
    prize = read_prize("prize", values, errors)
    if prize is None:
        errors["prize_type"] = "Choose what is given"
    return {"conversions": count, "reward": prize, "banner": values["banner"] or None}


async def delete(visit: Visit) -> Response:
    """Deletes a tier. Raises ApiFault."""
    row = {"id": visit.path("id")}
    await visit.api.delete(_api_path(row, visit.path("tier")))
    return go_to(visit.request, campaign_href(row, "referral-tiers"), "Deleted")


PAGES: Final = (
    tab_page("referral-tiers", tiers_tab),
    Page(f"{_PATH}/new", show_form, "campaigns.write"),
    Page(f"{_PATH}/new", save, "campaigns.write", "POST"),
    Page(f"{_PATH}/new/form", change_form, "campaigns.write", "POST"),
    Page(f"{_PATH}/{{tier}}/edit", show_form, "campaigns.write"),
    Page(f"{_PATH}/{{tier}}/edit", save, "campaigns.write", "POST"),
    Page(f"{_PATH}/{{tier}}/edit/form", change_form, "campaigns.write", "POST"),
    Page(f"{_PATH}/{{tier}}/delete", delete, "campaigns.write", "POST"),
)
