"""How changes are told in one line, also beside what was changed."""

from services.dashboard.parts.show import Row


def caller_of(row: Row) -> str:
    """The id of who asked for a change; empty where nobody did."""
    calls = row.get("api_calls") or []
    return str(calls[0].get("key_id") or "") if calls else ""
