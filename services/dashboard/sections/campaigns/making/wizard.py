"""The form of a new campaign: one form, whose steps have addresses and whose parts depend on what is chosen."""

from collections.abc import Mapping
from typing import Final

from htpy import Node, fragment, span
from starlette.responses import Response

from services.dashboard.parts.forms import Errors, field_switch, idempotency
from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.making import sections
from services.dashboard.sections.campaigns.making.bodies import field_of_fault, new_campaign
from services.dashboard.sections.campaigns.making.draft import (
    Draft,
    new_draft,
    read_draft,
    template_of,
)
from services.dashboard.sections.campaigns.making.frame import making_form
from services.dashboard.sections.campaigns.making.names import find_names
from services.dashboard.sections.campaigns.making.telling import told_part
from services.dashboard.sections.campaigns.making.terms import when_fields, who_fields
from services.dashboard.sections.campaigns.making.trying import PATH as TRY_PATH
from services.dashboard.sections.campaigns.making.trying import trial_part, try_draft
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import ApiFault, Refused, Unreachable, ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

PATH: Final = "/campaigns/new"


def steps(draft: Draft) -> list[tuple[str, str]]:
    """The steps, each at its address within the page."""
    items = (
        ("type", "What it is"),
        ("gives", "What it gives"),
        ("codes", "Codes"),
        ("who", "Who and when"),
        ("review", "Look it over"),
    )
    is_promotion = template_of(draft).kind == "PROMOTION"
    return [each for each in items if not (is_promotion and each[0] == "codes")]


def wizard(
    draft: Draft,
    show: Show,
    *,
    errors: Errors | None = None,
    names: Mapping[str, str] | None = None,
    key: str | None = None,
    may_try: bool = True,
) -> Node:
    """The whole form as it stands, with what is wrong at its fields."""
    wrong, called = errors or {}, names or {}
    body = new_campaign(draft, show).body
    kind = template_of(draft).kind
    has_codes, is_program = kind != "PROMOTION", kind == "LOYALTY_PROGRAM"
    parts = fragment[
        sections.type_part(draft, wrong),
        sections.gives_part(draft, wrong, called),
        sections.codes_part(draft, wrong),
        sections.part(
            "who",
            "Who and when",
            when_fields(draft, wrong, show),
            who_fields(
                draft,
                wrong,
                called,
                with_rules=True,
                with_codes=has_codes,
                is_program=is_program,
            ),
        ),
        sections.part(
            "review",
            "Look it over",
            field_switch(
                "active",
                "Switch it on at once",
                is_on=draft.has("active"),
                hint="Else it waits until somebody switches it on",
            ),
            may_try and not is_program and trial_part(draft, called),
            hint="What you make is told in words beside the form, with what one may regret.",
        ),
    ]
    told = told_part(draft, body, called, show)
    return making_form(PATH, idempotency(key), steps(draft), parts, told, wrong)


async def show_wizard(visit: Visit) -> Response:
    """The form as it begins; `template` in the address chooses one."""
    draft = new_draft(visit.request.query_params.get("template", ""))
    return _answer(visit, wizard(draft, visit.show, may_try=_may_try(visit)))


async def change_wizard(visit: Visit) -> Response:
    """The form after something was chosen that other fields depend on."""
    form_ = await visit.form()
    draft = _moved(read_draft(form_), form_.get("add_tier"), form_.get("drop_tier"))
    names = await find_names(visit, draft)
    key = str(form_.get("idempotency_key") or "") or None
    return answer_node(wizard(draft, visit.show, names=names, key=key, may_try=_may_try(visit)))


def _moved(draft: Draft, added: object, dropped: object) -> Draft:
    tiers: list[dict[str, str]] = draft.tiers
    if added:
        return draft.with_tiers([*tiers, {"tier_kind": "PERCENT"}])
    if isinstance(dropped, str):
        left = read_whole(dropped)
        return draft.with_tiers([each for at, each in enumerate(tiers) if at != left])
    return draft


async def tell_draft(visit: Visit) -> Response:
    """The words beside the form, after something was filled in."""
    draft = read_draft(await visit.form())
    names = await find_names(visit, draft)
    body = new_campaign(draft, visit.show).body
    return answer_node(told_part(draft, body, names, visit.show))


async def make_campaign(visit: Visit) -> Response:
    """Makes it; what is wrong is shown at its field, with everything as it was typed."""
    form_ = await visit.form()
    draft, key = read_draft(form_), str(form_.get("idempotency_key") or "")
    made = new_campaign(draft, visit.show)
    errors = dict(made.errors)
    code = draft["code"] if template_of(draft).name == "generic" else ""
    if code and not errors and await _is_taken(visit, code):
        errors["code"] = "There is a voucher of this code already"
    if not errors:
        try:
            row = await visit.api.post("/v1/campaigns", made.body, key=key or None)
        except Refused as fault:
            place = field_of_fault(fault)
            errors[place] = fault.beside_field if place else fault.sentence
            key = ""
        except Unreachable as fault:
            # nothing that was typed is lost, and sent once more it is the same request
            errors[""] = f"{fault.sentence}. Send it once more in a moment."
        else:
            return await _go_on(visit, str(row["id"]), code, key)
    names = await find_names(visit, draft)
    shown = wizard(
        draft, visit.show, errors=errors, names=names, key=key or None, may_try=_may_try(visit)
    )
    return _answer(visit, shown)


async def _is_taken(visit: Visit, code: str) -> bool:
    if not visit.may("vouchers.read"):
        return False
    return await ask_quietly(visit.api.get(f"/v1/vouchers/{escape_segment(code)}")) is not None


async def _go_on(visit: Visit, campaign: str, code: str, key: str) -> Response:
    said, address = "Made", f"/campaigns/{escape_segment(campaign)}"
    if code:
        path = f"/v1/campaigns/{escape_segment(campaign)}/vouchers/{escape_segment(code)}"
        try:
            await visit.api.post(path, {}, key=f"{key}-code" if key else None)
        except ApiFault as fault:
            said = f"The campaign is made, its code is not: {fault.sentence}"
    return go_to(visit.request, address, said)


def _may_try(visit: Visit) -> bool:
    return visit.may("campaigns.write")


def _answer(visit: Visit, shown: Node) -> Response:
    lead = span["Nothing is made before the last button."]
    return answer_page(visit, "New campaign", fragment[head("New campaign", lead), shown])


PAGES: Final = (
    Page(PATH, show_wizard, "campaigns.write"),
    Page(PATH, make_campaign, "campaigns.write", "POST"),
    Page(f"{PATH}/form", change_wizard, "campaigns.write", "POST"),
    Page(f"{PATH}/told", tell_draft, "campaigns.write", "POST"),
    Page(TRY_PATH, try_draft, "campaigns.write", "POST"),
)
