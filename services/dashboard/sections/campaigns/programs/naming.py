"""Where programs and their members stand in the API and in the dashboard, and how points are said."""

from typing import Any, Final

from services.dashboard.parts.show import Row, Show
from services.dashboard.web.visit import escape_segment

KIND: Final = "LOYALTY_PROGRAM"
#: The last part of the address of each tab.
EARNING: Final = "earning-rules"
LADDER: Final = "loyalty-tiers"
#: As many as one list of the API holds.
LIST_MAX: Final = 100


def program_path(row: Row) -> str:
    """A program in the API."""
    return f"/v1/loyalties/{escape_segment(str(row['id']))}"


def member_href(program: str, code: Any, part: str = "") -> str:
    """The page of a member, or something below it."""
    address = f"/campaigns/{escape_segment(program)}/members/{escape_segment(str(code))}"
    return f"{address}/{part}" if part else address


def say_count(points: Any, show: Show) -> str:
    """So many points."""
    return "1 point" if points == 1 else f"{show.number(points)} points"


def say_range(points: Row | None, show: Show) -> str:
    """The points of a tier."""
    told = points or {}
    low, high = told.get("from"), told.get("to")
    if low is None and high is None:
        return "No points yet: nobody comes to it"
    if high is None:
        return f"From {show.number(low)} points on"
    return f"{show.number(low or 0)} to {show.number(high)} points"
