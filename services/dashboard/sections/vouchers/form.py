"""The form of a voucher, for a new one and for one that there is."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, div, p

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
)
from services.dashboard.parts.hours import (
    HOUR_PATHS,
    can_hold_hours,
    hours_as_they_are,
    hours_fields,
    timeframe_fields,
)
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.vouchers.giving_form import (
    DISCOUNTS_GIVEN,
    GIVES_PATHS,
    can_hold,
    gives_as_it_is,
    gives_fields,
)

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
    **HOUR_PATHS,
    "redemption.quantity": "quantity",
    "category": "category_id-find",
    "campaign": "campaign_id-find",
    "validation_rules": "rules-find",
    "additional_info": "additional_info",
    "metadata": "metadata",
}


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
        _when(values, wrong, show, row),
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


def _when(values: Mapping[str, str], errors: Errors, show: Show, row: Row | None) -> Node:
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
        hours_folded(values, errors, row),
        hint=f"In the time zone of the project, {show.zone_name}. What is empty does not limit it.",
    )


def hours_folded(values: Mapping[str, str], errors: Errors, row: Row | None) -> Node:
    """Hours and timeframe; hours of `row` that the fields cannot say stay as they are."""
    return folded(
        "Hours, and how long of every how long",
        hours_as_they_are()
        if row is not None and not can_hold_hours(row)
        else hours_fields(values, errors),
        timeframe_fields(values, errors),
        is_open=any(values.get(each) for each in ("from_hour", "to_hour", "frame_count"))
        or any(each in errors for each in HOUR_PATHS.values()),
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
