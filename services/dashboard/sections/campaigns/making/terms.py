"""The part of the form that says who may use a campaign and when."""

from collections.abc import Mapping, Sequence

from htpy import Node, a, div, fieldset, fragment, label, legend, span
from htpy import input as input_

from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_lookup,
    field_switch,
    field_text,
    folded,
)
from services.dashboard.parts.hours import (
    can_hold_hours,
    duration_field,
    hours_as_they_are,
    hours_fields,
    timeframe_fields,
)
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.campaigns.making.choices import chosen
from services.dashboard.sections.campaigns.making.draft import DAYS, Draft


def when_fields(draft: Draft, errors: Errors, show: Show, row: Row | None = None) -> Node:
    """Dates, days, hours, timeframe, and how long a code works after it was given.

    `row`: the campaign that is changed; hours of it that the fields cannot say stay as they are.
    """
    is_open = bool(
        draft.all("day") or draft["from_hour"] or draft["frame_count"] or draft["after_count"]
    )
    zone = f"Time of the project, {show.zone_name}"
    return [
        div(".fields")[
            field_text(
                "start", "Starts", draft["start"], kind="datetime-local", hint=zone, errors=errors
            ),
            field_text(
                "end",
                "Ends",
                draft["end"],
                kind="datetime-local",
                hint="Empty: never",
                errors=errors,
            ),
        ],
        folded(
            "Days, hours and how long",
            fieldset(".field.checks")[
                legend(".label")["Days of the week"],
                div(".days")[
                    (
                        label[
                            input_(
                                ".sr",
                                type="checkbox",
                                name="day",
                                id=f"day-{value}",
                                value=value,
                                checked=value in draft.all("day"),
                            ),
                            span[said],
                        ]
                        for value, said in DAYS
                    )
                ],
                span(".hint")["None chosen: every day"],
            ],
            hours_fields(draft.values, errors)
            if row is None or can_hold_hours(row)
            else hours_as_they_are(),
            timeframe_fields(draft.values, errors),
            duration_field("after", "A code works after it was given, for", draft.values, errors),
            is_open=is_open or any(name in errors for name in ("from_hour", "frame_count")),
        ),
    ]


def who_fields(
    draft: Draft,
    errors: Errors,
    names: Mapping[str, str],
    *,
    with_rules: bool,
    with_codes: bool,
    is_program: bool = False,
) -> Sequence[Node]:
    """Rules, category, and whether a customer may have several."""
    return [
        with_rules
        and field_lookup(
            "rule",
            "Validation rules",
            "validation-rule",
            chosen(names, *draft.all("rule")),
            is_multiple=True,
            hint=fragment[
                "Who may redeem, for which items, how often and up to what budget. All of them have to hold. ",
                a(".link", href="/validation-rules/new", target="_blank")[
                    "Make new rules in a new tab"
                ],
            ],
            errors={"rule": errors.get("rule-find", "")},
        ),
        field_lookup(
            "category",
            "Category",
            "category",
            chosen(names, draft["category"]),
            hint="Stacking rules tell categories apart",
            errors={"category": errors.get("category-find", "")},
        ),
        with_codes
        and field_switch(
            "join_once",
            "A customer joins once" if is_program else "A customer gets one code at most",
            is_on=draft.has("join_once"),
            hint="Whoever has one is given the same again",
        ),
        is_program
        and field_switch(
            "auto_join",
            "Customers join by themselves",
            is_on=draft.has("auto_join"),
            hint="As soon as they come to meet the validation rules of the program",
        ),
        folded(
            "Metadata",
            field_area(
                "metadata",
                "Metadata",
                draft["metadata"],
                rows=3,
                hint="One a line: name = value",
                errors=errors,
                spellcheck="false",
            ),
            is_open=bool(draft["metadata"]) or "metadata" in errors,
        ),
    ]
