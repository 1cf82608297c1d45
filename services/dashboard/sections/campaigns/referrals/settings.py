"""What a referral program gives, changed on a page of its own."""

from collections.abc import Mapping
from typing import Final

from htpy import Node, a, fragment
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import Errors, ask_again, form_page
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import head
from services.dashboard.sections.campaigns.making.sections import part
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.referrals.terms import (
    find_own_names,
    names_of,
    place_of,
    read_terms,
    terms_fields,
    values_of,
)
from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_PATH: Final = "/campaigns/{id}/referral-terms"
NAMES: Final = (
    "conversion",
    "event",
    "segment",
    *(
        f"{side}_{each}"
        for side in ("referee", "referrer")
        for each in ("type", "campaign", "amount")
    ),
)


def terms_form(
    row: Row, values: Mapping[str, str], names: Mapping[str, str], errors: Errors | None = None
) -> Node:
    """The fields with what the program has, or what was typed."""
    path = campaign_href(row, "referral-terms")
    again = ask_again(path)
    return form_page(
        path,
        part(
            "rewards",
            "What counts, and for whom",
            terms_fields(values, names, errors or {}, again),
            hint="For friends who come from now on; what was given stays given.",
        ),
        errors=errors,
        cancel=campaign_href(row),
    )


async def _campaign(visit: Visit) -> Row:
    found: Row = await visit.api.get(f"/v1/campaigns/{escape_segment(visit.path('id'))}")
    return found


async def show_terms(visit: Visit) -> Response:
    """The form of a program. Raises ApiFault."""
    row = await _campaign(visit)
    program = row.get("referral_program") or {}
    values = values_of(program)
    names = names_of(program) | await find_own_names(visit, {"segment": values["segment"]})
    title = f"Rewards of {row['name']}"
    content = fragment[
        a(".back", href=campaign_href(row))[icon("left", 14), row["name"]],
        head(title),
        terms_form(row, values, names),
    ]
    return answer_page(visit, title, content)


async def change_terms(visit: Visit) -> Response:
    """The form after something was chosen that other fields depend on."""
    row, values = await _campaign(visit), await _typed(visit)
    return answer_node(terms_form(row, values, await find_own_names(visit, values)))


async def save_terms(visit: Visit) -> Response:
    """Saves them; what is wrong is shown at its field. Raises ApiFault."""
    row, values = await _campaign(visit), await _typed(visit)
    errors: dict[str, str] = {}
    program = read_terms(values, errors)
    if not errors:
        path = f"/v1/campaigns/{escape_segment(str(row['id']))}"
        try:
            key = key_of(await visit.form())
            await visit.api.put(path, {"referral_program": program}, key=key)
        except Refused as fault:
            place = place_of(fault.details)
            errors[place] = fault.beside_field if place else fault.sentence
        else:
            return go_to(visit.request, campaign_href(row), "Saved")
    return answer_node(terms_form(row, values, await find_own_names(visit, values), errors))


async def _typed(visit: Visit) -> dict[str, str]:
    form = await visit.form()
    return {name: str(form.get(name) or "").strip() for name in NAMES}


PAGES: Final = (
    Page(_PATH, show_terms, "campaigns.write"),
    Page(_PATH, save_terms, "campaigns.write", "POST"),
    Page(f"{_PATH}/form", change_terms, "campaigns.write", "POST"),
)
