"""What makes an entry, and what became of one that was drawn, in words."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import badge
from services.dashboard.parts.show import NOTHING, Show

_ENTRIES: Final[Mapping[str, tuple[str, str]]] = {
    "api": ("Whom the shop enters takes part", "once"),
    "order.paid": ("Whoever pays an order takes part", "with each order"),
    "custom_event": ("Whoever does “{}” takes part", "each time"),
}
_STATUS: Final[Mapping[str, tuple[str, str]]] = {
    "WINNER": ("Winner", "good"),
    "ALTERNATE": ("Stands by", "warn"),
    "REFUSED": ("Refused", "bad"),
    "GONE": ("Not there any more", "muted"),
}
SOURCES: Final[Mapping[str, str]] = {"api": "By the shop", "order": "Order", "event": "Event"}


def say_entries(terms: Mapping[str, Any]) -> str:
    """What makes an entry, and how many somebody has."""
    who, often = _ENTRIES.get(str(terms.get("entry_type")), _ENTRIES["api"])
    event = (terms.get("custom_event") or {}).get("name") or "not said yet"
    if not terms.get("each_event"):
        return f"{who.format(event)}, once"
    return f"{who.format(event)}, {'each time' if often == 'once' else often}"


def count_entries(count: object, show: Show) -> str:
    """How many entries there are."""
    return "1 entry" if count == 1 else f"{show.number(count)} entries"


def status_badge(drawn: Row) -> Node:
    """What became of an entry that was drawn."""
    word, look = _STATUS.get(str(drawn.get("status")), (NOTHING, "muted"))
    return badge(word, look)
