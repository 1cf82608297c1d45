"""Why a stacking rule leaves a redeemable out: the answer's key, and the rule with what it compared.

Each function says for one of the rules of `engine/evaluation/stacking.py` what is told. Whoever
reads it knows which member of the project's stacking rules to change. Source of the keys: the API
contract, section 5.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from schemas.api import Redeemable
from schemas.categories import Category
from schemas.errors import Refusal, refuse
from schemas.evaluations import Outcome
from schemas.stacking import StackingRules

PRECEDING_FAILED = "preceding_validation_failed"
EXCLUDED = "exclusion_rules_not_met"
APPLICABLE_LIMIT = "applicable_redeemables_limit_exceeded"
CATEGORY_LIMIT = "applicable_redeemables_per_category_limit_exceeded"
EXCLUSIVE_LIMIT = "applicable_exclusive_redeemables_limit_exceeded"
EXCLUSIVE_CATEGORY_LIMIT = "applicable_exclusive_redeemables_per_category_limit_exceeded"
NO_EFFECT = "no_effect"


class Skip(NamedTuple):
    """The key of the answer, and what is told beside it."""

    key: str
    explanation: dict[str, Any]


#: Of a regular one, as long as it is not known which exclusive one applies, if any does.
KEPT_OUT: Final = Skip(EXCLUDED, {})


def skip_after_failure(failed: Redeemable) -> Skip:
    """In mode ALL one that failed ends the request."""
    return Skip(
        PRECEDING_FAILED,
        {"rule": "redeemables_application_mode", "mode": "ALL", "failed": _name_redeemable(failed)},
    )


def skip_after_refusal(refusal: Refusal, failed: Redeemable) -> Skip:
    """What is wrong with the request as a whole is told by the redeemable that failed with it."""
    rule = (refusal.explanation or {}).get("rule", refusal.key)
    return Skip(PRECEDING_FAILED, {"rule": rule, "failed": _name_redeemable(failed)})


def explain_exclusion(exclusive: Redeemable) -> dict[str, Any]:
    """What is told of a regular one that stays out: which exclusive one applies."""
    return {"rule": "exclusive_categories", "applied": _name_redeemable(exclusive)}


def skip_beside_regular(category_id: str | None) -> Skip:
    """An exclusive one that did not apply without regular ones stays out where they apply."""
    return Skip(EXCLUDED, {"rule": "exclusive_categories", "category_id": category_id})


def skip_over_limit(
    key: str, rule: str, limit: int | None, applied: int, category_id: str | None = None
) -> Skip | None:
    """As many were applied as the limit lets in; None: there is room, or no limit."""
    if limit is None or applied < limit:
        return None
    told: dict[str, Any] = {"rule": rule, "limit": limit, "applied": applied}
    return Skip(key, told if category_id is None else told | {"category_id": category_id})


def skip_without_effect(categories: Sequence[Category], stacking: StackingRules) -> Skip | None:
    """What leaves out an offer of these that takes nothing; None: it is applied all the same."""
    if stacking.redeemables_no_effect_rule == "REDEEM_ANYWAY":
        category_id = first_category_in(categories, stacking.no_effect_skip_categories)
        if category_id is None:
            return None
        return Skip(NO_EFFECT, {"rule": "no_effect_skip_categories", "category_id": category_id})
    if first_category_in(categories, stacking.no_effect_redeem_anyway_categories) is not None:
        return None
    return Skip(NO_EFFECT, {"rule": "redeemables_no_effect_rule", "no_effect_rule": "SKIP"})


def first_category_in(categories: Sequence[Category], category_ids: tuple[str, ...]) -> str | None:
    """The first of the categories that is named; None: none is."""
    return next((each.id for each in categories if each.id in category_ids), None)


def refusal_of_skipped(outcome: Outcome) -> Refusal:
    """Why a request fails of which all was skipped for want of an effect: a failure has a reason."""
    return refuse(NO_EFFECT, outcome.id, explanation=outcome.explanation)


def _name_redeemable(redeemable: Redeemable) -> dict[str, str]:
    return {"object": redeemable.object, "id": redeemable.id}
