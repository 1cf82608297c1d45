"""Changing a promotion tier."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, div, fragment, p
from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_checks,
    field_lookup,
    field_text,
    form_page,
    group,
    metadata_fields,
    read_metadata,
)
from services.dashboard.parts.hours import HOUR_FIELDS, HOUR_PATHS, hour_values, read_hours
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.promotions.naming import tier_name
from services.dashboard.sections.vouchers.bodies import drop_same_hours
from services.dashboard.sections.vouchers.form import AGAIN, DAYS, hours_folded, metadata_typed
from services.dashboard.sections.vouchers.giving_form import (
    DISCOUNTS_GIVEN,
    GIVES_FIELDS,
    GIVES_PATHS,
    can_hold,
    gives_as_it_is,
    gives_fields,
    read_discount,
    values_of,
)
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, field_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

KINDS: Final = (*DISCOUNTS_GIVEN, "NOTHING")
_PLAIN: Final = (
    "name",
    "banner",
    "start_date",
    "expiration_date",
    "category_id",
    "metadata",
    *HOUR_FIELDS,
    *GIVES_FIELDS,
)
PATHS: Final[Mapping[str, str]] = {
    **GIVES_PATHS,
    "name": "name",
    "banner": "banner",
    "start_date": "start_date",
    "expiration_date": "expiration_date",
    **HOUR_PATHS,
    "category": "category_id-find",
    "validation_rules": "rules-find",
    "metadata": "metadata",
}


def values_of_tier(row: Row, show: Show) -> dict[str, str]:
    """What the form shows of a tier."""
    categories = row.get("categories") or []
    bound = (row.get("validation_rule_assignments") or {}).get("data") or []
    return (
        {
            "name": str(row.get("name") or ""),
            "banner": str(row.get("banner") or ""),
            "start_date": show.local(row.get("start_date")),
            "expiration_date": show.local(row.get("expiration_date")),
            "days": " ".join(map(str, row.get("validity_day_of_week") or [])),
            "category_id": str(row.get("category_id") or ""),
            "category_name": str(categories[0]["name"]) if categories else "",
            "rules": " ".join(str(each["rule_id"]) for each in bound),
        }
        | hour_values(row)
        | values_of(_discount_of(row))
    )


def _discount_of(row: Row) -> Any:
    return (row.get("action") or {}).get("discount")


def read_values(form: FormData) -> dict[str, str]:
    """What was typed, by field."""
    values = {name: str(form.get(name) or "").strip() for name in _PLAIN}
    values["days"] = " ".join(str(each) for each in form.getlist("days"))
    values["rules"] = " ".join(str(each) for each in form.getlist("rules"))
    return values


def tier_form(
    row: Row,
    values: Mapping[str, str],
    show: Show,
    errors: Errors | None = None,
    key: str | None = None,
) -> Node:
    """The whole form."""
    wrong = errors or {}
    category = values.get("category_id", "")
    return form_page(
        f"/promotion-tiers/{row['id']}/edit",
        group(
            "What it is",
            field_text("name", "Name", values.get("name"), errors=wrong, maxlength="512"),
            field_area(
                "banner",
                "Banner",
                values.get("banner"),
                rows=2,
                errors=wrong,
                hint="What customers are told, as 10% off everything",
            ),
        ),
        group(
            "What it takes off",
            gives_fields(values, wrong, show, KINDS, f"{AGAIN}?only=tier")
            if can_hold(_discount_of(row))
            else gives_as_it_is(),
        ),
        group(
            "When",
            div(".fields")[
                _moment("start_date", "Start", values, wrong),
                _moment("expiration_date", "End", values, wrong),
            ],
            field_checks("days", "Only on", DAYS, values.get("days", "").split()),
            hours_folded(values, wrong, row),
            hint=f"In the time zone of the project, {show.zone_name}. Those of its promotion bind it, too.",
        ),
        group(
            "Who and where",
            field_lookup(
                "category_id",
                "Category",
                "category",
                [(category, values.get("category_name") or category)] if category else (),
                errors=wrong,
            ),
            field_lookup(
                "rules",
                "Validation rules",
                "validation-rule",
                [(each, each) for each in values.get("rules", "").split()],
                is_multiple=True,
                errors=wrong,
            ),
            metadata_typed(values["metadata"], wrong)
            if "metadata" in values
            else metadata_fields(row.get("metadata"), wrong),
            p(".muted.small")["A name that is taken out of the metadata stays as null."],
        ),
        errors=wrong or None,
        cancel=f"/promotion-tiers/{row['id']}",
        key=key,
    )


def _moment(name: str, text: str, values: Mapping[str, str], errors: Errors) -> Node:
    return field_text(name, text, values.get(name), errors=errors, kind="datetime-local")


def changed_body(
    values: Mapping[str, str], row: Row, show: Show, errors: dict[str, str]
) -> dict[str, Any]:
    """The body of `PUT /v1/promotions/tiers/{id}`: what differs from how the tier is."""
    before = values_of_tier(row, show)
    changed = {each for each in before if values.get(each, "") != before[each]}
    hours = read_hours(values, errors)
    drop_same_hours(hours, before, row)
    body: dict[str, Any] = {
        name: values[name] or None for name in ("name", "banner", "category_id") if name in changed
    }
    body |= hours
    if "name" in body and not body["name"]:
        errors["name"] = "It needs a name."
    for name in changed & {"start_date", "expiration_date"}:
        body[name] = show.from_local(values[name]) if values[name] else None
        if values[name] and body[name] is None:
            errors[name] = "A date and a time."
    if "days" in changed:
        body["validity_day_of_week"] = [
            int(each) for each in values["days"].split() if each in dict(DAYS)
        ] or None
    if "rules" in changed:
        body["validation_rules"] = values["rules"].split()
    if changed & set(GIVES_FIELDS) and can_hold(_discount_of(row)):
        discount = read_discount(values, errors)
        body["action"] = {"discount": discount}
    try:
        metadata = read_metadata(values.get("metadata", ""))
    except ValueError as fault:
        errors["metadata"] = f"This line says nothing: {fault}"
        return body
    gone = {each: None for each in row.get("metadata") or {} if each not in metadata}
    return body | {"metadata": gone | metadata}


async def _tier(visit: Visit) -> Row:
    found: Row = await visit.api.get(f"/v1/promotions/tiers/{escape_segment(visit.path('id'))}")
    return found


async def show_edit(visit: Visit) -> Response:
    """The form of a tier."""
    row = await _tier(visit)
    content = fragment[
        head(f"Edit {tier_name(row)}", "What you leave as it is, stays so."),
        tier_form(row, values_of_tier(row, visit.show), visit.show),
    ]
    return answer_page(visit, f"Edit {tier_name(row)}", content)


async def save(visit: Visit) -> Response:
    """Changes it; what is wrong is told at its field."""
    row, form = await _tier(visit), await visit.form()
    values, errors = read_values(form), dict[str, str]()
    key = str(form.get("idempotency_key") or "") or None
    body = changed_body(values, row, visit.show, errors)
    if not errors:
        try:
            await visit.api.put(f"/v1/promotions/tiers/{row['id']}", body, key=key)
        except Refused as fault:
            found = field_of(fault, PATHS)
            errors[PATHS[found] if found else ""] = fault.sentence
        else:
            return go_to(visit.request, f"/promotion-tiers/{row['id']}", "Saved")
    return answer_node(tier_form(row, values, visit.show, errors, key))


PAGES: Final = (
    Page("/promotion-tiers/{id}/edit", show_edit, "promotions.write"),
    Page("/promotion-tiers/{id}/edit", save, "promotions.write", "POST"),
)
