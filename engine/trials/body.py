"""What tries answer. They are not of the contract; where they can, they look like validations."""

from collections.abc import Iterable

from engine.evaluation.body import validation_body
from engine.evaluation.redeemable_body import bundle_body, items_body
from engine.kernel.encode import Body
from engine.rules.explain import LineTried, RuleTried
from engine.trials.results import OfferTried, RuleTrial
from schemas.evaluations import Evaluation
from schemas.projects import KeyKind
from schemas.rules import Violation


def rule_trial_body(trial: RuleTrial) -> Body:
    """What became of a set and of each of its rules."""
    body: Body = {
        "object": "validation_rules_trial",
        "valid": trial.failed is None,
        "logic": trial.logic,
        "rules": list(map(_rule_body, trial.tried)),
        "failed": None if trial.failed is None else _failed_body(trial.failed, trial.key),
        "applicable_to": items_body(trial.applicable_to),
        "inapplicable_to": items_body(trial.inapplicable_to),
    }
    if trial.bundle is not None:
        body["bundle"] = bundle_body(trial.bundle)
    return body


def stacking_trial_body(evaluation: Evaluation, key_kind: KeyKind) -> Body:
    """What becomes of the redeemables, as a validation says it, which has an id besides."""
    body = validation_body("", evaluation, key_kind)
    del body["id"]
    return body


def campaign_trial_body(tried: Iterable[OfferTried], key_kind: KeyKind) -> Body:
    """What each offer of a campaign would do by itself."""
    rows = [_offer_body(each, key_kind) for each in tried]
    return {
        "object": "campaign_trial",
        "valid": any(row["status"] == "APPLICABLE" for row in rows),
        "redeemables": rows,
    }


def _offer_body(tried: OfferTried, key_kind: KeyKind) -> Body:
    body = validation_body("", tried.evaluation, key_kind)
    row: Body
    (row,) = body["redeemables"]
    return {"name": tried.name} | row


def _rule_body(tried: RuleTried) -> Body:
    rule = tried.rule
    body: Body = {
        "number": rule.number,
        "path": tried.path,
        "field": rule.name,
        "property": tried.property,
        "valid": tried.holds,
        "conditions": [
            {"operator": name, "expected": values} for name, values in rule.conditions.items()
        ],
        "found": tried.found,
        "message": rule.message,
    }
    if tried.lines is not None:
        body["lines"] = list(map(_line_body, tried.lines))
    return body


def _line_body(line: LineTried) -> Body:
    return {"index": line.place, "valid": line.holds, "found": line.found}


def _failed_body(failed: Violation, key: str) -> Body:
    return {
        "number": failed.number,
        "field": failed.name,
        "found": failed.value,
        "message": failed.message,
        "key": key,
    }
