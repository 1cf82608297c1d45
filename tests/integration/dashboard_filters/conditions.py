"""Filters as an address has them, chosen so that they divide what is there, and as words tell them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.dashboard.lists.fields import IN_DAYS, WITHOUT_VALUE, WORDS, Condition, Field
from services.dashboard.lists.query import say_condition
from services.dashboard.parts.show import Show, write_minor
from tests.integration.dashboard_filters.facts import Read, values_of
from tests.integration.dashboard_filters.moments import Row, read_time
from tests.integration.dashboard_filters.words import (
    CHOICES,
    STATES,
    TESTS,
    said_money,
    said_time,
)


@dataclass(frozen=True, slots=True)
class Look:
    """What is there before anything is filtered, when, and how values are told."""

    path: str
    rows: Sequence[Row]
    facts: Mapping[str, Read]
    now: datetime
    show: Show

    def told(self, field: Field, name: str) -> list[list[Any]]:
        """What each row says of a field, as what its kind compares."""
        return [[_read(field, each) for each in values_of(self.facts, name, row)] for row in self.rows]


def _read(field: Field, value: Any) -> Any:
    if field.kind == "time":
        return read_time(value)
    if field.kind in ("number", "money"):
        return Decimal(str(value))
    if field.choices:
        return str(value).lower().replace(" ", "_")
    return value if field.kind == "flag" else str(value)


def said_value(field: Field, said: str, show: Show) -> Any:
    """What a person reads as the value of a chip, as it is compared."""
    if not said or said.isdecimal() and field.kind == "time":
        return said
    if field.kind == "time":
        return said_time(said, show.zone)
    if field.kind == "money":
        return said_money(said)
    if field.kind == "number":
        return Decimal(said)
    if field.kind == "flag":
        return {"true": True, "false": False}[said]
    if field.choices:
        return CHOICES.get(said.lower(), said.lower().replace(" ", "_"))
    return said


def wanted_rows(look: Look, field: Field, condition: Condition) -> tuple[bool, ...]:
    """Of each row whether the words of a filter hold."""
    told, said = say_condition(field, condition, look.show)
    if field.kind == "state":
        state = STATES[said.lower()]
        return tuple(state(row, look.now) for row in look.rows)
    label = field.label + (f" {condition.field[9:]}" if field.name == "metadata" else "")
    test = TESTS[told.removeprefix(label).strip()]
    value = said_value(field, said, look.show)
    return tuple(test(each, value, look.now) for each in look.told(field, condition.field))


def _texts(op: str, known: Sequence[Any]) -> Iterator[str]:
    for text in known:
        if op in ("is", "is_not"):
            yield text
        elif op == "starts_with":
            yield from (text[:count] for count in (1, 2, 3, 4, 6, 7, 8, 10))
        elif op == "ends_with":
            yield from (text[-count:] for count in (1, 2, 3, 4, 6))
        else:
            yield from (text[1:count] for count in (3, 4, 5, 8))
            yield from (text[-count:-1] for count in (2, 3, 4))


def _values(look: Look, field: Field, name: str, op: str) -> Iterator[str]:
    """What a person might put into the form."""
    if op in WITHOUT_VALUE:
        yield ""
    elif field.choices:
        yield from (value for value, _ in field.choices)
    elif field.kind == "flag":
        yield from ("true", "false")
    elif op in IN_DAYS:
        yield from ("10", "15", "3", "20", "5", "30", "60", "7", "2", "1")
    else:
        known = sorted({each for told in look.told(field, name) for each in told})
        known = known[len(known) // 2 :] + known[: len(known) // 2]
        if field.kind == "time":
            # the form takes minutes: the one in which it was, and the one after
            for each in known:
                for moment in (each, each + timedelta(minutes=1)):
                    yield f"{moment.astimezone(look.show.zone):%Y-%m-%dT%H:%M}"
        elif field.kind == "money":
            yield from (write_minor(int(each)) for each in known)
        elif field.kind == "number":
            yield from map(str, known)
        else:
            yield from filter(None, _texts(op, known))


def dividing_conditions(look: Look, field: Field, op: str) -> list[Condition]:
    """The filters of an operator that let some rows through and not others.

    One, which other operators with the same value would answer otherwise if any such is there; of
    choices and states each.
    """
    name = "metadata.level" if field.name == "metadata" else field.name
    found: list[tuple[int, Condition]] = []
    for value in dict.fromkeys(_values(look, field, name, op)):
        condition = Condition(name, op, value)
        wanted = wanted_rows(look, field, condition)
        if all(wanted) or not any(wanted):
            continue
        others = [Condition(name, each, value) for each in field.operators if each != op]
        alike = [
            each
            for each in others
            if (each.op in IN_DAYS) == (op in IN_DAYS)
            and (each.op in WITHOUT_VALUE) == (op in WITHOUT_VALUE)
            and wanted_rows(look, field, each) == wanted
        ]
        found.append((len(alike), condition))
        if not alike and op != "is":
            break
    if field.choices and op == "is":
        return [condition for _, condition in found]
    return [min(found, key=lambda each: each[0])[1]] if found else []


def undivided(look: Look, field: Field) -> list[str]:
    """What of a field lets all rows through or none, in words."""
    told = []
    for op in field.operators:
        found = dividing_conditions(look, field, op)
        if field.kind == "state":
            known = {each.value for each in found}
            told += [f"is {said}" for value, said in field.choices if value not in known]
        elif not found:
            told.append(WORDS[op])
    return told
