"""How referrals and their codes are told: addresses and states."""

from collections.abc import Mapping
from typing import Final

from htpy import Node

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import badge
from services.dashboard.parts.show import NOTHING
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.web.visit import escape_segment

#: States of a referral as a badge says them.
_STATES: Final[Mapping[str, tuple[str, str]]] = {
    "REFERRED": ("Came by the code", "warn"),
    "CONVERTED": ("Counts", "good"),
    "REVOKED": ("Taken back", "violet"),
}


def holders_href(row: Row, code: str) -> str:
    """The page of who holds a code."""
    return campaign_href(row, f"referrals/{escape_segment(code)}")


def state_of(referral: Row) -> Node:
    """How a referral stands; who refers has no state."""
    found = _STATES.get(str(referral.get("status")))
    return badge(*found) if found else NOTHING
