"""The laws of an order, as checks of what became of a request.

The parts sum to the whole, nothing ends below zero, the total is the amount less the discounts.
Source: the API contract, section 6. Amounts are minor units.
"""

from msgspec import structs

from engine.orders.body import order_body, running_sums
from schemas.evaluations import Evaluation, Outcome, Taken
from schemas.orders import Order


def parts_sum_to_the_whole(evaluation: Evaluation) -> None:
    """The order at the end is the one at the beginning with all that was taken, step by step."""
    after = evaluation.order
    assert after is not None
    amount = after.initial_amount
    lines = [[0, 0, 0] for _ in after.items or ()]
    for n, item in enumerate(after.items or ()):
        grown = item.initial_quantity is not None
        before = (
            (item.initial_quantity, item.initial_amount) if grown else (item.quantity, item.amount)
        )
        lines[n] = [before[0] or 0, before[1] or 0, 0]
    off = 0
    for outcome in evaluation.applied:
        taken = outcome.taken
        assert taken is not None and taken.order >= 0
        off += taken.total
        for each in taken.items:
            line = lines[each.index]
            line[0] += each.quantity
            line[1] += each.amount
            line[2] += each.discount
            if each.amount:
                amount = (amount or 0) + each.amount
            assert each.discount >= 0 and line[0] >= 0 and 0 <= line[2] <= line[1]
        assert (amount or 0) - off >= 0
        _spends_no_more_than_there_is(outcome, taken)
    assert after.amount == amount
    assert after.discount_amount + after.items_discount == off
    assert lines == [
        [item.quantity or 0, item.amount or 0, item.discount_amount] for item in after.items or ()
    ]


def _spends_no_more_than_there_is(outcome: Outcome, taken: Taken) -> None:
    voucher = outcome.voucher
    if voucher is not None and voucher.gift is not None:
        assert taken.credits == taken.total <= voucher.gift.balance
    if voucher is not None and voucher.loyalty_card is not None:
        assert taken.points is not None and taken.points <= voucher.loyalty_card.balance


def every_step_is_amount_less_discounts(evaluation: Evaluation) -> None:
    """So it is shown, after each redeemable and of the whole."""
    order = evaluation.order
    assert order is not None
    *steps, whole = running_sums(evaluation)
    in_request = [each.id for each in evaluation.outcomes if each.taken is not None]
    by_id = dict(zip(in_request, steps, strict=True))
    before = 0
    for sums in (*(by_id[each.id] for each in evaluation.applied), whole):
        if sums.amount is None:
            continue
        body = order_body(order, sums)
        off, of_items = body.get("discount_amount", 0), body.get("items_discount_amount", 0)
        applied = body.get("total_applied_discount_amount", 0)
        assert of_items == sum(item.get("discount_amount", 0) for item in body.get("items", ()))
        assert body.get("total_discount_amount", 0) == off + of_items
        assert body["total_amount"] == body["amount"] - off - of_items >= 0
        assert off + of_items == (applied if sums is whole else before + applied)
        before = off + of_items


def redeemed_as_validated(validated: Evaluation, redeemed: Evaluation) -> None:
    """The same numbers, and vouchers and tiers count what was taken."""
    assert redeemed.sequence == validated.sequence
    failed = [each.refusal for each in redeemed.outcomes if each.refusal is not None]
    if not validated.valid and all(each.refusal is None for each in validated.outcomes):
        assert [each.key for each in failed] == ["no_effect"]
    else:
        assert [_said(each) for each in redeemed.outcomes] == [
            _said(each) for each in validated.outcomes
        ]
    assert without_ids(redeemed.order) == without_ids(validated.order)
    for before, after in zip(validated.outcomes, redeemed.outcomes, strict=True):
        if validated.valid and before.taken is not None:
            _is_spent(before, after, before.taken)


def _said(outcome: Outcome) -> tuple[object, ...]:
    refusal = outcome.refusal
    return (
        *(outcome.id, outcome.status, outcome.taken, outcome.skipped_by, outcome.worked),
        None if refusal is None else (refusal.key, refusal.message, refusal.details),
    )


def without_ids(order: Order | None) -> Order | None:
    """The order without what only a saved one has."""
    if order is None:
        return None
    items = order.items
    if items is not None:
        items = tuple(structs.replace(item, id=None) for item in items)
    return structs.replace(
        order, id="", status=None, created_at=None, redemptions=(), items=items, updated_at=None
    )


def _is_spent(before: Outcome, after: Outcome, taken: Taken) -> None:
    one, two = before.voucher, after.voucher
    if one is None or two is None:
        assert before.tier is not None and after.tier is not None
        assert after.tier.redeemed_quantity == before.tier.redeemed_quantity + 1
        assert after.tier.orders_discount == before.tier.orders_discount + taken.total
        return
    assert two.redeemed_quantity == one.redeemed_quantity + 1
    if one.gift is not None and two.gift is not None:
        assert two.gift.balance == one.gift.balance - (taken.credits or 0)
    if one.loyalty_card is not None and two.loyalty_card is not None:
        assert two.loyalty_card.balance == one.loyalty_card.balance - (taken.points or 0)
