"""What campaigns are filtered by."""

from typing import Final

from services.dashboard.lists import usual
from services.dashboard.lists.fields import EACH_TEXT, Field
from services.dashboard.sections.campaigns.naming import KINDS

_WEEKDAYS: Final = (
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("0", "Sunday"),
)
FIELDS: Final = (
    Field("campaign_name", "Name", ops=EACH_TEXT),
    Field("campaign_type", "Kind", "choice", KINDS),
    Field(
        "status",
        "Status",
        "state",
        (
            ("active", "Active"),
            ("before_start", "Scheduled"),
            ("expired", "Ended"),
            ("in_progress", "Making codes"),
        ),
    ),
    Field("active", "Switch", "state", (("enabled", "On"), ("disabled", "Off"))),
    Field(
        "campaign_status",
        "Codes",
        "choice",
        (("DONE", "Made"), ("IN_PROGRESS", "Being made")),
    ),
    Field(
        "type", "Grows", "choice", (("STATIC", "By hand"), ("AUTO_UPDATE", "As it is published"))
    ),
    Field(
        "voucher_type",
        "Gives",
        "choice",
        (("DISCOUNT_VOUCHER", "Discount"), ("GIFT_VOUCHER", "Credit"), ("LOYALTY_CARD", "Points")),
    ),
    Field("category_ids", "Category", "lookup", lookup="category"),
    Field("categories", "Category by name"),
    usual.CREATED,
    usual.CHANGED,
    usual.START,
    usual.END,
    Field("validity_timeframe", "Timeframe", "texts"),
    Field("validity_day_of_week", "Day of the week", "choice", _WEEKDAYS),
    Field("campaign_id", "Id", ops=EACH_TEXT),
    Field("is_referral_code", "Referral codes", "flag"),
    usual.METADATA,
)
