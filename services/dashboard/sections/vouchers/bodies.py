"""What the form of a voucher holds and says, as the API takes it."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData

from services.dashboard.parts.forms import read_metadata
from services.dashboard.parts.hours import HOUR_FIELDS, can_hold_hours, hour_values, read_hours
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.vouchers.form import DAYS
from services.dashboard.sections.vouchers.giving_form import (
    GIVES_FIELDS,
    can_hold,
    card_values,
    read_count,
    read_gives,
    values_of,
)
from services.dashboard.web.asking import ApiFault, field_of

_PLAIN: Final = (
    "code",
    "pattern",
    "start_date",
    "expiration_date",
    "quantity",
    "category_id",
    "campaign_id",
    "additional_info",
    "metadata",
    *HOUR_FIELDS,
    *GIVES_FIELDS,
)


def read_values(form: FormData) -> dict[str, str]:
    """What was typed, by field; those that come more than once are joined by spaces."""
    values = {name: str(form.get(name) or "").strip() for name in _PLAIN}
    values["days"] = " ".join(str(each) for each in form.getlist("days"))
    values["rules"] = " ".join(str(each) for each in form.getlist("rules"))
    values["is_off"] = str(form.get("is_off") or "")
    return values


def values_of_voucher(row: Row, show: Show) -> dict[str, str]:
    """What the form shows of a voucher that there is."""
    quantity = (row.get("redemption") or {}).get("quantity")
    gives = values_of(row["discount"]) if row.get("discount") else card_values(row)
    return (
        {
            "code": str(row["code"]),
            "start_date": show.local(row.get("start_date")),
            "expiration_date": show.local(row.get("expiration_date")),
            "quantity": "" if quantity is None else str(quantity),
            "category_id": str(row.get("category_id") or ""),
            "category_name": str(row.get("category") or ""),
            "additional_info": str(row.get("additional_info") or ""),
            "days": " ".join(map(str, row.get("validity_day_of_week") or [])),
        }
        | hour_values(row)
        | gives
    )


def read_terms(values: Mapping[str, str], show: Show, errors: dict[str, str]) -> dict[str, Any]:
    """Members of a body that new vouchers and changed ones share; what is wrong goes into `errors`."""
    body: dict[str, Any] = {}
    for name in ("start_date", "expiration_date"):
        typed = values.get(name, "")
        body[name] = show.from_local(typed) if typed else None
        if typed and body[name] is None:
            errors[name] = "A date and a time."
    body["validity_day_of_week"] = [
        int(each) for each in values.get("days", "").split() if each in dict(DAYS)
    ] or None
    body |= read_hours(values, errors)
    body["redemption"] = {"quantity": read_count(values, "quantity", errors)}
    body["category_id"] = values.get("category_id") or None
    body["additional_info"] = values.get("additional_info") or None
    try:
        body["metadata"] = read_metadata(values.get("metadata", ""))
    except ValueError as fault:
        errors["metadata"] = f"This line says nothing: {fault}"
    return body


def new_body(values: Mapping[str, str], show: Show, errors: dict[str, str]) -> dict[str, Any]:
    """The body of `POST /v1/vouchers`."""
    body = read_gives(values, errors) | read_terms(values, show, errors)
    if values.get("code"):
        body["code"] = values["code"]
    elif values.get("pattern"):
        body["code_config"] = {"pattern": values["pattern"]}
    if values.get("campaign_id"):
        body["campaign_id"] = values["campaign_id"]
    if values.get("rules"):
        body["validation_rules"] = values["rules"].split()
    if values.get("is_off") == "true":
        body["active"] = False
    return {name: value for name, value in body.items() if value is not None}


def changed_body(
    values: Mapping[str, str], row: Row, show: Show, errors: dict[str, str]
) -> dict[str, Any]:
    """The body of `PUT /v1/vouchers/{code}`: what differs from how the voucher is."""
    before = values_of_voucher(row, show)
    body = read_terms(values, show, errors)
    for name in ("start_date", "expiration_date", "category_id", "additional_info"):
        if values.get(name, "") == before.get(name, ""):
            del body[name]
    if values.get("days", "").split() == before["days"].split():
        del body["validity_day_of_week"]
    drop_same_hours(body, before, row)
    if values.get("quantity", "") == before["quantity"]:
        del body["redemption"]
    gone = {
        each: None for each in row.get("metadata") or {} if each not in body.get("metadata", {})
    }
    if "metadata" in body:
        body["metadata"] = gone | body["metadata"]
    is_changed = any(values.get(each, "") != before.get(each, "") for each in GIVES_FIELDS)
    if is_changed and can_hold(row.get("discount")):
        given = read_gives(values, errors)
        del given["type"]
        body |= given
    return body


def drop_same_hours(body: dict[str, Any], before: Mapping[str, str], row: Row) -> None:
    """Leaves out of a change what of the hours is as it was, or what the fields cannot say."""
    for member, value in read_hours(before, {}).items():
        if body[member] == value or (member == "validity_hours" and not can_hold_hours(row)):
            del body[member]


def place_fault(fault: ApiFault, paths: Mapping[str, str]) -> dict[str, str]:
    """What the API complained of, at its field; at none where it is of no field."""
    found = field_of(fault, paths)
    if fault.key == "duplicate_found":
        return {"code": "There is a voucher with this code already, or one in the bin."}
    return {paths[found] if found else "": fault.sentence}
