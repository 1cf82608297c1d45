"""The addresses of the form of an earning rule: shown, changed as something is chosen, told in words, saved."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import Errors
from services.dashboard.parts.hours import can_hold_hours
from services.dashboard.sections.campaigns.frame import answer_tab
from services.dashboard.sections.campaigns.gathering import find_campaign
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.programs.naming import EARNING, LIST_MAX, program_path
from services.dashboard.sections.campaigns.programs.rule_bodies import (
    PATHS,
    new_values,
    read_values,
    rule_body,
    values_of,
)
from services.dashboard.sections.campaigns.programs.rule_fields import (
    Values,
    rule_form,
    said_part,
    whole,
)
from services.dashboard.sections.campaigns.programs.rule_names import find_rule_names
from services.dashboard.sections.campaigns.programs.rule_words import EVENTS
from services.dashboard.web.answers import answer_node, go_to
from services.dashboard.web.asking import ApiFault, Refused, SignedOut, ask_quietly, field_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment


async def _answer(
    visit: Visit,
    row: Row,
    values: Values,
    rule: Row | None,
    errors: Errors | None = None,
    key: str | None = None,
) -> Response:
    """The form, as a page or in place of the one that was sent."""
    tiers, names = await _tiers(visit, row), await _names(visit, row, values, rule)
    shown = rule_form(row, values, tiers, names, visit.show, rule=rule, errors=errors, key=key)
    return answer_node(shown) if visit.is_part else answer_tab(visit, row, EARNING, shown)


async def _tiers(visit: Visit, row: Row) -> list[Row]:
    path = f"{program_path(row)}/tiers"
    answer = await ask_quietly(visit.api.get(path, {"limit": str(LIST_MAX)}))
    return list((answer or {}).get("data") or [])


async def _names(visit: Visit, row: Row, values: Values, rule: Row | None) -> Mapping[str, str]:
    body = rule_body(whole(values), visit.show, {}, is_new=True)
    rules = [body] if rule is None else [body, rule]
    return await find_rule_names(visit, row, rules, items_max=LIST_MAX)


async def _find(visit: Visit) -> tuple[Row, Row | None]:
    row = await find_campaign(visit, visit.path("id"))
    if "rule" not in visit.request.path_params:
        return row, None
    name = escape_segment(visit.path("rule"))
    return row, await visit.api.get(f"{program_path(row)}/earning-rules/{name}")


async def show_form(visit: Visit) -> Response:
    """The form as the rule is, or of a new one."""
    row, rule = await _find(visit)
    values = new_values() if rule is None else values_of(rule, visit.show)
    return await _answer(visit, row, values, rule)


async def change_form(visit: Visit) -> Response:
    """The form after something was chosen that other fields depend on."""
    row, rule = await _find(visit)
    form = await visit.form()
    key = str(form.get("idempotency_key") or "") or None
    return await _answer(visit, row, _read(form, rule), rule, key=key)


async def tell_rule(visit: Visit) -> Response:
    """The sentence after something was changed."""
    row, rule = await _find(visit)
    values = _read(await visit.form(), rule)
    names = await _names(visit, row, values, rule)
    return answer_node(said_part(row, values, names, visit.show, rule))


def _read(form: Any, rule: Row | None) -> dict[str, str]:
    values = read_values(form)
    if rule is not None:
        event = str(rule.get("event") or "")
        values["event"] = event if event in dict(EVENTS) else ""
    return values


async def save(visit: Visit) -> Response:
    """Makes or changes the rule; what is wrong stands at its field."""
    row, rule = await _find(visit)
    form = await visit.form()
    values, errors = _read(form, rule), dict[str, str]()
    key = str(form.get("idempotency_key") or "") or None
    body = rule_body(values, visit.show, errors, is_new=rule is None)
    if rule is not None and not can_hold_hours(rule):
        body.pop("validity_hours", None)
    path = f"{program_path(row)}/earning-rules"
    if not errors:
        try:
            if rule is None:
                await visit.api.post(path, [body], key=key)
            else:
                await visit.api.put(f"{path}/{rule['id']}", body, key=key)
        except Refused as fault:
            if isinstance(fault, SignedOut):
                raise
            errors = _place_fault(fault)
            key = None
        else:
            return go_to(visit.request, campaign_href(row, EARNING), "Saved")
    return await _answer(visit, row, values, rule, errors, key)


def _place_fault(fault: ApiFault) -> dict[str, str]:
    found = field_of(fault, PATHS)
    return {PATHS[found]: fault.beside_field} if found else {"": fault.sentence}


_NEW: Final = f"/campaigns/{{id}}/{EARNING}/new"
_EDIT: Final = f"/campaigns/{{id}}/{EARNING}/{{rule}}/edit"
PAGES: Final = tuple(
    page
    for place in (_NEW, _EDIT)
    for page in (
        Page(place, show_form, "campaigns.write"),
        Page(place, save, "campaigns.write", "POST"),
        Page(f"{place}/form", change_form, "campaigns.write", "POST"),
        Page(f"{place}/said", tell_rule, "campaigns.write", "POST"),
    )
)
