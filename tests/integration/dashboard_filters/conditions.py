"""Filters as an address has them, chosen so that they divide what is there, and as words tell them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

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

#: How many filters are asked for together.
TOGETHER_MAX: Final = 4
#: How many choices of one field are asked for; of a state each, since each is told another way.
CHOICES_MAX: Final = 3


class Look:
    """What is there before anything is filtered, when, and how values are told."""

    def __init__(
        self, rows: Sequence[Row], facts: Mapping[str, Read], now: datetime, show: Show
    ) -> None:
        self.rows = rows
        self.now = now
        self.show = show
        self._facts = facts
        self._told: dict[str, list[list[Any]]] = {}

    def told(self, field: Field, name: str) -> list[list[Any]]:
        """What each row says of a field, as what its kind compares."""
        if name not in self._told:
            self._told[name] = [
                [_read(field, each) for each in values_of(self._facts, name, row)]
                for row in self.rows
            ]
        return self._told[name]


class Chosen(NamedTuple):
    """A filter, and of each row whether its words hold."""

    condition: Condition
    wanted: tuple[bool, ...]


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
    if not said or (said.isdecimal() and field.kind == "time"):
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
        moments = sorted(each for told in look.told(field, name) for each in told)
        days = [abs(look.now - each).days for each in moments]
        days = days[len(days) // 2 :] + days
        yield from (str(max(0, each + more)) for each in days for more in (1, 0, -1))
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


def dividing_conditions(look: Look, field: Field, op: str) -> list[Chosen]:
    """The filters of an operator that let some rows through and not others.

    One, which other operators with the same value would answer otherwise if any such is there; of
    choices some, of states each.
    """
    name = "metadata.level" if field.name == "metadata" else field.name
    found: list[tuple[int, Chosen]] = []
    for value in dict.fromkeys(_values(look, field, name, op)):
        condition = Condition(name, op, value)
        wanted = wanted_rows(look, field, condition)
        if all(wanted) or not any(wanted):
            continue
        kin = (op in IN_DAYS, op in WITHOUT_VALUE)
        others = (
            Condition(name, each, value)
            for each in field.operators
            if each != op and (each in IN_DAYS, each in WITHOUT_VALUE) == kin
        )
        alike = sum(wanted_rows(look, field, each) == wanted for each in others)
        found.append((alike, Chosen(condition, wanted)))
        if not alike and (op != "is" or not field.choices):
            break
    if field.choices and op == "is":
        return [chosen for _, chosen in found][: None if field.kind == "state" else CHOICES_MAX]
    return [min(found, key=lambda each: each[0])[1]] if found else []


def undivided(field: Field, op: str, chosen: Sequence[Chosen]) -> list[str]:
    """What of an operator lets all rows through or none, in words."""
    if field.kind == "state":
        known = {each.condition.value for each in chosen}
        return [f"is {said}" for value, said in field.choices if value not in known]
    return [] if chosen else [WORDS[op]]


def bundle(chosen: Sequence[Chosen]) -> list[list[Chosen]]:
    """The same filters, some together in one address.

    Each still divides those rows that the others beside it let through: one that did nothing, or
    let nothing through, would be seen.
    """
    bundles: list[list[Chosen]] = []
    for each in sorted(chosen, key=lambda one: -sum(one.wanted)):
        fitting = (kept for kept in bundles if _fits(kept, each))
        kept = next(fitting, None)
        if kept is None:
            bundles.append([each])
        else:
            kept.append(each)
    return bundles


def _fits(kept: Sequence[Chosen], more: Chosen) -> bool:
    if len(kept) == TOGETHER_MAX or any(
        each.condition.field == more.condition.field for each in kept
    ):
        return False
    together = [*kept, more]
    return all(
        {each.wanted[at] for at in range(len(more.wanted)) if _others_hold(together, each, at)}
        == {True, False}
        for each in together
    )


def _others_hold(together: Sequence[Chosen], but: Chosen, at: int) -> bool:
    return all(each.wanted[at] for each in together if each is not but)
