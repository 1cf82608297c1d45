"""The refusals of redeemables that violate validation rules.

`refusal_before_taking` asks before a discount is worked out; those sets that are about the discount
itself are asked by `refusal_after_taking`, with what it takes. Several violated sets are all named,
under the key of the first. Source of keys and wording: the API contract, section 4.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import structs

from engine.kernel import tables
from engine.pricing.scope import Short
from engine.rules.bundles import find_bundles, parse_bundle
from engine.rules.compile import compile_rules
from engine.rules.facts import Facts
from engine.rules.names import PLAIN, refusal_key
from engine.rules.units import VIOLATION, is_of_customer
from schemas.errors import Refusal, refuse
from schemas.rules import ValidationRule, Violation

#: What a violated bundle is called; it has no number.
BUNDLE: Final = "bundle_rules"


def refusal_before_taking(
    rules: Sequence[ValidationRule], facts: Facts, kind: str
) -> Refusal | None:
    """The refusal for the sets that fail, of those that can be decided before the discount.

    `kind` is what the redeemable is called: `Discount Coupon`, `Gift Card`, `Promotion Tier`.
    """
    return _refused(violations(rules, facts), facts, kind)


def refusal_after_taking(
    rules: Sequence[ValidationRule], facts: Facts, kind: str
) -> Refusal | None:
    """As `refusal_before_taking`, for the sets that need what is taken; `facts.taken` has to say it."""
    return _refused(violations(rules, facts, after=True), facts, kind)


def limit_used_up(short: Short, facts: Facts, kind: str) -> Refusal:
    """The refusal where a limit of products leaves nothing of the items that a discount is for."""
    rule = facts.view.get(tables.RULES, short.rule_id)
    violation = Violation(
        rule_id=short.rule_id,
        name=VIOLATION + short.limit,
        number="",
        conditions={short.limit: short.quantity},
        value={"object": short.object, "id": short.id, "used": short.used},
        message=None if rule is None else rule.error_message,
    )
    refusal = _refused([violation], facts, kind)
    assert refusal is not None
    return refusal


def violations(
    rules: Sequence[ValidationRule], facts: Facts, *, after: bool = False
) -> list[Violation]:
    """What each set that fails was violated by, before, or after what is taken is known."""
    return list(_violations(rules, facts, after=after))


def _violations(
    rules: Sequence[ValidationRule], facts: Facts, *, after: bool
) -> Iterator[Violation]:
    for rule in rules:
        found = compile_rules(rule.definition)
        if found.needs_taken is not after:
            continue
        violation = found.violation(rule, facts) or _without_bundle(rule, facts)
        if violation is not None:
            yield violation


def _without_bundle(rule: ValidationRule, facts: Facts) -> Violation | None:
    """The violation of a set whose bundle is not in the order."""
    bundle = None if rule.bundle is None else parse_bundle(rule.bundle)
    if bundle is None:
        return None
    found = find_bundles(bundle, facts)
    if found.quantity:
        return None
    missing = [{"id": part.ref.id, "quantity": lacking} for part, lacking in found.missing]
    return Violation(
        rule_id=rule.id,
        name=BUNDLE,
        number="",
        conditions={part.number: part.quantity for part in bundle.parts},
        value={"missing": missing},
        message=rule.error_message,
    )


def refusal_key_of(violation: Violation, facts: Facts) -> str:
    """The key of the refusal that a violation leads to; a missing customer has its own."""
    plain = PLAIN.get(violation.name)
    of_customer = plain is not None and plain.needs == "customer"
    if facts.customer is None and (of_customer or is_of_customer(violation.name)):
        return "missing_customer"
    return refusal_key(violation.name)


def _refused(found: Sequence[Violation], facts: Facts, kind: str) -> Refusal | None:
    if not found:
        return None
    key = refusal_key_of(found[0], facts)
    sets = ", ".join(dict.fromkeys(each.rule_id for each in found))
    details = f"{kind} cannot be redeemed because of violated validation rules: {sets}"
    if key == "missing_customer":
        details = "Customer is required to validate rules"
    told = [_explain_violation(each) for each in found]
    refusal = refuse(key, details, explanation={"rule": "validation_rules", "violations": told})
    message = next((each.message for each in found if each.message), None)
    return structs.replace(refusal, custom_message=message)


def _explain_violation(violation: Violation) -> dict[str, Any]:
    return {
        "validation_rule_id": violation.rule_id,
        "name": violation.name,
        "number": violation.number,
        "conditions": violation.conditions,
        "value": violation.value,
    }
