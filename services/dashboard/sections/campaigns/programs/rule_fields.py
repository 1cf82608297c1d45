"""The form of an earning rule, which says beside it what the rule is in one sentence."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, div, fragment, h2, p, section

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import (
    Errors,
    ask_again,
    field_area,
    field_checks,
    field_choice,
    field_lookup,
    field_switch,
    field_text,
    folded,
    form_page,
    group,
)
from services.dashboard.parts.hours import (
    can_hold_hours,
    hours_as_they_are,
    hours_fields,
    timeframe_fields,
)
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.programs.expiring import OF_PROGRAM, expiring_fields
from services.dashboard.sections.campaigns.programs.naming import EARNING
from services.dashboard.sections.campaigns.programs.rule_bodies import (
    FIELDS,
    MANY,
    calculations_of,
    rule_body,
)
from services.dashboard.sections.campaigns.programs.rule_words import (
    CALCULATIONS,
    EVENTS,
    OF_MONEY,
    PERIODS,
    say_rule,
)
from services.dashboard.web.visit import escape_segment

_DAYS: Final = (
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("0", "Sunday"),
)
Values = Mapping[str, str]


def rule_form(
    row: Row,
    values: Values,
    tiers: Sequence[Row],
    names: Mapping[str, str],
    show: Show,
    *,
    rule: Row | None = None,
    errors: Errors | None = None,
    key: str | None = None,
) -> Node:
    """The form; `rule`: the one that is changed, None: a new one."""
    wrong = errors or {}
    place = campaign_href(row, _place(rule))
    again = ask_again(place)
    return form_page(
        place,
        group("What it is for", _event(values, wrong, tiers, names, rule, again)),
        group("How many points", _points(values, wrong, names, show, again)),
        group(
            "When they come and when they go",
            # only what is earned with an order can wait for whether it is canceled
            values.get("event") == "order.paid"
            and field_text(
                "pending",
                "Days until they can be used",
                values.get("pending"),
                hint="Until then they are pending, and gone if the order is canceled. Empty: at once",
                errors=wrong,
                inputmode="numeric",
                autocomplete="off",
            ),
            expiring_fields(values, wrong, may_follow=True),
        ),
        group("For whom and how often", _bounds(values, wrong, names)),
        _times(values, wrong, show, rule),
        rule is None
        and field_switch("active", "Switch it on at once", is_on=values.get("active") == "true"),
        errors=wrong or None,
        save="Make the rule" if rule is None else "Save",
        cancel=campaign_href(row, EARNING),
        key=key,
        aside=said_part(row, values, names, show, rule),
    )


def said_part(
    row: Row, values: Values, names: Mapping[str, str], show: Show, rule: Row | None
) -> Node:
    """The rule as one sentence, asked for anew whenever something is changed."""
    again = {
        "hx-post": f"{campaign_href(row, _place(rule))}/said",
        "hx-trigger": "change from:#form",
        "hx-target": "this",
        "hx-swap": "outerMorph",
        "hx-include": "closest form",
        "hx-push-url": "false",
    }
    wrong: dict[str, str] = {}
    body = rule_body(whole(values), show, wrong, is_new=True)
    if rule is not None:
        body |= {name: rule[name] for name in ("event", "segment", "loyalty_tier") if name in rule}
    return section(
        "#rule-said.card.pad.stack", again, aria_label="The rule in words", role="status"
    )[
        h2["In words"],
        p(".sentence")[say_rule(body, show, names)],
        p(".muted.small")[
            "A member's tier may make other points of them."
            if values.get("expire_kind") == OF_PROGRAM
            else "A member's tier may make other points of them. They expire by the rule itself."
        ],
    ]


def whole(values: Values) -> dict[str, str]:
    """With every field that a form sends."""
    return {**dict.fromkeys((*FIELDS, *MANY), ""), **values}


def _place(rule: Row | None) -> str:
    if rule is None:
        return f"{EARNING}/new"
    return f"{EARNING}/{escape_segment(str(rule['id']))}/edit"


def _event(
    values: Values,
    errors: Errors,
    tiers: Sequence[Row],
    names: Mapping[str, str],
    rule: Row | None,
    again: Mapping[str, Any],
) -> Node:
    event = values.get("event", "")
    if rule is not None:
        said = dict(EVENTS)[event] if event else f"The event {rule.get('event')} happens"
        return p[f"{said}. What a rule is for stays as it is."]
    segment = values.get("segment", "")
    return fragment[
        field_choice("event", "Points are given when", EVENTS, event, errors=errors, **again),
        not event
        and field_text(
            "event_name",
            "Name of the event",
            values.get("event_name"),
            hint="As your shop sends it, such as review_written",
            errors=errors,
            autocomplete="off",
            spellcheck="false",
        ),
        event == "customer.segment.entered"
        and field_lookup(
            "segment",
            "Segment",
            "segment",
            [(segment, names.get(segment, segment))] if segment else (),
            hint="None: any of them",
            errors={"segment": errors.get("segment-find", "")},
        ),
        event.startswith("customer.loyalty.tier.")
        and field_choice(
            "tier",
            "Tier",
            [("", "Any of them"), *((str(each["id"]), str(each["name"])) for each in tiers)],
            values.get("tier"),
            errors=errors,
        ),
    ]


def _points(
    values: Values,
    errors: Errors,
    names: Mapping[str, str],
    show: Show,
    again: Mapping[str, Any],
) -> Node:
    kinds = calculations_of(values.get("event", ""))
    kind = values.get("calculation", "") if values.get("calculation") in kinds else "FIXED"
    options = [("FIXED", "The same each time"), *((each, CALCULATIONS[each][2]) for each in kinds)]
    of_money = f" ({show.currency})" if kind in OF_MONEY else ""
    return fragment[
        len(options) > 1
        and field_choice("calculation", "In proportion to", options, kind, errors=errors, **again),
        div(".fields")[
            _text("points", "Points", values, errors, inputmode="numeric"),
            kind != "FIXED"
            and _text("every", f"For every{of_money}", values, errors, inputmode="decimal"),
        ],
        kind.endswith("_METADATA")
        and _text("property", "Property of the metadata", values, errors, spellcheck="false"),
        kind.startswith("ORDER_ITEMS")
        and fragment[
            _items("product", "Products", values, names, errors),
            _items("sku", "SKUs", values, names, errors),
            _items("collection", "Collections", values, names, errors),
        ],
        folded(
            "By a formula",
            field_area(
                "formula",
                "Formula of the points",
                values.get("formula"),
                hint="Takes the place of the number of points, which is taken where it cannot be worked out",
                errors=errors,
                rows=2,
                spellcheck="false",
            ),
            is_open=bool(values.get("formula")) or "formula" in errors,
        ),
    ]


def _text(name: str, text: str, values: Values, errors: Errors, **more: Any) -> Node:
    return field_text(name, text, values.get(name), errors=errors, autocomplete="off", **more)


def _items(name: str, text: str, values: Values, names: Mapping[str, str], errors: Errors) -> Node:
    return field_lookup(
        name,
        text,
        name,
        [(each, names.get(each, each)) for each in values.get(name, "").split()],
        is_multiple=True,
        hint="None: all of them",
        errors={name: errors.get(f"{name}-find", "")},
    )


def _bounds(values: Values, errors: Errors, names: Mapping[str, str]) -> Node:
    rule = values.get("rule", "")
    return fragment[
        field_lookup(
            "rule",
            "Only where a set of validation rules holds",
            "validation-rule",
            [(rule, names.get(rule, rule))] if rule else (),
            hint="Such as customers of a segment, or orders above an amount",
            errors={"rule": errors.get("rule-find", "")},
        ),
        div(".fields")[
            _text("limit_count", "Times at most", values, errors, inputmode="numeric"),
            _text("limit_points", "Points at most", values, errors, inputmode="numeric"),
            field_choice("limit_period", "Of a customer", PERIODS, values.get("limit_period")),
        ],
        field_text(
            "banner",
            "Shown to customers",
            values.get("banner"),
            errors=errors,
            hint="Such as: three points for every ten euros",
            autocomplete="off",
        ),
    ]


def _times(values: Values, errors: Errors, show: Show, rule: Row | None) -> Node:
    times = ("start", "end", "from_hour", "frame_count")
    return folded(
        "Dates, days and hours",
        div(".fields")[
            field_text(
                "start", "Starts", values.get("start"), kind="datetime-local", errors=errors,
                hint=f"Time of the project, {show.zone_name}",
            ),
            field_text("end", "Ends", values.get("end"), kind="datetime-local", errors=errors),
        ],
        field_checks("day", "Only on", _DAYS, values.get("day", "").split()),
        hours_fields(values, errors)
        if rule is None or can_hold_hours(rule)
        else hours_as_they_are(),
        timeframe_fields(values, errors),
        is_open=any(values.get(each) or each in errors for each in times)
        or bool(values.get("day")),
    )  # fmt: skip
