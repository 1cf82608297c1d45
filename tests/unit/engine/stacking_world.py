"""A project with categories and stacking rules of its own, and rows of redeemables for tests.

A row names its redeemables as `CODE` or `CODE:category`, one after the other: `A:gold B C:deal`.
Categories say by their names what the tests' rules make of them: `excl…` are exclusive, `join…`
joint; the others regular.
"""

from typing import Any

from engine.evaluation.evaluate import Asker, evaluate_for
from engine.kernel import tables
from schemas.api import Redeemable
from schemas.categories import Category, CategoryCreated
from schemas.discounts import Discount
from schemas.evaluations import Evaluation, Outcome
from schemas.stacking import StackingRules, StackingRulesCreated, StoredStackingRules
from tests.unit.engine.world import NOON, World, amount, redeem, voucher

#: Category → hierarchy.
CATEGORIES = {"gold": 1, "silver": 2, "deal": 3, "excl": 4, "excl2": 5, "join": 6, "join2": 7}
REASONS = {
    "preceding_validation_failed": "preceding",
    "exclusion_rules_not_met": "excluded",
    "applicable_redeemables_limit_exceeded": "limit",
    "applicable_redeemables_per_category_limit_exceeded": "category",
    "applicable_exclusive_redeemables_limit_exceeded": "exclusive",
    "applicable_exclusive_redeemables_per_category_limit_exceeded": "exclusive-category",
    "no_effect": "no-effect",
}


def rules(**fields: Any) -> StackingRules:
    """Stacking rules under which `excl` and `excl2` are exclusive, `join` and `join2` joint."""
    named: dict[str, Any] = {
        "exclusive_categories": ("excl", "excl2"),
        "joint_categories": ("join", "join2"),
    }
    return StackingRules(**(named | fields))


def ruled(given: StackingRules | None = None) -> World:
    """A project with the categories and these stacking rules."""
    world = World().given(
        *(CategoryCreated(Category(each, each, rank, NOON)) for each, rank in CATEGORIES.items())
    )
    if given is None:
        return world
    return world.given(StackingRulesCreated(StoredStackingRules("stk_1", given, NOON)))


def row(world: World, named: str, **discounts: Discount) -> tuple[Redeemable, ...]:
    """The redeemables of a row, which become vouchers of the world that take 1.00 each.

    A code that begins with `OFF` is disabled, one with `NIL` takes nothing, `NONE` does not exist.
    """
    codes = []
    for each in named.split():
        code, _, category = each.partition(":")
        codes.append(code)
        if code == "NONE" or world.view.get(tables.VOUCHERS, f"v_{code}") is not None:
            continue
        takes = discounts.get(code) or amount(0 if code.startswith("NIL") else 100)
        fields = {"category_id": category or None, "active": not code.startswith("OFF")}
        world.given(voucher(code, takes, **fields))
    return tuple(Redeemable("voucher", code) for code in codes)


def evaluated(world: World, asked: tuple[Redeemable, ...], **fields: Any) -> Evaluation:
    """What a validation comes to."""
    return evaluate_for(world.view, redeem(*asked, **fields), Asker(None, "server"), world.now)


def reason(outcome: Outcome) -> str:
    """What became of a redeemable, in a word: `ok`, the rule that skipped it, or `failed`."""
    if outcome.status == "SKIPPED":
        return REASONS[outcome.skipped_by or ""]
    return "ok" if outcome.status == "APPLICABLE" else "failed"


def reasons(evaluation: Evaluation) -> list[str]:
    """What became of each redeemable of a request."""
    return [reason(outcome) for outcome in evaluation.outcomes]


def taken(evaluation: Evaluation) -> list[int]:
    """What each redeemable took that applied, in the order of the request."""
    return [each.taken.total for each in evaluation.outcomes if each.taken is not None]
