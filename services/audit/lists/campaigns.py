"""The list of campaigns."""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from services.audit.lists.categories import FIELDS as CATEGORY_FIELDS
from services.audit.lists.filters import ANY_METADATA, METADATA_PREFIX, REFERRAL, Field, text, texts
from services.audit.lists.lists import Listing
from services.audit.lists.promotions import shown_campaigns
from services.audit.lists.times import ACTIVE, TIMES
from services.audit.unknown import UNKNOWN

_NOT_STARTED: Final = f"start_date != {UNKNOWN} AND start_date > {{now:Int64}}"
#: How far the campaign is; none ever fails as a whole.
_STATUS: Final = Field(
    "state",
    "",
    states=MappingProxyType(
        {
            "$active": ACTIVE.states["$active"],
            "$expired": ACTIVE.states["$expired"],
            "$failed": "status = 'FAILED'",
            "$in_progress": "status = 'IN_PROGRESS'",
            "$before_start": _NOT_STARTED,
            "before_start": _NOT_STARTED,
        }
    ),
)
CAMPAIGNS: Final = Listing(
    "campaign",
    "campaigns",
    shown_campaigns,
    MappingProxyType(
        {
            **TIMES,
            **CATEGORY_FIELDS,
            "campaigns": text("alias"),
            "campaign_name": text("alias"),
            "campaigns_id": text("id"),
            "campaign_id": text("id"),
            "campaign_ids": text("id"),
            "campaign_type": text("type", capitals=True),
            "campaign_status": text("status", capitals=True),
            "status": _STATUS,
            "active": ACTIVE,
            "is_referral_code": REFERRAL,
            "voucher_type": texts("texts['voucher_type']")._replace(capitals=True),
            "type": texts("texts['update_type']")._replace(capitals=True),
            "validity_timeframe": texts("texts['validity_timeframe']"),
            "validity_day_of_week": texts("texts['validity_day_of_week']"),
            METADATA_PREFIX: ANY_METADATA,
        }
    ),
    plain=MappingProxyType(
        {
            "campaign_type": "type = {campaign_type:String}",
            "campaign_status": "status = {campaign_status:String}",
        }
    ),
    capitals=frozenset({"campaign_type", "campaign_status"}),
    # categories are always shown, and nobody is kept from a campaign
    expand=frozenset({"category", "access_settings_assignments"}),
    areas=True,
)
#: Loyalty programs, by all that campaigns are listed by.
PROGRAMS: Final = replace(CAMPAIGNS, only="deleted = 0 AND type = 'LOYALTY_PROGRAM'")
