"""The address of stacking rules: the form, saving in two steps, the defaults, trying a stack."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from htpy import div, fragment, span
from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import confirm_dialog, dialog_button, head, tabs
from services.dashboard.sections.categories.pages import read_categories
from services.dashboard.sections.redemptions.fields import TABS
from services.dashboard.sections.rules.cart import read_cart
from services.dashboard.sections.rules.form_text import text_of
from services.dashboard.sections.stacking.terms import (
    DEFAULTS,
    Categories,
    Terms,
    changes_between,
    read_terms,
    terms_of,
)
from services.dashboard.sections.stacking.view import (
    PATH,
    TRY,
    review_view,
    stack_view,
    stacking_form,
    terms_view,
    written,
)
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, field_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

TITLE: Final = "Stacking rules"
REDEEMABLES_MAX: Final = 30


async def show_rules(visit: Visit) -> Response:
    """The form with the rules that hold."""
    stored, categories = await asyncio.gather(_ask_stored(visit), _ask_categories(visit))
    can_write = visit.may("project.write")
    content = fragment[
        head(
            TITLE,
            "How the vouchers and promotions of one request go together.",
            can_write and stored is not None and dialog_button("Back to the defaults", "reset"),
        ),
        tabs(TABS, PATH),
        stored is None
        and notice("info", "The defaults hold: this project has no rules of its own."),
        stacking_form(terms_of(stored), categories, can_write=can_write),
        can_write
        and stored is not None
        and confirm_dialog(
            "reset",
            title="Back to the defaults?",
            what_happens="The rules of this project are deleted; the defaults hold from the next request on.",
            action=f"{PATH}/reset",
            do="Back to the defaults",
        ),
    ]
    return answer_page(visit, TITLE, content)


async def save_rules(visit: Visit) -> Response:
    """Tells what would change, and does it once that was seen."""
    form = await visit.form()
    stored, categories = await asyncio.gather(_ask_stored(visit), _ask_categories(visit))
    before = terms_of(stored)
    terms = read_terms(form, before, categories)
    if "apply" not in form or text_of(form, "reviewed") != written(terms):
        review = review_view(changes_between(before, terms, categories), terms)
        return answer_node(terms_view(terms, categories, can_write=True, review=review))
    try:
        await _send(visit, stored, terms, text_of(form, "idempotency_key"))
    except Refused as fault:
        errors = {field_of(fault, DEFAULTS) or "": fault.sentence}
        return answer_node(terms_view(terms, categories, can_write=True, errors=errors))
    return go_to(visit.request, PATH, "Saved")


async def _send(visit: Visit, stored: Mapping[str, Any] | None, terms: Terms, key: str) -> None:
    body = {name: value for name, value in terms.items() if value is not None}
    path = _path(visit)
    if stored is None:
        await visit.api.post(path, body, key=key or None)
    else:
        await visit.api.put(f"{path}/{escape_segment(str(stored['id']))}", body)


async def reset(visit: Visit) -> Response:
    """Deletes the rules of the project."""
    stored = await _ask_stored(visit)
    if stored is not None:
        await visit.api.delete(f"{_path(visit)}/{escape_segment(str(stored['id']))}")
    return go_to(visit.request, PATH, "The defaults hold")


async def try_stack(visit: Visit) -> Response:
    """What a stack would do under the rules of the form."""
    form = await visit.form()
    stored, categories = await asyncio.gather(_ask_stored(visit), _ask_categories(visit))
    terms = read_terms(form, terms_of(stored), categories)
    redeemables = _redeemables(form)
    if not redeemables:
        return answer_node(div(".muted")["Choose vouchers or tiers to try."])
    rules = {name: value for name, value in terms.items() if value is not None}
    try:
        body = {"stacking_rules": rules, "redeemables": redeemables, "cart": read_cart(form)}
        found = await visit.api.post("/v1/stacking-rules/try", body)
    except ValueError as fault:
        return answer_node(notice("bad", str(fault)))
    except Refused as fault:
        return answer_node(notice("bad", span[fault.sentence]))
    names = await _name_tiers(
        visit, [each["id"] for each in redeemables if each["object"] != "voucher"]
    )
    return answer_node(stack_view(found, names, visit.show))


def _redeemables(form: FormData) -> list[dict[str, str]]:
    vouchers = [{"object": "voucher", "id": str(each)} for each in form.getlist("try_vouchers")]
    tiers = [{"object": "promotion_tier", "id": str(each)} for each in form.getlist("try_tiers")]
    return [*vouchers, *tiers][:REDEEMABLES_MAX]


async def _name_tiers(visit: Visit, ids: list[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for each in ids:
        try:
            found = await visit.api.get(f"/v1/promotions/tiers/{escape_segment(each)}")
        except Refused:
            continue
        names[each] = str(found.get("name") or each)
    return names


def _path(visit: Visit) -> str:
    return f"/management/v1/projects/{escape_segment(visit.project.id)}/stacking-rules"


async def _ask_stored(visit: Visit) -> Mapping[str, Any] | None:
    """The rules of the project's own; None: the defaults hold."""
    body = await visit.api.get(_path(visit))
    rows = body.get("data") or []
    return rows[0] if rows else None


async def _ask_categories(visit: Visit) -> Categories:
    if not visit.may("categories.read"):
        return []
    return await read_categories(visit)


PAGES: Final = (
    Page(PATH, show_rules, "project.read"),
    Page(PATH, save_rules, "project.write", "POST"),
    Page(f"{PATH}/reset", reset, "project.write", "POST"),
    Page(TRY, try_stack, "project.read", "POST"),
)
