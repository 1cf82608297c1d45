"""Moments of the API, and what the dates of a row say of the present."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]


def read_time(text: str) -> datetime:
    """A moment of the API."""
    return datetime.fromisoformat(text)


def is_started(row: Row, now: datetime) -> bool:
    """Whether its time has begun."""
    return not row.get("start_date") or read_time(row["start_date"]) <= now


def is_ended(row: Row, now: datetime) -> bool:
    """Whether its time is over."""
    return bool(row.get("expiration_date")) and read_time(row["expiration_date"]) <= now


def is_active(row: Row, now: datetime) -> bool:
    """Whether it is switched on, and its time is now."""
    return bool(row["active"]) and is_started(row, now) and not is_ended(row, now)
