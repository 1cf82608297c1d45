"""Who is in which tier by a recount over a whole history; it shares no code with the engine.

Instants are milliseconds, as there; the calendar is that of Python's own dates in the zone.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

#: A tier: its name, and its points from and to (None: without end).
Rung = tuple[str, int, int | None]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS = {"MONTH": 1, "QUARTER": 3, "HALF_YEAR": 6, "YEAR": 12}


class Happening(NamedTuple):
    """What became of a card: its balance, and what counts as collected."""

    at: int
    balance: int
    collected: int


class Recount(NamedTuple):
    """A program's rules, as the API names them, its tiers and its zone; and when a member joined."""

    rules: dict[str, Any]
    ladder: Sequence[Rung]
    zone: ZoneInfo
    joined: int

    def place(self, history: Sequence[Happening], at: int) -> tuple[str | None, int | None]:
        """The tier at that time, and its last millisecond."""
        known = [each for each in history if each.at <= at]
        if self.rules["qualification_type"] == "POINTS_IN_PERIOD":
            return self._of_periods(known, at)
        if self.rules["expiration"] == "BALANCE_DROP":
            return self._name(sum(each.balance for each in known)), None
        return self._lasting(known, at)

    def _of_periods(self, known: list[Happening], at: int) -> tuple[str | None, int | None]:
        months = MONTHS[self.rules["qualification_period"]]
        valid: list[tuple[int, int, str]] = []
        local = self._local(at)
        # far enough back for any extension, and to the period that runs
        for number in range((local.year - 8) * 12, local.year * 12 + 13, months):
            begin, end = self._month(number), self._month(number + months)
            if begin > at or end <= self.joined:
                continue
            first = begin if self.rules["start"] == "IMMEDIATE" else end
            last = self._period_ends(number, months)
            name = self._name(sum(each.collected for each in known if begin <= each.at < end))
            if name is not None and first <= at <= last:
                valid.append((self._lowest(name), last, name))
        if not valid:
            return None, None
        _, last, name = max(valid)
        return name, None if name == self._name(0) else last

    def _period_ends(self, number: int, months: int) -> int:
        kind = self.rules["expiration"]
        if kind == "CUSTOM":
            return self._custom_end(self._month(number + months))
        periods = 1 + (kind == "END_OF_NEXT_PERIOD") + (self.rules["start"] == "NEXT_PERIOD")
        return self._extended(self._month(number + periods * months)) - 1

    def _lasting(self, known: list[Happening], at: int) -> tuple[str | None, int | None]:
        held: str | None = None
        ends = balance = 0
        for each in [Happening(self.joined, 0, 0), *known, None]:
            until = at if each is None else each.at
            while held is not None and ends < until:
                held, begins = self._name(balance), ends + 1
                ends = self._custom_end(begins)
            if each is None:
                break
            before, balance = self._name(balance), balance + each.balance
            now = self._name(balance)
            is_higher = now is not None and (held is None or self._lowest(now) > self._lowest(held))
            if is_higher or (now is not None and now == held and before != held):
                held, ends = now, self._custom_end(each.at)
        return held, None if held is None else ends

    def _custom_end(self, begins: int) -> int:
        last = self._extended(begins) - 1
        rounding = self.rules.get("rounding")
        if rounding is None:
            return last
        local = self._local(last)
        number = local.year * 12 + local.month - 1
        if rounding["type"] == "CUSTOM":
            of_year = [
                each for each in range(number - 12, number + 13) if each % 12 == rounding["value"]
            ]
            begin, end = (
                max(e for e in of_year if e <= number),
                min(e for e in of_year if e >= number) + 1,
            )
        else:
            months = MONTHS[rounding["type"]]
            begin = number // months * months
            end = begin + months
        moved = self._month(begin if rounding["strategy"] == "START" else end) - 1
        return moved if moved > begins else last

    def _extended(self, at: int) -> int:
        months, days = self.rules.get("extension", (0, 0))
        if not months and not days:
            return at
        local = self._local(at).replace(tzinfo=None)
        number = local.year * 12 + local.month - 1 + months
        year, month = number // 12, number % 12 + 1
        day = min(local.day, monthrange(year, month)[1])
        return self._instant(local.replace(year=year, month=month, day=day) + timedelta(days=days))

    def _month(self, number: int) -> int:
        return self._instant(datetime(number // 12, number % 12 + 1, 1))  # noqa: DTZ001

    def _instant(self, wall: datetime) -> int:
        return (wall.replace(tzinfo=self.zone).astimezone(UTC) - EPOCH) // timedelta(milliseconds=1)

    def _local(self, at: int) -> datetime:
        return (EPOCH + timedelta(milliseconds=at)).astimezone(self.zone)

    def _name(self, points: int) -> str | None:
        wanted = max(points, 0)
        for name, low, high in self.ladder:
            if low <= wanted and (high is None or wanted <= high):
                return name
        return None

    def _lowest(self, name: str) -> int:
        return next(low for each, low, _ in self.ladder if each == name)
