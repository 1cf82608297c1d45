"""Stacking rules that nobody saved, tried with a request: what would apply under them."""

from engine.evaluation.evaluate import FoundRedeemables, evaluate_found
from engine.kernel import tables
from engine.kernel.state import State
from engine.stacking_rules.decide import invalid_stacking_rules
from engine.trials.asking import find_asker
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.evaluations import Evaluation, RequestContext
from schemas.stacking import StackingRules, StoredStackingRules
from schemas.trials import Cart


def try_stacking_rules(
    state: State,
    command: Command,
    stacking: StackingRules,
    redeemables: tuple[Redeemable, ...],
    cart: Cart,
    now: Millis,
) -> Evaluation | Refusal:
    """What becomes of the redeemables under these rules; the state, the try's own, is changed."""
    refusal = invalid_stacking_rules(state, stacking)
    if refusal is not None:
        return refusal
    asker = find_asker(state, command, cart, now)
    if isinstance(asker, Refusal):
        return asker
    state.put(tables.STACKING, StoredStackingRules("", stacking, now), tables.THE_ONE)
    found = FoundRedeemables.of(state, redeemables)
    if found.refusal is not None:
        return found.refusal
    request = RequestContext(redeemables, cart.order, metadata=cart.metadata)
    return evaluate_found(state, request, found, asker, now)
