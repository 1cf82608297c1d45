"""The paths of the API: which of their segments are words, and what some of them stand for."""

import re
from collections.abc import Mapping
from typing import Final

#: The fixed segments of the API's paths; any other names one thing.
_WORDS: Final = (
    "v1 client management vouchers campaigns customers orders products skus publications "
    "redemptions validations qualifications promotions tiers events async-actions trash-bin "
    "metadata-schemas metadata async bulk import importCSV export exports balance transactions "
    "redemption rollback rollbacks validate redeem validation qualification enable disable "
    "sessions summary activity activities redeemables segments permanent-deletion create publish summaries "
    "analytics totals timeseries metrics top funnel compare cohorts budgets query views audit api-calls changes stream live alerts thresholds simulations "
    "oauth token introspect projects webhooks users keys webhook-deliveries redeliveries revoke "
    "referrals holders tree giveaways entries draw winners refuse prizes proof "
    "loyalties members rewards reward-assignments reward consents standings transfers points-expiration "
    "earning-rules pending-points activate cancel "
    "rotate test copy custom-event-schemas branding api-usage releases diagnostics try "
    "uses filter callers "
    "stacking-rules categories locations validation-rules validation-rules-assignments "
    "log assignments product-collections stacks assets qr barcode notifications read "
    "current me password password-reset password-resets two-factor confirm "
    "invitations look accept invite roles fields order try security"
)
PATH_WORDS: Final = frozenset(_WORDS.split())
#: The segment before one that may be what a shop calls a person by, and how ids of ours begin.
PERSONAL_SEGMENTS: Final[Mapping[str, str]] = {"customers": "cust_", "members": "lm_"}
#: The first words of the paths at which a shop sets things up, and the words further on at which a
#: body may name a person all the same.
_SETUP: Final = (
    "vouchers campaigns promotions products skus product-collections categories locations rewards "
    "validation-rules validation-rules-assignments stacking-rules metadata-schemas projects "
    "trash-bin async-actions notifications sessions"
)
_OF_PEOPLE: Final = (
    "redemption redemptions redeem rollback rollbacks validate validation validations "
    "qualification publications publish customers orders members events users "
    "invitations oauth export try"
)
SETUP_WORDS: Final = frozenset(_SETUP.split())
PERSONAL_BODY_WORDS: Final = frozenset(_OF_PEOPLE.split())
#: The parameters that let in whoever has their value.
SECRET_PARAMETERS: Final = frozenset({"token"})
#: The words in names of parameters whose values may be of a person.
PERSONAL_PARAMETERS: Final = frozenset(
    {
        "customer", "customer_id", "source_id", "tracking_id", "email", "name", "phone", "city",
        "address", "state", "line_", "postal_code", "country", "birthday", "birthdate",
        "description", "metadata", "holder", "referrer", "text", "path",
    }
)  # fmt: skip

#: The endpoints that take files, or many rows at once.
UPLOAD_PATHS: Final = re.compile(
    r"/v1/(?:vouchers|customers|orders|products|skus|campaigns/[^/]+)"
    r"/(?:import|importCSV|bulk/async|metadata/async)"
)
