"""What a request would do where only some rules count: for the older endpoints that ask so."""

from engine.evaluation.evaluate import Asker, FoundRedeemables, evaluate_found
from engine.evaluation.outcomes import fail_all
from engine.kernel.state import View
from engine.qualification.narrowing import About, narrow_rule
from schemas.base import Millis
from schemas.evaluations import Evaluation, RequestContext


def evaluate_about(
    view: View, request: RequestContext, asker: Asker, about: About | None, now: Millis
) -> Evaluation:
    """As `evaluate_for`, with the rules that are about this alone; None: with all."""
    asked = FoundRedeemables.of(view, request.redeemables)
    if asked.refusal is not None:
        return fail_all(request.redeemables, asked.refusal)
    if about is not None:
        offers = [
            each._replace(rules=tuple(narrow_rule(rule, about) for rule in each.rules))
            for each in asked.offers
        ]
        asked = asked._replace(offers=offers)
    return evaluate_found(view, request, asked, asker, now)
