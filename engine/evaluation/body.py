"""The answer to a validation. Source: the API contract, section 5."""

from collections.abc import Collection
from typing import Final

from engine.evaluation.calculation import calculation_of
from engine.evaluation.redeemable_body import (
    applicable_body,
    expanded_body,
    inapplicable_body,
    skipped_body,
)
from engine.kernel.encode import Body, related_object_type
from engine.orders.body import order_body, running_sums
from schemas.evaluations import Evaluation, Outcome
from schemas.projects import KeyKind
from schemas.sessions import Session
from schemas.stacking import StackingRules

#: The members that answers show of the rules in force.
_SHOWN: Final = (
    "redeemables_limit",
    "applicable_redeemables_limit",
    "applicable_redeemables_per_category_limit",
    "applicable_redeemables_category_limits",
    "applicable_exclusive_redeemables_limit",
    "applicable_exclusive_redeemables_per_category_limit",
    "exclusive_categories",
    "joint_categories",
    "redeemables_application_mode",
    "redeemables_sorting_rule",
    "redeemables_products_application_mode",
    "redeemables_no_effect_rule",
    "no_effect_skip_categories",
    "no_effect_redeem_anyway_categories",
    "redeemables_rollback_order_mode",
)


def validation_body(
    validation_id: str,
    evaluation: Evaluation,
    key_kind: KeyKind,
    *,
    tracking_id: str | None = None,
    session: Session | None = None,
) -> Body:
    """All redeemables in request order; the order only when the whole is valid.

    `skipped_redeemables` and `inapplicable_redeemables` are absent when empty; `session` is there
    only when one was locked.
    """
    sums = running_sums(evaluation)
    shown: list[Body] = []
    steps = iter(sums)
    for outcome in evaluation.outcomes:
        if outcome.status == "APPLICABLE":
            row = applicable_body(outcome, evaluation.order, next(steps))
            if key_kind != "client" and "discount" in row["result"]:
                row["result"]["explanation"] = _explain_calculation(outcome, evaluation.stacking)
            shown.append(row)
        elif outcome.status == "INAPPLICABLE":
            shown.append(inapplicable_body(outcome, key_kind))
        else:
            shown.append(skipped_body(outcome, key_kind))
    body: Body = {"id": validation_id, "valid": evaluation.valid, "redeemables": shown}
    if evaluation.valid and evaluation.partial:
        body["redeemables"] = [each for each in shown if each["status"] == "APPLICABLE"]
    for name, status in (
        ("skipped_redeemables", "SKIPPED"),
        ("inapplicable_redeemables", "INAPPLICABLE"),
    ):
        listed = [each for each in shown if each["status"] == status]
        if listed:
            body[name] = listed
    if evaluation.valid and evaluation.order is not None:
        body["order"] = order_body(evaluation.order, sums[-1])
    if tracking_id is not None:
        body["tracking_id"] = tracking_id
    if session is not None:
        body["session"] = session_body(session)
    body["stacking_rules"] = applied_stacking_rules_body(evaluation.stacking)
    return body


def expand_redeemables(body: Body, evaluation: Evaluation, expand: Collection[str]) -> Body:
    """The answer with what the options to expand add to each redeemable."""
    more = {
        (related_object_type(each), each.id): expanded_body(each, expand)
        for each in evaluation.outcomes
    }
    lists = ("redeemables", "skipped_redeemables", "inapplicable_redeemables")
    rows = {
        name: [row | more[row["object"], row["id"]] for row in body[name]]
        for name in lists
        if name in body
    }
    return body | rows


def _explain_calculation(outcome: Outcome, stacking: StackingRules | None) -> Body:
    """Of what its percentages are taken, and the rule that says so; None: the defaults."""
    if stacking is None:
        return _DEFAULT_CALCULATION
    return calculation_of((each.category.id for each in outcome.categories), stacking).explanation()


def applied_stacking_rules_body(stacking: StackingRules | None) -> Body:
    """The rules that a request was decided under; None: the defaults."""
    return _DEFAULTS_SHOWN if stacking is None else _show_stacking_rules(stacking)


def _show_stacking_rules(stacking: StackingRules) -> Body:
    return {name: getattr(stacking, name) for name in _SHOWN}


_DEFAULTS_SHOWN: Final = _show_stacking_rules(StackingRules())
_DEFAULT_CALCULATION: Final = calculation_of((), StackingRules()).explanation()


def session_body(session: Session) -> Body:
    """The lock, with the defaults it was given; a whole number of units is shown as an integer."""
    ttl = session.ttl
    return {
        "key": session.key,
        "type": "LOCK",
        "ttl": int(ttl) if ttl == int(ttl) else ttl,
        "ttl_unit": session.ttl_unit,
    }
