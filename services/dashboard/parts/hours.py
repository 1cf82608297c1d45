"""The fields that say at which hours something works, and for how long of every how long."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, div, label, option, p, select, span
from htpy import input as input_

from services.dashboard.parts.forms import Errors, field_text

#: Units of durations.
UNITS: Final = (
    ("TM", "minutes"),
    ("TH", "hours"),
    ("D", "days"),
    ("W", "weeks"),
    ("M", "months"),
    ("Y", "years"),
)
#: The names of all its fields.
HOUR_FIELDS: Final = (
    "from_hour",
    "to_hour",
    "frame_count",
    "frame_unit",
    "every_count",
    "every_unit",
)
#: What the API complains of → the field of the form.
HOUR_PATHS: Final[Mapping[str, str]] = {
    "validity_hours": "from_hour",
    "validity_timeframe": "frame_count",
}


def hours_fields(values: Mapping[str, str], errors: Errors) -> Node:
    """From when until when of each day."""
    return div(".fields")[
        field_text("from_hour", "From", values.get("from_hour", ""), kind="time", errors=errors),
        field_text("to_hour", "Until", values.get("to_hour", ""), kind="time", errors=errors),
    ]


def timeframe_fields(values: Mapping[str, str], errors: Errors) -> Node:
    """For so long of every so long."""
    return div(".fields")[
        duration_field("frame", "For so long", values, errors),
        duration_field("every", "Of every", values, errors),
    ]


def hours_as_they_are() -> Node:
    """In the place of the fields that cannot say all of the hours."""
    return p(".muted")["Its hours differ by days or are several; only the API changes them."]


def can_hold_hours(row: Mapping[str, Any]) -> bool:
    """Whether the fields can say all of the hours: several windows, or some of single days, not."""
    daily = (row.get("validity_hours") or {}).get("daily") or []
    return len(daily) < 2 and not any(each.get("days_of_week") for each in daily)


def duration_field(name: str, text: str, values: Mapping[str, str], errors: Errors) -> Node:
    """A count and its unit."""
    field, unit = f"{name}_count", values.get(f"{name}_unit", "")
    error = errors.get(field, "")
    units = [*UNITS, ("own", "as ISO 8601")] if unit == "own" else UNITS
    return div(".field", data_bad=bool(error))[
        label(for_=field)[text],
        div(".inline")[
            input_(
                f"#{field}.input.short",
                name=field,
                value=values.get(field, ""),
                inputmode="numeric",
                autocomplete="off",
                aria_invalid="true" if error else None,
            ),
            select(f"#{name}_unit.input", name=f"{name}_unit", aria_label=f"{text}: unit")[
                (option(value=value, selected=value == unit)[said] for value, said in units)
            ],
        ],
        error and span(".error")[error],
    ]


def hour_values(row: Mapping[str, Any]) -> dict[str, str]:
    """What the fields show of something that there is: nothing of hours that they cannot say."""
    hours = (row.get("validity_hours") or {}) if can_hold_hours(row) else {}
    daily = (hours.get("daily") or [{}])[0]
    frame = row.get("validity_timeframe") or {}
    values = {
        "from_hour": str(daily.get("start_time") or ""),
        # midnight, which a control for times knows as the begin of a day only; it means the same
        "to_hour": str(daily.get("expiration_time") or "").replace("24:00", "00:00"),
    }
    return (
        values
        | duration_values("frame", frame.get("duration"))
        | duration_values("every", frame.get("interval"))
    )


def duration_values(name: str, text: object) -> dict[str, str]:
    """What the two controls of a duration show."""
    count, unit = read_duration(str(text or ""))
    return {f"{name}_count": count, f"{name}_unit": unit}


def read_hours(values: Mapping[str, str], errors: dict[str, str]) -> dict[str, Any]:
    """The members of a body, None where nothing was typed; what is wrong goes into `errors`."""
    begins, ends = values.get("from_hour", ""), values.get("to_hour", "")
    body: dict[str, Any] = {"validity_hours": None, "validity_timeframe": None}
    if begins or ends:
        body["validity_hours"] = {"daily": [{"start_time": begins, "expiration_time": ends}]}
        if not (begins and ends):
            errors["from_hour"] = "Say both from when and until when"
    duration, interval = read_span(values, "frame"), read_span(values, "every")
    if duration or interval:
        body["validity_timeframe"] = {"duration": duration, "interval": interval}
        if not (duration and interval):
            errors["frame_count"] = "Say both how long and how often"
    return body


def read_span(values: Mapping[str, str], name: str) -> str:
    """What the two controls of a duration say, in ISO 8601; empty for none."""
    return write_duration(values.get(f"{name}_count", ""), values.get(f"{name}_unit", ""))


def read_duration(text: str) -> tuple[str, str]:
    """A duration of one unit as count and unit (`TH`, `TM`, `D`, `W`, `M`, `Y`); others stay whole."""
    if not text:
        return "", "D"
    unit = "T" + text[-1] if "T" in text else text[-1]
    count = text.removeprefix("P").removeprefix("T")[:-1]
    if text.startswith("P") and count.isdecimal() and unit in dict(UNITS):
        return count, unit
    return text, "own"


def write_duration(count: str, unit: str) -> str:
    """The same in ISO 8601; empty for none."""
    if not count:
        return ""
    if unit == "own" or not count.isdecimal():
        return count
    return f"P{unit[0]}{count}{unit[1]}" if unit.startswith("T") else f"P{count}{unit}"
