"""What redemptions are filtered by, and the lists that stand beside theirs."""

from typing import Final

from services.dashboard.lists import usual
from services.dashboard.lists.fields import EACH_NUMBER, EACH_TEXT, Field

#: The fifteen reasons of a refusal, as docs/api.md tells them.
REASONS: Final = (
    "Invalid input data",
    "Order amount was specified incorrectly",
    "Order was specified incorrectly",
    "Voucher did not exist",
    "Voucher was disabled",
    "Voucher was not active yet",
    "Voucher expired",
    "Redemption quantity exceeded",
    "Gift voucher amount exceeded",
    "Order amount was not specified",
    "Order items were not specified",
    "Order does not match validation rules",
    "Customer was not specified",
    "Customer does not match to the segment",
    "Redemption conditions not met",
)
#: Through which door something was asked, as the API names it, and in words.
CHANNELS: Final = (("API", "API"), ("CLIENT_API", "Browser"), ("USER_PORTAL", "Dashboard"))
TABS: Final = (
    ("Redemptions", "/redemptions"),
    ("Validations", "/validations"),
    ("Sessions", "/sessions"),
    ("Stacking rules", "/stacking-rules"),
)
FIELDS: Final = (
    Field("result", "Result", "choice", (("SUCCESS", "Success"), ("FAILURE", "Failure"))),
    Field("reason", "Reason", "choice", tuple((each, each) for each in REASONS)),
    Field("failure_code", "Failure code"),
    usual.DATE_ALONE,
    Field("voucher_code", "Voucher code"),
    Field("campaign_name", "Campaign"),
    usual.CUSTOMER,
    Field(
        "object",
        "Kind",
        "choice",
        (("redemption", "Redemption"), ("redemption_rollback", "Rollback")),
    ),
    Field("parent_redemption_id", "Stack"),
    Field("related_object_id", "Voucher or tier id", ops=EACH_TEXT),
    Field("user_login", "User"),
    Field(
        "channel",
        "Channel",
        "choice",
        CHANNELS,
    ),
    Field(
        "validation_rule_id",
        "Refused by rules",
        "lookup",
        ops=("is",),
        lookup="validation-rule",
    ),
    Field("product", "Product"),
    Field("session_key", "Session"),
    Field("amount", "Order amount", "money"),
    Field("discount", "Discount", "money", ops=EACH_NUMBER),
    usual.METADATA,
)
