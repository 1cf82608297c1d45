"""What a tier makes of an earning rule, as the tier's list shows it."""

from engine.kernel.encode import Body
from engine.loyalty_tiers.body import mapping_body
from engine.loyalty_tiers.ladder import mapped_points
from schemas.loyalty_tiers import LoyaltyTier


def mapped_rule_body(tier: LoyaltyTier, shown: Body) -> Body:
    """The body of an earning rule with the points that members of the tier get.

    What is a proportion, or comes of a formula, is multiplied when it is known; so it is shown as it
    is, and beside it, as our own member, what the tier makes of it.
    """
    mapping = (tier.earning_rules or {}).get(shown["id"])
    if mapping is None:
        return shown
    terms: Body = shown["loyalty"]
    if mapping.type == "CUSTOM":
        terms = {"type": "FIXED", "points": mapping.points}
    elif terms.get("type") == "FIXED" and terms.get("points_formula") is None:
        terms = terms | {"points": mapped_points(mapping, int(terms["points"]))}
    return shown | {"loyalty": terms, "mapping": mapping_body(mapping)}
