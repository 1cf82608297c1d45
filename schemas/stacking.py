"""Stacking rules: how several redeemables of one request go together. One set for each project.

Source of members, defaults and caps: the API contract, section 5, and the issue of the engine.
"""

from typing import Final, Literal

import msgspec
from msgspec import field

from schemas.base import Millis, Shape

REDEEMABLES_LIMIT_MAX = 30
#: How many categories the rules may name; answers show them all, and sessions keep them.
CATEGORIES_NAMED_MAX = 200


class StackingRules(Shape, frozen=True):
    """The rules in force; a project that set none has these defaults."""

    redeemables_limit: int = 30
    applicable_redeemables_limit: int = 5
    #: None: no limit.
    applicable_redeemables_per_category_limit: int | None = 1
    #: Category id → its own limit.
    applicable_redeemables_category_limits: dict[str, int] = field(default_factory=dict)
    applicable_exclusive_redeemables_limit: int = 1
    applicable_exclusive_redeemables_per_category_limit: int | None = 1
    exclusive_categories: tuple[str, ...] = ()
    joint_categories: tuple[str, ...] = ()
    discount_calculation_mode: Literal["INITIAL_AMOUNT", "DISCOUNTED_AMOUNT"] = "DISCOUNTED_AMOUNT"
    initial_amount_mode_categories: tuple[str, ...] = ()
    discounted_amount_mode_categories: tuple[str, ...] = ()
    redeemables_application_mode: Literal["ALL", "PARTIAL"] = "ALL"
    redeemables_sorting_rule: Literal["CATEGORY_HIERARCHY", "REQUESTED_ORDER"] = "REQUESTED_ORDER"
    redeemables_products_application_mode: Literal["STACK", "ONCE"] = "STACK"
    redeemables_no_effect_rule: Literal["REDEEM_ANYWAY", "SKIP"] = "REDEEM_ANYWAY"
    no_effect_skip_categories: tuple[str, ...] = ()
    no_effect_redeem_anyway_categories: tuple[str, ...] = ()
    redeemables_rollback_order_mode: Literal["WITH_ORDER", "WITHOUT_ORDER"] = "WITH_ORDER"


class StoredStackingRules(Shape, frozen=True):
    """A project's own stacking rules."""

    id: str
    rules: StackingRules
    created_at: Millis
    updated_at: Millis | None = None


class CreateStackingRules(Shape, tag="create_stacking_rules", frozen=True):
    """Gives a project rules of its own; one that has some refuses."""

    rules: StackingRules


class UpdateStackingRules(Shape, tag="update_stacking_rules", frozen=True):
    """Sets the named fields, in the encoding of the state."""

    stacking_rules_id: str
    changes: msgspec.Raw


class DeleteStackingRules(Shape, tag="delete_stacking_rules", frozen=True):
    """Removes a project's own rules: the defaults hold again."""

    stacking_rules_id: str


class StackingRulesCreated(Shape, tag="stacking_rules.created", frozen=True):
    """A project has rules of its own."""

    stored: StoredStackingRules


class StackingRulesUpdated(Shape, tag="stacking_rules.updated", frozen=True):
    """A project's rules changed; `stored` is the whole after it."""

    stored: StoredStackingRules


class StackingRulesDeleted(Shape, tag="stacking_rules.deleted", frozen=True):
    """A project has no rules of its own any more: the defaults hold."""

    stored: StoredStackingRules


StackingCommand = CreateStackingRules | UpdateStackingRules | DeleteStackingRules
StackingEvent = StackingRulesCreated | StackingRulesUpdated | StackingRulesDeleted
#: Stacking rules by themselves.
STACKING_EVENTS: Final = frozenset(
    {StackingRulesCreated, StackingRulesUpdated, StackingRulesDeleted}
)
DEFAULTS = StackingRules()
