"""What a loyalty program shows of its cards and tiers. Source: the API contract."""

import msgspec

from engine.kernel.encode import Body
from schemas.campaigns import CardTemplate
from schemas.loyalty_tiers import TiersExpiration
from schemas.points import PointsExpirationRules


def card_template_body(card: CardTemplate) -> Body:
    """The points that a card begins with, and when points expire."""
    body: Body = {"points": card.points}
    if card.expiration_rules is not None:
        body["expiration_rules"] = expiration_rules_body(card.expiration_rules)
    return body


def expiration_rules_body(rules: PointsExpirationRules) -> Body:
    """The rules as they were given."""
    return _what_is_set(rules)


def tiers_expiration_body(tiers: TiersExpiration) -> Body:
    """How members come to a tier and lose it, as it was given."""
    # the contract wants it of every kind
    end: Body = {"type": tiers.expiration, "extend": tiers.extend or ""}
    if tiers.rounding is not None:
        end["rounding"] = _what_is_set(tiers.rounding)
    body: Body = {"qualification_type": tiers.qualification_type}
    if tiers.qualification_period is not None:
        body["qualification_period"] = tiers.qualification_period
    return body | {"start_date": {"type": tiers.start}, "expiration_date": end}


def _what_is_set(rules: msgspec.Struct) -> Body:
    shown: Body = msgspec.to_builtins(rules)
    return {name: value for name, value in shown.items() if value is not None}
