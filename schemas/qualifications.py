"""Qualifications: what is asked, and how the state finds what may suit."""

from typing import Literal

from schemas.base import Millis, Shape

LIMIT_MAX = 50
LIMIT_DEFAULT = 5

Scenario = Literal[
    "ALL",
    "CUSTOMER_WALLET",
    "AUDIENCE_ONLY",
    "PRODUCTS",
    "PRODUCTS_DISCOUNT",
    "PROMOTION_STACKS",
    "PRODUCTS_BY_CUSTOMER",
    "PRODUCTS_DISCOUNT_BY_CUSTOMER",
]
SortingRule = Literal["DEFAULT", "BEST_DEAL", "LEAST_DEAL"]
#: What is found by the index; a campaign stands for the vouchers that it would give.
CandidateKind = Literal["voucher", "campaign", "promotion_tier", "promotion_stack"]
#: What of the rules has to be met: everything, what is said of the customer, what of items.
Space = Literal["all", "audience", "products"]


class RuleKey(Shape, frozen=True):
    """Something that a request has to have for a set of rules to be met."""

    kind: str
    subject: str = ""
    value: str = ""


class RulePosting(Shape, frozen=True):
    """Under which keys a set of rules is found, and the newest offer of each kind that it binds."""

    keys: dict[Space, tuple[RuleKey, ...]]
    newest: dict[CandidateKind, Millis]
