"""What is told of a statement that the engine did not run: never its own words.

They hold the text that was run, with the names of tables, and paths.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from runtime.clickhouse.apart import Limits, StatementFailed

_NAMED: Final = re.compile(r"identifier `?'?([A-Za-z_][A-Za-z0-9_.]{0,200})")

#: By the engine's code.
_LIMITS: Final[Mapping[int, Callable[[Limits], str]]] = MappingProxyType(
    {
        159: lambda limits: f"takes longer than {limits.seconds:g} s",
        160: lambda limits: f"would take longer than {limits.seconds:g} s",
        241: lambda limits: f"needs more than {limits.memory_bytes // 1024**2} MiB of memory",
        396: lambda limits: (
            f"gives more than {limits.rows:,} rows or {limits.bytes // 1024**2} MiB"
        ),
    }
)
_TOLD: Final[Mapping[int, str]] = MappingProxyType(
    {
        6: "reads a text as what it is not",
        27: "reads a text as what it is not",
        36: "calls a function with an argument that it does not take",
        41: "reads a text as a date that it is not",
        42: "calls a function with too few or too many arguments",
        43: "calls a function with an argument of a type that it does not take",
        44: "calls a function with an argument that it does not take",
        47: "names a column that there is not",
        53: "compares or stores a value of another type",
        60: "reads from a WITH that is not known there",
        62: "cannot be read as SQL",
        72: "reads a text as a number that it is not",
        125: "uses a subquery as a value that gives more than one",
        153: "divides a whole number by zero",
        179: "gives two things the same name",
        184: "has an aggregate where none can be",
        207: "names a column that two of its sources have",
        215: "shows a column that is neither grouped by nor aggregated",
        258: "puts SELECTs together whose columns differ",
        386: "puts values together that have no common type",
        403: "joins by what no join can be made of",
        38: "reads a text as a date that it is not",
        457: "has a parameter whose value is not of its type",
    }
)


def told_fault(fault: StatementFailed, text: str, limits: Limits) -> str:
    """What is said of it; a column is named if the analyst did."""
    limit = _LIMITS.get(fault.code)
    if limit is not None:
        return limit(limits)
    told = _TOLD.get(fault.code)
    if told is None:
        return f"cannot be run ({fault.name or 'unknown'})"
    named = _NAMED.search(str(fault))
    if (
        fault.code in (47, 207)
        and named is not None
        and re.search(rf"(?<!\w){re.escape(named[1])}(?!\w)", text)
    ):
        return f"{told}: `{named[1]}`"
    return told
