"""What is bad about loyalty programs and who belongs to them."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Ask, Before, Rows, delete, get, post, put
from tests.unit.services.strange import PROGRAM, TERMS

NAMED: Final[dict[str, Any]] = PROGRAM | {"name": "N"}
ANN: Final = {"customer": {"source_id": "ann"}}
#: The programs Full, which gives no card, and Other, with a card that ben holds.
BEFORE_PROGRAMS: Final[Before] = (
    ("full", Ask("POST", "/v1/loyalties", PROGRAM | {"name": "Full", "type": "STATIC"})),
    ("other", Ask("POST", "/v1/loyalties", PROGRAM | {"name": "Other"})),
    (
        "held",
        Ask("POST", "/v1/loyalties/Other/members", {"customer": {"source_id": "ben"}}),
    ),
    ("joined", Ask("POST", "/v1/loyalties/L0/members", ANN)),
    ("spare", Ask("POST", "/v1/campaigns/L0/vouchers")),
)


def _card(**more: Any) -> dict[str, Any]:
    return NAMED | {"voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 1} | more}}


PROGRAMS: Final[Rows] = {
    "a campaign_type of another kind, or vouchers that are no loyalty cards; no points, or below 0": post(
        "loyalties", NAMED | {"campaign_type": "GIFT_VOUCHERS"}, NAMED | {"voucher": TERMS},
        {"name": "N"}, _card(points=-1), _card(points=None),
    ),
    "expiration_rules whose members do not go together": post(
        "loyalties", _card(expiration_rules={"period_type": "MONTH"}),
        _card(expiration_rules={"period_type": "FIXED_DAY_OF_YEAR", "period_value": 1}),
    ),
    "loyalty_tiers_expiration of another campaign": put(
        "campaigns/Spring", {"loyalty_tiers_expiration": PROGRAM["loyalty_tiers_expiration"]}
    ),
    "a program whose name is taken": post("loyalties", PROGRAM | {"name": "L0"}),
    "an unknown program, or a campaign that is none; an unknown member, or one of another program": (
        *get("loyalties/none", "loyalties/Spring", "loyalties/members/none", "loyalties/members/A",
             "loyalties/L0/members/<held>", "loyalties/Spring/members/<held>"),
        *put("loyalties/Spring", {"description": "D"}), *delete("loyalties/Spring"),
        *post("loyalties/none/members", ANN),
        *post("loyalties/L0/members", ANN | {"voucher": "<held>"}, ANN | {"voucher": "none"}),
        *post("loyalties/none/transactions/export", {}),
        *post("loyalties/Spring/points-expiration/export", {}),
        *post("loyalties/members/A/transactions/export", {}),
    ),
    "a member without customer, or with a member of the wrong type": post(
        "loyalties/L0/members", {}, ANN | {"voucher": 5}, ANN | {"metadata": 5}
    ),
    "another card for who may join once": (
        *post("loyalties/L0/members", ANN | {"voucher": "<spare>"}),
    ),
    "a program that has no card to give": post("loyalties/Full/members", ANN),
    "more than one card of a program that is joined once": post(
        "publications", ANN | {"campaign": {"name": "L0", "count": 2}}
    ),
}  # fmt: skip
