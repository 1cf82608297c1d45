"""What is bad about tries, and about orders of categories and tiers."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Ask, Before, Rows, post, put
from tests.unit.services.strange import TERMS

_RULES: Final = "validation-rules/try"
_STACKING: Final = "stacking-rules/try"
_CAMPAIGNS: Final = "campaigns/try"
_VOUCHER: Final = {"object": "voucher", "id": "A"}
_NOBODY: Final = {"cart": {"customer": {"id": "cust_none"}}}


def _stack(rules: Any = None, *redeemables: Any, **more: Any) -> dict[str, Any]:
    asked = list(redeemables or (_VOUCHER,))
    return {"stacking_rules": rules or {}, "redeemables": asked} | more


def _campaign(**more: Any) -> dict[str, Any]:
    return {"campaign": {"name": "Tried", "voucher": TERMS}} | more


TRIES: Final[Rows] = {
    "a member of the wrong type or out of bounds, of what is tried or of its cart; no redeemables, or more than 30": (
        *post(_RULES, {"cart": 5}, {"cart": {"order": {"amount": "x"}}}, {"rules": [1]},
              {"redeemable": {"object": "order", "id": "o"}}),
        *post(_STACKING, {"redeemables": [_VOUCHER]}, _stack({"redeemables_limit": 31}),
              {"stacking_rules": {}, "redeemables": []}, _stack({}, *[_VOUCHER] * 31)),
        *post(_CAMPAIGNS, {}, {"campaign": {"name": "N"}}, _campaign(at="soon"),
              _campaign(validation_rules=[{"name": "R"}, {"name": "R"}])),
    ),
    "rules that make no sense, told by their path": (
        *post(_RULES, {"rules": {"1": {"name": "order.size"}}}),
        *post(_CAMPAIGNS, _campaign(validation_rules=[{"name": "R", "rules": {"1": {}}}])),
    ),
    "an unknown customer, order, redeemable of rules, category or set": (
        *post(_RULES, _NOBODY, {"cart": {"order": {"id": "ord_none"}}},
              {"redeemable": {"object": "promotion_tier", "id": "promo_none"}}),
        *post(_STACKING, _stack(**_NOBODY), _stack({"joint_categories": ["cat_none"]})),
        *post(_CAMPAIGNS, _campaign(**_NOBODY), {"campaign": {
            "name": "N", "voucher": TERMS, "validation_rules": ["val_none"]}}),
    ),
    "the same redeemable twice under rules that are tried": post(
        _STACKING, _stack({}, _VOUCHER, _VOUCHER)
    ),
    "a campaign whose name is taken": post(_CAMPAIGNS, {"campaign": {"name": "Spring", "voucher": TERMS}}),
    "an order of categories or tiers that names one twice or leaves one out, which is named; of more than 500 tiers": (
        *put("categories/order", {}, {"ids": 5}, {"ids": []}, {"ids": ["<apart>", "<apart>"]}),
        *put("promotions/Sale/tiers/order", {"ids": ["<tier>", "<tier>"]}, {"ids": []}),
    ),
    "an order that names an unknown category or tier, or a tier of another promotion": (
        *put("categories/order", {"ids": ["cat_none"]}),
        *put("promotions/Sale/tiers/order", {"ids": ["promo_none"]}),
        *put("promotions/none/tiers/order", {"ids": []}),
    ),
    "an order of tiers of a campaign of another type": put(
        "promotions/Spring/tiers/order", {"ids": []}
    ),
}  # fmt: skip
BEFORE_TRIES: Final[Before] = (
    ("apart", Ask("POST", "/v1/categories", {"name": "Apart", "hierarchy": 1})),
)
