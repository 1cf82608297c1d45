"""A project's stacking rules: one set, kept until it is deleted, when the defaults hold again.

The caps are the contract's: no limit is above that of the redeemables of one request, and a
category is exclusive or joint, not both.
"""

from collections.abc import Callable
from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.stacking import (
    CATEGORIES_NAMED_MAX,
    DEFAULTS,
    REDEEMABLES_LIMIT_MAX,
    CreateStackingRules,
    DeleteStackingRules,
    StackingRules,
    StackingRulesCreated,
    StackingRulesDeleted,
    StackingRulesUpdated,
    StoredStackingRules,
    UpdateStackingRules,
)

_LIMITS = (
    "redeemables_limit",
    "applicable_redeemables_limit",
    "applicable_redeemables_per_category_limit",
    "applicable_exclusive_redeemables_limit",
    "applicable_exclusive_redeemables_per_category_limit",
)
#: Lists of which a category may stand in one only.
_APART = (
    ("exclusive_categories", "joint_categories"),
    ("initial_amount_mode_categories", "discounted_amount_mode_categories"),
    ("no_effect_skip_categories", "no_effect_redeem_anyway_categories"),
)
#: All members that name categories in a list.
_LISTS = tuple(name for both in _APART for name in both)


def find_stacking_rules(view: View) -> StackingRules:
    """The rules in force."""
    stored = view.get(tables.STACKING, tables.THE_ONE)
    return DEFAULTS if stored is None else stored.rules


def create_stacking_rules(
    view: View, command: Command, body: CreateStackingRules, now: Millis
) -> Decision | Refusal:
    """Gives the project rules of its own; there may be none yet."""
    if view.get(tables.STACKING, tables.THE_ONE) is not None:
        return refuse("stacking_rules_exist")
    wrong = invalid_stacking_rules(view, body.rules)
    if wrong is not None:
        return wrong
    stored = StoredStackingRules(new_id(command.seed, "stk_"), body.rules, now)
    return Decision((StackingRulesCreated(stored),))


def update_stacking_rules(
    view: View, _: Command, body: UpdateStackingRules, now: Millis
) -> Decision | Refusal:
    """Sets what is named; the rest stays."""
    stored = view.get(tables.STACKING, tables.THE_ONE)
    if stored is None or stored.id != body.stacking_rules_id:
        return not_found("stacking_rules", body.stacking_rules_id)
    stacking = change_entity(stored.rules, body.changes, StackingRules.__struct_fields__)
    if isinstance(stacking, Refusal):
        return stacking
    wrong = invalid_stacking_rules(view, stacking)
    if wrong is not None:
        return wrong
    after = structs.replace(stored, rules=stacking, updated_at=now)
    return Decision((StackingRulesUpdated(after),))


def delete_stacking_rules(
    view: View, _: Command, body: DeleteStackingRules, __: Millis
) -> Decision | Refusal:
    """The defaults hold again."""
    stored = view.get(tables.STACKING, tables.THE_ONE)
    if stored is None or stored.id != body.stacking_rules_id:
        return not_found("stacking_rules", body.stacking_rules_id)
    return Decision((StackingRulesDeleted(stored),))


def with_kept_categories(stacking: StackingRules, keeps: Callable[[str], bool]) -> StackingRules:
    """The rules with only those of the categories that they name which are kept."""
    lists = {name: tuple(filter(keeps, getattr(stacking, name))) for name in _LISTS}
    limits = stacking.applicable_redeemables_category_limits
    if limits:
        limits = {each: limit for each, limit in limits.items() if keeps(each)}
    return structs.replace(stacking, applicable_redeemables_category_limits=limits, **lists)


def invalid_stacking_rules(view: View, stacking: StackingRules) -> Refusal | None:
    """The refusal of limits outside the caps, of unknown categories and of contradicting lists."""
    for name in _LIMITS:
        wrong = _wrong_limit(name, getattr(stacking, name))
        if wrong is not None:
            return wrong
    for category_id, limit in stacking.applicable_redeemables_category_limits.items():
        wrong = _wrong_limit(f"applicable_redeemables_category_limits.{category_id}", limit)
        if wrong is not None:
            return wrong
    if stacking.applicable_redeemables_limit > stacking.redeemables_limit:
        return _invalid("applicable_redeemables_limit", "must not be above redeemables_limit")
    named: dict[str, None] = dict.fromkeys(stacking.applicable_redeemables_category_limits)
    for one, other in _APART:
        both = set(getattr(stacking, one)).intersection(getattr(stacking, other))
        if both:
            return _invalid(one, f"names {min(both)}, which {other} names, too")
        named |= dict.fromkeys((*getattr(stacking, one), *getattr(stacking, other)))
    if len(named) > CATEGORIES_NAMED_MAX:
        reason = f"Stacking rules name at most {CATEGORIES_NAMED_MAX} categories"
        return refuse("invalid_payload", reason)
    for category_id in named:
        if view.get(tables.CATEGORIES, category_id) is None:
            return not_found("category", category_id)
    return None


def _wrong_limit(name: str, limit: int | None) -> Refusal | None:
    if limit is None or 1 <= limit <= REDEEMABLES_LIMIT_MAX:
        return None
    return _invalid(name, f"must be 1 to {REDEEMABLES_LIMIT_MAX}")


def _invalid(name: str, reason: str) -> Refusal:
    return refuse("invalid_payload", f"Property `.{name}` {reason}")


DECISIONS: Decisions = MappingProxyType(
    {
        CreateStackingRules: create_stacking_rules,
        UpdateStackingRules: update_stacking_rules,
        DeleteStackingRules: delete_stacking_rules,
    }
)
