"""Addresses of referral codes."""

from services.dashboard.lists.resource import Row
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.web.visit import escape_segment


def holders_href(row: Row, code: str) -> str:
    """The page of who holds a code."""
    return campaign_href(row, f"referrals/{escape_segment(code)}")
