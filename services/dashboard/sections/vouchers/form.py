"""The form of a voucher, for a new one and for one that there is."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, div, p
from starlette.datastructures import FormData

from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_checks,
    field_lookup,
    field_switch,
    field_text,
    folded,
    form_page,
    group,
    metadata_fields,
    read_metadata,
)
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.vouchers.giving_form import (
    DISCOUNTS_GIVEN,
    GIVES_FIELDS,
    GIVES_PATHS,
    can_hold,
    card_values,
    gives_as_it_is,
    gives_fields,
    read_count,
    read_gives,
    values_of,
)
from services.dashboard.web.asking import ApiFault, field_of

AGAIN: Final = "/vouchers/new/gives"
ALL_KINDS: Final = (*DISCOUNTS_GIVEN, "GIFT", "POINTS")
DAYS: Final = (
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("0", "Sunday"),
)
#: What the API complains of → the field of the form.
PATHS: Final[Mapping[str, str]] = {
    **GIVES_PATHS,
    "code": "code",
    "pattern": "pattern",
    "start_date": "start_date",
    "expiration_date": "expiration_date",
    "redemption.quantity": "quantity",
    "category": "category_id-find",
    "campaign": "campaign_id-find",
    "validation_rules": "rules-find",
    "additional_info": "additional_info",
    "metadata": "metadata",
}
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
    return {
        "code": str(row["code"]),
        "start_date": show.local(row.get("start_date")),
        "expiration_date": show.local(row.get("expiration_date")),
        "quantity": "" if quantity is None else str(quantity),
        "category_id": str(row.get("category_id") or ""),
        "category_name": str(row.get("category") or ""),
        "additional_info": str(row.get("additional_info") or ""),
        "days": " ".join(map(str, row.get("validity_day_of_week") or [])),
    } | gives


def voucher_form(
    values: Mapping[str, str],
    show: Show,
    *,
    row: Row | None = None,
    errors: Errors | None = None,
    metadata: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> Node:
    """The whole form; `row`: the voucher that is changed, None: a new one."""
    wrong = errors or {}
    kinds = ALL_KINDS if row is None else kinds_for(row)
    return form_page(
        "/vouchers/new" if row is None else f"/vouchers/{row['id']}/edit",
        _code(values, wrong) if row is None else None,
        group(
            "What it gives",
            gives_as_it_is()
            if row and not can_hold(row.get("discount"))
            else gives_fields(
                values,
                wrong,
                show,
                kinds,
                AGAIN
                if row is None
                else f"{AGAIN}?only={'discount' if len(kinds) > 1 else kinds[0]}",
            ),
        ),
        _when(values, wrong, show),
        group(
            "How often",
            field_text(
                "quantity",
                "Times it may be redeemed",
                values.get("quantity"),
                errors=wrong,
                hint="Empty: as often as wanted",
                inputmode="numeric",
            ),
        ),
        _more(values, wrong, row, metadata),
        errors=wrong or None,
        save="Create the voucher" if row is None else "Save",
        cancel="/vouchers" if row is None else f"/vouchers/{row['id']}",
        key=key,
    )


def kinds_for(row: Row) -> tuple[str, ...]:
    """What a voucher may give that there is: its type stays."""
    if row.get("type") == "GIFT_VOUCHER":
        return ("GIFT",)
    return ("POINTS",) if row.get("type") == "LOYALTY_CARD" else DISCOUNTS_GIVEN


def _code(values: Mapping[str, str], errors: Errors) -> Node:
    return group(
        "Code",
        field_text(
            "code",
            "Code",
            values.get("code"),
            errors=errors,
            hint="Capital and small letters are told apart. Empty: one is made",
            autocomplete="off",
            spellcheck="false",
            maxlength="512",
        ),
        field_text(
            "pattern",
            "Pattern for a code that is made",
            values.get("pattern"),
            errors=errors,
            hint="Each # is a random character, as in SUMMER-####. Empty: eight of them",
            autocomplete="off",
            spellcheck="false",
            maxlength="128",
        ),
    )


def _when(values: Mapping[str, str], errors: Errors, show: Show) -> Node:
    return group(
        "When",
        div(".fields")[
            field_text(
                "start_date",
                "Start",
                values.get("start_date"),
                errors=errors,
                kind="datetime-local",
            ),
            field_text(
                "expiration_date",
                "End",
                values.get("expiration_date"),
                errors=errors,
                kind="datetime-local",
            ),
        ],
        field_checks("days", "Only on", DAYS, values.get("days", "").split()),
        hint=f"In the time zone of the project, {show.zone_name}. What is empty does not limit it.",
    )


def _more(
    values: Mapping[str, str],
    errors: Errors,
    row: Row | None,
    metadata: Mapping[str, Any] | None,
) -> Node:
    category, campaign = values.get("category_id", ""), values.get("campaign_id", "")
    rules = values.get("rules", "").split()
    return folded(
        "Category, note and metadata" if row else "Category, campaign, rules and metadata",
        field_lookup(
            "category_id",
            "Category",
            "category",
            [(category, values.get("category_name") or category)] if category else (),
            errors=errors,
        ),
        None
        if row
        else field_lookup(
            "campaign_id",
            "Campaign",
            "campaign",
            [(campaign, campaign)] if campaign else (),
            hint="It becomes one of the campaign's, with terms of its own",
            errors=errors,
        ),
        None
        if row
        else field_lookup(
            "rules",
            "Validation rules",
            "validation-rule",
            [(each, each) for each in rules],
            is_multiple=True,
            errors=errors,
        ),
        field_area("additional_info", "Note", values.get("additional_info"), rows=2, errors=errors),
        metadata_typed(values["metadata"], errors)
        if "metadata" in values
        else metadata_fields(metadata, errors),
        row is not None
        and p(".muted.small")["A name that is taken out of the metadata stays as null."],
        None
        if row
        else field_switch("is_off", "Create it disabled", is_on=values.get("is_off") == "true"),
        is_open=bool(row or category or campaign or rules or errors),
    )


def metadata_typed(text: str, errors: Errors) -> Node:
    """The field of metadata as it was typed."""
    return field_area(
        "metadata",
        "Metadata",
        text,
        rows=max(3, text.count("\n") + 2),
        hint="One a line: name = value",
        errors=errors,
        spellcheck="false",
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


def place_fault(fault: ApiFault, paths: Mapping[str, str]) -> dict[str, str]:
    """What the API complained of, at its field; at none where it is of no field."""
    found = field_of(fault, paths)
    if fault.key == "duplicate_found":
        return {"code": "There is a voucher with this code already, or one in the bin."}
    return {paths[found] if found else "": fault.sentence}
