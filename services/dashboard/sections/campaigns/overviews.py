"""The first tab of a campaign, by its kind."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from htpy import Node

from services.dashboard.lists.resource import Row
from services.dashboard.sections.campaigns.frame import Content, tab_page
from services.dashboard.sections.campaigns.giveaways.overview import giveaway_overview
from services.dashboard.sections.campaigns.overview import overview
from services.dashboard.sections.campaigns.programs.overview import program_overview
from services.dashboard.sections.campaigns.referrals.overview import referral_overview
from services.dashboard.web.visit import Visit

#: Kinds of campaigns whose first tab is their own.
_OWN: Final[Mapping[str, Content]] = MappingProxyType(
    {
        "LOYALTY_PROGRAM": program_overview,
        "REFERRAL_PROGRAM": referral_overview,
        "GIVEAWAY": giveaway_overview,
    }
)


async def overview_of(visit: Visit, row: Row) -> Node:
    """What a campaign adds up to. Raises ApiFault."""
    return await _OWN.get(str(row.get("campaign_type")), overview)(visit, row)


OVERVIEW: Final = tab_page("", overview_of)
