"""What suits a request. Source: the API contract, section 9."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

import msgspec
from msgspec import structs

from engine.assignments.body import assignments_body
from engine.categories.body import category_shown_body
from engine.evaluation.body import applied_stacking_rules_body
from engine.evaluation.redeemable_body import applicable_body, expanded_body
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.orders.body import order_body, running_sums
from schemas.api import OrderInput
from schemas.assignments import RuleAssignment
from schemas.base import Millis
from schemas.evaluations import CategoryShown, Evaluation
from schemas.orders import Order
from schemas.promotions import PromotionStack
from schemas.qualifications import CandidateKind
from schemas.stacking import StackingRules

#: How the order is shown where the request has none. Source: the API contract, section 9.
EMPTY_ORDER: Final[Body] = {"customer_id": None, "referrer_id": None, "object": "order"}


def qualifications_body(
    rows: Sequence[Body],
    more_starting_after: str | None,
    order: OrderInput | None,
    stacking: StackingRules | None,
    tracking_id: str,
) -> Body:
    """A page of rows; the total is that of the page. The order is shown as the request has it."""
    listed: Body = {
        "object": "list",
        "data_ref": "data",
        "data": list(rows),
        "total": len(rows),
        "has_more": more_starting_after is not None,
    }
    if more_starting_after is not None:
        listed["more_starting_after"] = more_starting_after
    return {
        "redeemables": listed,
        "tracking_id": tracking_id,
        "order": EMPTY_ORDER if order is None else _asked_body(order),
        "stacking_rules": applied_stacking_rules_body(stacking),
    }


def suiting_body(
    evaluation: Evaluation,
    kind: CandidateKind,
    created_at: Millis,
    expand: Collection[str],
    assignments: Sequence[RuleAssignment] = (),
    left_out: Callable[[str], Sequence[str]] = lambda _: (),
) -> Body:
    """A voucher, a tier, or a campaign as the voucher that it would give.

    `left_out` gives the names of a set's rules that were not asked.
    """
    row = _offer_body(evaluation, 0)
    outcome = evaluation.outcomes[0]
    row["object"] = kind
    row["created_at"] = iso(created_at)
    row |= expanded_body(outcome, expand)
    if "redeemable" in expand and kind == "campaign":
        row["name"] = outcome.campaign_name
    if "validation_rules" in expand:
        bound = (
            outcome.related_id,
            None if outcome.voucher is None else outcome.voucher.campaign_id,
        )
        shown = assignments_body(assignments, *bound)
        for each in shown["data"]:
            omitted = list(left_out(each["rule_id"]))
            each["validation_status"] = "PARTIALLY_VALID" if omitted else "VALID"
            each["validation_omitted_rules"] = omitted
        if shown["total"]:
            row["validation_rules_assignments"] = shown
    return row


def suiting_stack_body(
    stack: PromotionStack,
    evaluation: Evaluation,
    categories: Sequence[CategoryShown],
    expand: Collection[str],
) -> Body:
    """A stack, with those of its tiers that apply."""
    redeemables = []
    for number, outcome in enumerate(evaluation.outcomes):
        if outcome.status == "APPLICABLE":
            row = _offer_body(evaluation, number)
            redeemables.append(row | expanded_body(outcome, expand))
    body: Body = {
        "id": stack.id,
        "object": "promotion_stack",
        "created_at": iso(stack.created_at),
        "order": _order_body(evaluation),
        "redeemables": redeemables,
    }
    if "category" in expand:
        body["categories"] = list(map(category_shown_body, categories))
    if "redeemable" in expand:
        body |= {"name": stack.name, "campaign_id": stack.campaign_id}
    return body


def _offer_body(evaluation: Evaluation, number: int) -> Body:
    outcomes = evaluation.outcomes
    outcome = outcomes[number]
    step = sum(1 for each in outcomes[:number] if each.status == "APPLICABLE")
    order = _without_customer(evaluation.order)
    row = applicable_body(outcome, order, running_sums(evaluation)[step])
    del row["status"]
    if _is_empty(order):
        row["order"] = EMPTY_ORDER
    return row


def _order_body(evaluation: Evaluation) -> Body:
    order = _without_customer(evaluation.order)
    if order is None or _is_empty(order):
        return EMPTY_ORDER
    return order_body(order, running_sums(evaluation)[-1])


def _without_customer(order: Order | None) -> Order | None:
    """Nobody's: an order that is asked about belongs to no customer, be one named."""
    return None if order is None else structs.replace(order, customer_id=None)


def _asked_body(order: OrderInput) -> Body:
    """The order as the request has it: nothing is calculated."""
    body: Body = {
        name: value
        for name in ("id", "source_id", "status", "amount")
        if (value := getattr(order, name)) is not None
    }
    if order.items is not None:
        items = (msgspec.to_builtins(each) for each in order.items)
        body["items"] = [{"object": "order_item", **each} for each in items]
    if not body and not order.metadata:
        return EMPTY_ORDER
    return body | {"metadata": order.metadata or {}} | EMPTY_ORDER


def _is_empty(order: Order | None) -> bool:
    """Whether nothing was said of it, be it that its customer is known."""
    if order is None:
        return True
    said = (order.id, order.source_id, order.status, order.items, order.metadata)
    return order.amount is None and not any(said)
