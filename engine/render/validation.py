"""The answer to a validation. Source: the API contract, section 5."""

from typing import Final

from engine.render.encode import Body
from engine.render.order import order_body, running_sums
from engine.render.redeemable import applicable_body, inapplicable_body, skipped_body
from schemas.entities import Evaluation, KeyKind, Session

#: What a project has until it sets rules of its own.
STACKING_RULES: Final[Body] = {
    "redeemables_limit": 30,
    "applicable_redeemables_limit": 5,
    "applicable_redeemables_per_category_limit": 1,
    "applicable_redeemables_category_limits": {},
    "applicable_exclusive_redeemables_limit": 1,
    "applicable_exclusive_redeemables_per_category_limit": 1,
    "exclusive_categories": [],
    "joint_categories": [],
    "redeemables_application_mode": "ALL",
    "redeemables_sorting_rule": "REQUESTED_ORDER",
    "redeemables_products_application_mode": "STACK",
    "redeemables_no_effect_rule": "REDEEM_ANYWAY",
    "no_effect_skip_categories": [],
    "no_effect_redeem_anyway_categories": [],
    "redeemables_rollback_order_mode": "WITH_ORDER",
}


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
    steps = iter(sums)
    shown: list[Body] = []
    for outcome in evaluation.outcomes:
        if outcome.status == "APPLICABLE":
            shown.append(applicable_body(outcome, evaluation.order, next(steps)))
        elif outcome.status == "INAPPLICABLE":
            shown.append(inapplicable_body(outcome, key_kind))
        else:
            shown.append(skipped_body(outcome))
    body: Body = {"id": validation_id, "valid": evaluation.valid, "redeemables": shown}
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
    body["stacking_rules"] = STACKING_RULES
    return body


def session_body(session: Session) -> Body:
    """The lock, with the defaults it was given; a whole number of units is shown as an integer."""
    ttl = session.ttl
    return {
        "key": session.key,
        "type": "LOCK",
        "ttl": int(ttl) if ttl == int(ttl) else ttl,
        "ttl_unit": session.ttl_unit,
    }
