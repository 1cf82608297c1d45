"""What comes of tries."""

from typing import NamedTuple

from engine.rules.explain import RuleTried
from schemas.evaluations import Evaluation, ItemsShown
from schemas.rules import BundleShown, ValidationRule, Violation


class RuleTrial(NamedTuple):
    """What became of a set."""

    #: As it would be stored.
    rule: ValidationRule
    logic: str
    tried: list[RuleTried]
    #: What refuses, and under which key; None: all holds.
    failed: Violation | None
    key: str
    bundle: BundleShown | None
    applicable_to: tuple[ItemsShown, ...]
    inapplicable_to: tuple[ItemsShown, ...]


class OfferTried(NamedTuple):
    """What a voucher or a tier would do by itself."""

    name: str | None
    evaluation: Evaluation
