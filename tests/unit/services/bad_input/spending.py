"""What is bad about points of members: how they go to others, and when they expire."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Before, Rows, get, post

CARD: Final = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 10}}
PROGRAM: Final = {
    "name": "Pots", "campaign_type": "LOYALTY_PROGRAM", "type": "AUTO_UPDATE", "voucher": CARD,
}  # fmt: skip
MOVE: Final = {"code": "POT-B", "points": 5, "source_id": "t-1"}


def _moves(*moves: Any) -> Any:
    return post("loyalties/Pots/members/POT-A/transfers", *moves)


SPENDING: Final[Rows] = {
    "a body that is no array; no card, or more than 20; a card without a code, points or a source_id; points below 1; a card that is named twice, or gets them itself": _moves(
        MOVE, [], [MOVE] * 21, [{"code": "POT-B", "points": 5}], [{"points": 5, "source_id": "t"}],
        [{"code": "POT-B", "source_id": "t"}], [MOVE | {"points": 0}], [MOVE | {"points": "5"}],
        [MOVE, MOVE], [MOVE | {"code": "POT-A"}], [MOVE | {"reason": 5}],
    ),
    "more points than a card has": _moves([MOVE | {"points": 11}]),
    "an unknown program, member or card; a member or a card of another program": (
        *_moves([MOVE | {"code": "none"}], [MOVE | {"code": "A"}]),
        *post("loyalties/Pots/members/none/transfers", [MOVE]),
        *post("loyalties/Spring/members/POT-A/transfers", [MOVE]),
        *get("loyalties/Pots/members/none/points-expiration"),
        *get("loyalties/none/members/POT-A/points-expiration"),
    ),
    "an order or a filter of a list of points that expire": get(
        "loyalties/Pots/members/POT-A/points-expiration?order=points",
        "loyalties/Pots/members/POT-A/points-expiration?filters[points][conditions][$is]=1",
    ),
}  # fmt: skip
BEFORE_SPENDING: Final[Before] = (
    ("pots", post("campaigns", PROGRAM)[0]),
    ("pot a", post("campaigns/Pots/vouchers/POT-A", {})[0]),
    ("pot b", post("campaigns/Pots/vouchers/POT-B", {})[0]),
)
