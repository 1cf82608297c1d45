"""How changes and events are told in one line, also beside what they are about."""

from collections.abc import Mapping

from htpy import Node, fragment, small

from services.dashboard.parts.facts import link
from services.dashboard.parts.show import Row, Show
from services.dashboard.web.visit import escape_segment


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
    return str(row.get("type") or "").replace(".", " ").replace("_", " ").capitalize()


def event_entry(row: Row, show: Show) -> tuple[Node, Node, Node]:
    """An event in a timeline, leading to it: when, what, and where it was asked for."""
    said = link(say_event(row), f"/events/{escape_segment(str(row.get('id')))}")
    return show.when(row.get("created_at")), said, row.get("channel") or ""
