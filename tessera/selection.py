"""Which records of a topic an operator asked for, and where in a partition they lie."""

import re
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

import msgspec

from engine.kernel.calendar import parse_iso
from runtime.log.log import Log, Place, StoredEntry, entries_between
from schemas.base import Millis

#: How far back the last records that fit are looked for at first; then ever further.
WINDOW_RECORDS = 1000
_AGO = re.compile(r"(\d{1,9})([smhd])")
_UNITS_MS: Final = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class BadTime(ValueError):
    """A time that cannot be read; the message says how one is written."""


def read_time(text: str, now: Millis) -> Millis:
    """`30m` (ago; also s, h, d), or an ISO 8601 date or date-time, UTC unless it says otherwise."""
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return now - int(ago[1]) * _UNITS_MS[ago[2]]
    try:
        return parse_iso(text)
    except ValueError:
        raise BadTime(
            f"{text[:50]!r} is no time: write 30m for half an hour ago, or 2026-01-31T08:00"
        ) from None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a record has to be; empty, or None, wants any."""

    projects: frozenset[str] = frozenset()
    #: Of the record, its command or one of its events; `*` stands for any characters.
    types: tuple[str, ...] = ()
    #: The time of the record, both ends included.
    after: Millis | None = None
    before: Millis | None = None
    #: Some text of which the record has one, as JSON strings.
    texts: tuple[bytes, ...] = ()

    def admits(self, entry: StoredEntry) -> bool:
        """Whether the record is one of those."""
        if self.projects and entry.key.decode(errors="replace") not in self.projects:
            return False
        if self.after is not None and entry.timestamp < self.after:
            return False
        if self.before is not None and entry.timestamp > self.before:
            return False
        if self.texts and not any(text in entry.value for text in self.texts):
            return False
        return not self.types or self._is_of_type(entry.value)

    def _is_of_type(self, value: bytes) -> bool:
        found = types_of(object_of(value))
        return any(fnmatchcase(each, pattern) for each in found for pattern in self.types)


#: Every record.
ANY: Final = Wanted()


def object_of(value: bytes) -> dict[str, Any] | None:
    """The JSON object that a value is; None when it is none."""
    try:
        found = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def types_of(record: dict[str, Any] | None) -> set[str]:
    """A record's own type, its command's and those of its events."""
    if record is None:
        return {"unreadable"}
    events = record.get("events")
    named = [record, *(events if isinstance(events, list) else ())]
    found = {str(each["type"]) for each in named if isinstance(each, dict) and "type" in each}
    return found | ({str(record["command_type"])} if "command_type" in record else set())


def as_text(text: str) -> bytes:
    """A text as it stands in records."""
    return msgspec.json.encode(text)


async def offset_at(log: Log, place: Place, moment: Millis) -> int:
    """The first offset whose record is not older than `moment`; the end when all are."""
    low, high = await log.bounds(*place)
    while low < high:
        middle = (low + high) // 2
        if (await log.read_at(*place, middle)).timestamp < moment:
            low = middle + 1
        else:
            high = middle
    return low


async def find_range(log: Log, place: Place, wanted: Wanted, offset: int | None) -> tuple[int, int]:
    """[start, end) of the wanted records, as far as their time and the first offset tell."""
    start, end = await log.bounds(*place)
    if offset is not None:
        start = min(max(start, offset), end)
    if wanted.after is not None:
        start = max(start, await offset_at(log, place, wanted.after))
    if wanted.before is not None:
        end = min(end, await offset_at(log, place, wanted.before + 1))
    return start, max(start, end)


async def find_matching(
    log: Log, place: Place, start: int, end: int, wanted: Wanted
) -> AsyncIterator[StoredEntry]:
    """The wanted records of [start, end)."""
    async for entry in entries_between(log, *place, start, end):
        if wanted.admits(entry):
            yield entry


async def find_last_matching(
    log: Log, place: Place, start: int, end: int, wanted: Wanted, count: int
) -> list[StoredEntry]:
    """The last `count` wanted records of [start, end), found from the end backwards."""
    found: deque[StoredEntry] = deque()
    window = count if wanted == ANY else max(count, WINDOW_RECORDS)
    while end > start and len(found) < count:
        begin = max(start, end - window)
        page: deque[StoredEntry] = deque(maxlen=count - len(found))
        async for entry in find_matching(log, place, begin, end, wanted):
            page.append(entry)
        found.extendleft(reversed(page))
        end, window = begin, window * 4
    return list(found)
