"""How changes are told in one line, also beside what was changed."""

from collections.abc import Mapping

from htpy import Node, fragment, small

from services.dashboard.parts.show import Row


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
