"""What campaigns are filtered by."""

from typing import Final

from services.dashboard.lists.fields import Field
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
    Field("campaign_name", "Name"),
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
            ("failed", "Codes are missing"),
        ),
    ),
    Field("active", "Switch", "state", (("enabled", "On"), ("disabled", "Off"))),
    Field(
        "campaign_status",
        "Codes",
        "choice",
        (("DONE", "Made"), ("IN_PROGRESS", "Being made"), ("FAILED", "Failed")),
    ),
    Field(
        "type", "Grows", "choice", (("STATIC", "By hand"), ("AUTO_UPDATE", "As it is published"))
    ),
    Field(
        "voucher_type",
        "Gives",
        "choice",
        (("DISCOUNT_VOUCHER", "Discount"), ("GIFT_VOUCHER", "Credit")),
    ),
    Field("category_ids", "Category", "lookup", lookup="category"),
    Field("categories", "Category by name"),
    Field("created_at", "Created", "time"),
    Field("updated_at", "Updated", "time"),
    Field("start_date", "Start", "time"),
    Field("expiration_date", "End", "time"),
    Field("validity_timeframe", "Timeframe", "texts"),
    Field("validity_day_of_week", "Day of the week", "choice", _WEEKDAYS),
    Field("campaign_id", "Id"),
    Field("is_referral_code", "Referral codes", "flag"),
    Field("metadata", "Metadata"),
)
