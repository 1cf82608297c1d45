"""How changes and events are told in one line, also beside what they are about."""

from collections.abc import Iterable, Mapping
from typing import Final

from htpy import Node, fragment, small

from services.dashboard.parts.facts import link, timeline
from services.dashboard.parts.show import Row, Show
from services.dashboard.web.visit import escape_segment

_ROLLED_BACK: Final = "redemption.rolled_back"
#: Events that people call otherwise than their types do.
_EVENTS: Final[Mapping[str, str]] = {
    "redemption.succeeded": "Redeemed",
    "redemption.failed": "Refused",
    _ROLLED_BACK: "Rolled back",
}


def caller_of(row: Row) -> str:
    """The id of who asked for a change; empty where nobody did."""
    calls = row.get("api_calls") or []
    return str(calls[0].get("key_id") or "") if calls else ""


def say_change(row: Row, names: Mapping[str, str]) -> Node:
    """What was done and by whom, by name as far as it is known: `Disabled by Ann`."""
    caller = caller_of(row)
    who = names.get(caller, caller)
    word = str(row.get("action") or "changed").replace("_", " ").capitalize()
    return fragment[word, who and small(".muted")[f" by {who}"]]


def say_event(row: Row) -> str:
    """What happened, in words: `voucher.points_earned` is `Voucher points earned`."""
    name = str(row.get("type") or "")
    return _EVENTS.get(name) or name.replace(".", " ").replace("_", " ").capitalize()


def event_timeline(events: Iterable[Row] | None, show: Show) -> Node:
    """Events, each leading to its page, with its channel or reason; None: they could not be asked."""
    return timeline(None if events is None else (_event(each, show) for each in events))


def _event(row: Row, show: Show) -> tuple[Node, Node, Node]:
    data = row.get("data") or {}
    said = link(say_event(row), f"/events/{escape_segment(str(row.get('id')))}")
    why = data.get("reason") if row.get("type") == _ROLLED_BACK else None
    return show.when(row.get("created_at")), said, why or row.get("channel") or ""
