"""Of what a percentage is taken: of the order as it was before the request, or of what is left of it.

The first of a redeemable's categories that is in a list decides, else the project's mode.
"""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from schemas.stacking import StackingRules


class Calculation(NamedTuple):
    """The mode, the member of the stacking rules that says it, and the category that is named there."""

    mode: Literal["INITIAL_AMOUNT", "DISCOUNTED_AMOUNT"]
    rule: str
    category_id: str | None = None

    def explanation(self) -> dict[str, Any]:
        """What is told of it, as of skips and refusals."""
        told = {"rule": self.rule, "discount_calculation_mode": self.mode}
        return told if self.category_id is None else told | {"category_id": self.category_id}


def calculation_of(category_ids: Iterable[str], rules: StackingRules) -> Calculation:
    """How percentages of what is in these categories are worked out."""
    for category_id in category_ids:
        if category_id in rules.initial_amount_mode_categories:
            return Calculation("INITIAL_AMOUNT", "initial_amount_mode_categories", category_id)
        if category_id in rules.discounted_amount_mode_categories:
            rule = "discounted_amount_mode_categories"
            return Calculation("DISCOUNTED_AMOUNT", rule, category_id)
    return Calculation(rules.discount_calculation_mode, "discount_calculation_mode")
