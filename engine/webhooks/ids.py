"""The ids of the events that webhooks get.

An id says where its event lies: a hash of the project, the offset of the record in the ledger, and
the event's number in the record. So the same event has the same id however often it is sent, and
whoever has the id finds the record again.
"""

from hashlib import sha256
from typing import Final, NamedTuple

PREFIX: Final = "event_"
_PROJECT_DIGITS: Final = 12
_OFFSET_DIGITS: Final = 12
_NUMBER_DIGITS: Final = 6
_DIGITS: Final = _PROJECT_DIGITS + _OFFSET_DIGITS + _NUMBER_DIGITS


class EventPlace(NamedTuple):
    """Where an event comes from."""

    offset: int
    number: int


def event_id(project: str, offset: int, number: int) -> str:
    """The id of the event with that number in the record at `offset`."""
    return f"{PREFIX}{_of(project)}{offset:0{_OFFSET_DIGITS}x}{number:0{_NUMBER_DIGITS}x}"


def event_place(project: str, given: str) -> EventPlace | None:
    """Where the event with that id comes from; None for an id that no event has."""
    digits = given.removeprefix(PREFIX)
    if len(given) != len(PREFIX) + _DIGITS or len(digits) != _DIGITS:
        return None
    try:
        rest = int(digits[_PROJECT_DIGITS:], 16)
    except ValueError:
        return None
    place = EventPlace(*divmod(rest, 16**_NUMBER_DIGITS))
    return place if event_id(project, *place) == given else None


def _of(project: str) -> str:
    return sha256(project.encode()).hexdigest()[:_PROJECT_DIGITS]
