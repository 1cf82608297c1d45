"""Rewards and who offers them."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Before, Rows, delete, get, post, put

_COIN: Final = {"coin": {"exchange_ratio": 1}}
_MUG: Final = {"product": {"id": "<mug>"}}
_PRICE: Final = {"parameters": {"loyalty": {"points": 5}}}


def _reward(**parameters: Any) -> Any:
    return {"name": "R", "parameters": parameters}


def _offer(campaign: str = "Club", /, **more: Any) -> Any:
    return {"campaign": campaign} | more


REWARDS: Final[Rows] = {
    "a reward of no kind, of two, or of another than its type; a stock of what is no product, or below 0; a ratio that pays nothing": (
        *post(
            "rewards", _reward(), _reward(**_COIN, **_MUG), _reward(**_COIN) | {"type": "MATERIAL"},
            _reward(**_COIN) | {"stock": 1}, _reward(**_MUG) | {"stock": -1},
            _reward(coin={"exchange_ratio": 0}), {"name": 5, "parameters": _COIN},
        ),
        *put("rewards/<cup>", {"type": "COIN"}, {"parameters": _COIN}, {"stock": "x"}),
    ),
    "an unknown campaign, product, SKU, reward, assignment or member": (
        *post(
            "rewards", _reward(campaign={"id": "none"}), _reward(product={"id": "none"}),
            _reward(product={"id": "<mug>", "sku_id": "none"}),
        ),
        *get("rewards/none/assignments", "rewards/<cup>/assignments/none"),
        *get("loyalties/none/rewards", "loyalties/Club/rewards/none"),
        *get("loyalties/Club/reward-assignments/none/reward", "loyalties/members/none/rewards"),
        *post("rewards/none/assignments", _offer(**_PRICE)),
        *post("rewards/<cup>/assignments", _offer("none", **_PRICE)),
        *put("loyalties/Club/rewards/none", _PRICE),
        *delete("loyalties/Club/rewards/none", "rewards/<cup>/assignments/none"),
        *post("loyalties/members/none/redemption", {"reward": {"id": "<cup>"}}),
    ),
    "a balance of a code, or none of a card": post(
        "rewards", _reward(campaign={"id": "Spring", "balance": 5}), _reward(campaign={"id": "Club"})
    ),
    "a reward of a promotion, a referral program, or a giveaway without codes or with loyalty cards; an offer by another campaign than a loyalty program, or of its own cards": (
        *post("rewards/<cup>/assignments", _offer("Spring", **_PRICE)),
        *post("rewards/<own>/assignments", _offer(**_PRICE)),
    ),
    "a price of coins, one below 1, two sets of rules for coins; a list of none": (
        *post(
            "rewards/<coin>/assignments", _offer(**_PRICE),
            _offer(validation_rules=["val_1", "val_2"]),
        ),
        *post("rewards/<cup>/assignments", _offer(parameters={"loyalty": {"points": 0}})),
        *post("loyalties/Club/rewards", [], {}),
    ),
    "an offer without its price": post(
        "rewards/<cup>/assignments", _offer(), _offer(parameters={"loyalty": {}})
    ),
    "the same reward offered twice by a program": post(
        "rewards/<jug>/assignments", _offer(**_PRICE)
    ),
    "a reward that is offered, deleted": delete("rewards/<jug>"),
}  # fmt: skip
BEFORE_REWARDS: Final[Before] = (
    (
        "club",
        post(
            "loyalties",
            {"name": "Club", "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 5}}},
        )[0],
    ),
    ("mug", post("products", {"name": "Mug"})[0]),
    ("cup", post("rewards", _reward(**_MUG))[0]),
    ("jug", post("rewards", _reward(**_MUG))[0]),
    ("coin", post("rewards", _reward(**_COIN))[0]),
    ("own", post("rewards", _reward(campaign={"id": "Club", "balance": 5}))[0]),
    ("offered", post("rewards/<jug>/assignments", _offer(**_PRICE))[0]),
)
