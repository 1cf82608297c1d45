"""The form that changes a campaign."""

from typing import Final

from htpy import Node, a, fragment, p
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_switch,
    form_page,
)
from services.dashboard.sections.campaigns.frame import answer_tab
from services.dashboard.sections.campaigns.gathering import find_campaign
from services.dashboard.sections.campaigns.making import sections
from services.dashboard.sections.campaigns.making.bodies import changed_campaign, field_of_fault
from services.dashboard.sections.campaigns.making.choices import AGAIN, chosen
from services.dashboard.sections.campaigns.making.draft import Draft, read_draft
from services.dashboard.sections.campaigns.making.drafting import draft_of
from services.dashboard.sections.campaigns.making.names import find_names
from services.dashboard.sections.campaigns.making.terms import when_fields, who_fields
from services.dashboard.sections.campaigns.naming import campaign_href, has_codes
from services.dashboard.sections.campaigns.programs.settings import program_parts
from services.dashboard.web.answers import answer_node, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

#: Members of a discount that the form can hold; one with others is left as it is.
_HELD: Final = frozenset(
    {
        "type", "effect", "is_dynamic", "product", "sku", "unit_type", "amount_limit",
        *(
            f"{name}{end}"
            for name in ("percent_off", "amount_off", "fixed_amount", "unit_off")
            for end in ("", "_formula")
        ),
    }
)  # fmt: skip


def can_hold(row: Row) -> bool:
    """Whether the form says what the campaign's codes give, and can say all of it."""
    voucher = row.get("voucher") or {}
    discount = voucher.get("discount")
    if not discount:
        return bool(voucher.get("gift"))
    return set(discount) <= _HELD and not discount.get("units")


def settings_part(
    row: Row, draft: Draft, visit: Visit, names: dict[str, str], errors: Errors | None = None
) -> Node:
    """The form with what the campaign has, or what was typed."""
    wrong = errors or {}
    is_program = row.get("campaign_type") == "LOYALTY_PROGRAM"
    return form_page(
        campaign_href(row, "settings"),
        _given(row, draft, wrong, names),
        sections.part(
            "who",
            "Who and when",
            when_fields(draft, wrong, visit.show, row),
            who_fields(
                draft,
                wrong,
                names,
                with_rules=False,
                with_codes=has_codes(row) or is_program,
                is_program=is_program,
            ),
            (has_codes(row) or is_program)
            and field_switch(
                "grows",
                "Make a card for whoever joins"
                if is_program
                else "Make more codes when they are given out and none is left",
                is_on=draft.has("grows"),
            ),
            hint="Dates, days and hours bind all of it at once, also what was given out.",
        ),
        errors=wrong,
        cancel=campaign_href(row),
    )


def _given(row: Row, draft: Draft, errors: Errors, names: dict[str, str]) -> Node:
    again = AGAIN | {
        "hx-post": campaign_href(row, "settings/form"),
        "hx-target": "#form",
    }
    kind = row.get("campaign_type")
    gives: Node = None
    if kind == "LOYALTY_PROGRAM":
        return program_parts(row, draft.values, errors, again)
    if kind == "GIFT_VOUCHERS":
        gives = sections.gift_fields(draft, errors)
    elif can_hold(row):
        gives = sections.discount_fields(draft, errors, chosen(names, draft["unit"]), again)
    elif (row.get("voucher") or {}).get("discount"):
        gives = p(".muted")["What it gives has parts that only the API changes."]
    return fragment[
        sections.part(
            "about",
            "About",
            p[f"Its name, {row['name']}, stays as it is."],
            field_area("description", "Description", draft["description"], errors=errors, rows=2),
        ),
        gives
        and sections.part(
            "gives",
            "What it gives",
            gives,
            kind == "REFERRAL_PROGRAM"
            and p[
                a(".link", href=campaign_href(row, "referral-terms"))[
                    "When a friend counts, and what both get besides"
                ]
            ],
            hint="For codes that are made from now on; those that there are keep what they give.",
        ),
    ]


async def show_settings(visit: Visit) -> Response:
    """The form as the campaign is."""
    row = await find_campaign(visit, visit.path("id"))
    draft = draft_of(row, visit.show)
    names = await find_names(visit, draft)
    return answer_tab(visit, row, "settings", settings_part(row, draft, visit, names))


async def change_settings(visit: Visit) -> Response:
    """The form after something was chosen that other fields depend on."""
    row = await find_campaign(visit, visit.path("id"))
    draft = read_draft(await visit.form())
    return answer_node(settings_part(row, draft, visit, await find_names(visit, draft)))


async def save_settings(visit: Visit) -> Response:
    """Saves them; what is wrong is shown at its field."""
    row = await find_campaign(visit, visit.path("id"))
    form = await visit.form()
    draft, before = read_draft(form), draft_of(row, visit.show)
    kind = str(row.get("campaign_type"))
    made = changed_campaign(draft, before, visit.show, kind, gives=can_hold(row))
    errors = dict(made.errors)
    if not errors:
        path = f"/v1/campaigns/{escape_segment(str(row['id']))}"
        try:
            await visit.api.put(path, made.body, key=str(form.get("idempotency_key") or "") or None)
        except Refused as fault:
            place = field_of_fault(fault)
            errors[place] = fault.beside_field if place else fault.sentence
        else:
            return go_to(visit.request, campaign_href(row, "settings"), "Saved")
    shown = settings_part(row, draft, visit, await find_names(visit, draft), errors)
    return answer_node(shown) if visit.is_part else answer_tab(visit, row, "settings", shown)


PAGES: Final = (
    Page("/campaigns/{id}/settings", show_settings, "campaigns.write"),
    Page("/campaigns/{id}/settings", save_settings, "campaigns.write", "POST"),
    Page("/campaigns/{id}/settings/form", change_settings, "campaigns.write", "POST"),
)
