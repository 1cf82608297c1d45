"""The control by which a value of a condition is given, by its kind."""

from collections.abc import Sequence

from htpy import Node, div, fragment, label, option, select, span, textarea
from htpy import input as input_

from services.dashboard.parts.lookups import lookup
from services.dashboard.parts.show import Show
from services.dashboard.sections.rules.catalogue import Operator
from services.dashboard.sections.rules.naming import Names, name_of
from services.dashboard.sections.rules.values import HOURS, THINGS, WEEKDAYS

#: What /lookup/{kind} finds for each kind of thing.
_FOUND_BY = {
    "segment": "segment",
    "location": "location",
    "items": "item",
    "product": "product-item",
    "sku": "sku-item",
}
_HINTS = {
    "period": "from;to, as 2026-11-01T00:00:00Z;2026-12-01T00:00:00Z",
    "recurring": "from;every;for, as 2026-11-01T18:00:00Z;P7D;PT2H",
    "hours": "from;to;weekdays, as 18:00;20:00;5,6",
}
_INPUTS = {"number": "numeric", "money": "decimal", "days": "numeric"}


def value_control(
    place: str, operator: Operator, texts: Sequence[str], names: Names, show: Show
) -> Node:
    """Named `value-{place}`, or by the parts of what it is put together from."""
    name = f"value-{place}"
    if operator.takes == "flag":
        return _flag(name, texts)
    if operator.value in THINGS:
        return _things(name, operator.value, texts, names)
    if operator.value == "weekday":
        return _weekdays(name, texts)
    if operator.value == "hours" and len(texts) <= 1 and _is_hours(texts):
        return _hours(place, texts[0] if texts else "")
    if operator.value == "money":
        return div(".affix")[_lines(name, operator, texts), span[show.currency]]
    if operator.value == "date" and operator.takes == "one":
        is_local = not texts or "T" in texts[0]
        kind = "datetime-local" if is_local else "text"
        return _line(name, texts, kind)
    return _lines(name, operator, texts)


def _flag(name: str, texts: Sequence[str]) -> Node:
    is_off = list(texts) == ["false"]
    return select(".input", id=name, name=name, aria_label="Value")[
        option(value="true", selected=not is_off)["yes"],
        option(value="false", selected=is_off)["no"],
    ]


def _things(name: str, kind: str, texts: Sequence[str], names: Names) -> Node:
    is_small = kind in ("segment", "location")
    chosen = [(each, name_of(names, f"{kind}:{each}" if is_small else each)) for each in texts]
    return lookup(name, _FOUND_BY[kind], chosen, is_multiple=True)


def _line(name: str, texts: Sequence[str], kind: str) -> Node:
    value = texts[0] if texts else ""
    return input_(".input", id=name, name=name, type=kind, value=value, aria_label="Value")


def _lines(name: str, operator: Operator, texts: Sequence[str]) -> Node:
    hint = _HINTS.get(operator.value)
    if operator.takes == "one":
        return input_(
            ".input",
            id=name,
            name=name,
            value=texts[0] if texts else "",
            inputmode=_INPUTS.get(operator.value),
            placeholder=hint,
            autocomplete="off",
            aria_label="Value",
        )
    return textarea(
        ".input.lines-of",
        id=name,
        name=name,
        rows=str(max(1, min(len(texts), 8))),
        inputmode=_INPUTS.get(operator.value),
        placeholder=hint,
        title="Several values, each on a line of its own",
        aria_label="Values, one a line",
        spellcheck="false",
    )["\n".join(texts)]


def _weekdays(name: str, texts: Sequence[str]) -> Node:
    return div(".days", role="group", aria_label="Weekdays")[
        (
            label[
                input_(
                    ".sr",
                    type="checkbox",
                    id=f"{name}-{at}",
                    name=name,
                    value=str(at),
                    checked=str(at) in texts,
                    aria_label=day,
                ),
                day[:2],
            ]
            for at, day in enumerate(WEEKDAYS)
        )
    ]


def _is_hours(texts: Sequence[str]) -> bool:
    return not texts or HOURS.fullmatch(texts[0]) is not None


def _hours(place: str, text: str) -> Node:
    found = HOURS.fullmatch(text)
    begins, ends, days = (found[1], found[2], found[3] or "") if found else ("", "", "")
    return fragment[
        div(".stack")[
            div(".row")[
                _time(f"from-{place}", begins, "From"),
                span(".muted")["to"],
                _time(f"to-{place}", ends, "To"),
            ],
            _weekdays(f"days-{place}", days.split(",")),
        ]
    ]


def _time(name: str, value: str, said: str) -> Node:
    return input_(".input.short", type="time", id=name, name=name, value=value, aria_label=said)
