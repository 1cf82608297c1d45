"""Redemptions: all redeemables of a request are redeemed, or none.

A success counts every voucher up, spends gift credits, saves the order and names each redemption;
two or more have a parent. A failure takes nothing and is recorded, too; the refusal of the first
redeemable that failed is the answer. In mode ALL exactly one does.
"""

from types import MappingProxyType

from msgspec import structs

from engine.customers.know import NOBODY, KnownCustomer, know_customer
from engine.evaluation.evaluate import Asker, FoundRedeemables, evaluate_found
from engine.evaluation.outcomes import fail_all
from engine.evaluation.rewarding import named_or_holder
from engine.evaluation.skips import refusal_of_skipped
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import PARENT, new_id
from engine.kernel.lookup import find_named_customer
from engine.kernel.programs import find_member
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.kernel.zones import counted_in
from engine.orders.calculation import paid_status, with_item_ids
from engine.orders.overrides import OverriddenCatalogue, override_catalogue
from engine.points.decide import points_expired_events
from engine.pricing.sums import budget_amount
from engine.redemptions.rewarding import give_rewards
from engine.redemptions.spending import count_on_tier, spend_voucher
from engine.stacking_rules.decide import with_kept_categories
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.evaluations import Evaluation, Outcome
from schemas.events import Event
from schemas.orders import Order, OrderEntry
from schemas.points import PointsBucket, PointsExpired
from schemas.redemptions import RedeemStack, RedemptionFailed, RedemptionSucceeded
from schemas.vouchers import Voucher


def redeem_stack(
    view: View, command: Command, body: RedeemStack, now: Millis
) -> Decision | Refusal:
    """Redeems all redeemables or none; either way there is an event, but for no member's card.

    What is wrong with the request as a whole fails it in this order: the fault that the front
    found, the same redeemable twice, an unknown customer, an unknown product to override, an
    unknown or impossible order. What is wrong in itself, the first two, leaves the customer as it
    is; it is recorded with it all the same.
    """
    if body.of_program is not None:
        member = find_member(view, body.redeemables[0].id, body.of_program or None)
        if isinstance(member, Refusal):
            return member
    asked = FoundRedeemables.of(view, body.redeemables)
    # as they were found, before they were settled
    cards = [
        each.voucher
        for each in asked.offers
        if each.voucher is not None and each.voucher.loyalty_card is not None
    ]
    fault = body.fault or asked.refusal
    if fault is not None:
        known: KnownCustomer | Refusal = _stored_customer(view, body.customer, command.email_key)
    else:
        named = named_or_holder(body.customer, asked.offers) if cards else body.customer
        known = know_customer(view, command, named, now)
    if isinstance(known, Refusal):
        fault, known = known, NOBODY
    catalogue: OverriddenCatalogue | Refusal = OverriddenCatalogue(view)
    if fault is None:
        catalogue = override_catalogue(view, command, body.order, now)
    if isinstance(catalogue, Refusal):
        fault, catalogue = catalogue, OverriddenCatalogue(view)
    if fault is not None:
        evaluation = fail_all(body.redeemables, fault)
    else:
        asker = Asker.of(command, known.customer)
        evaluation = evaluate_found(catalogue.view, body, asked, asker, now)
    given: tuple[Event, ...] = ()
    is_valid = evaluation.valid
    if is_valid and cards:
        rewarded = give_rewards(catalogue.view, command, evaluation, known.id, now)
        is_valid, evaluation = rewarded.is_given, rewarded.evaluation
        given = rewarded.events
    evaluation = _without_others(evaluation)
    session_key = body.session.key if body.session is not None else None
    if not is_valid:
        failed, refusal = _redemption_failed_event(command, body, evaluation, known.id, session_key)
        return Decision((*known.events, failed), refusal, known.snapshot)
    succeeded = _redemption_succeeded_event(
        view, command, body, evaluation, known.id, session_key, now
    )
    if evaluation.order is not None and evaluation.order.id:
        stored = view.get(tables.ORDERS, evaluation.order.id)
        succeeded = structs.replace(succeeded, status_before=stored and stored.status)
    expired = _expired_events(view, command, cards, evaluation, now) if cards else ()
    events = (*known.events, *catalogue.events, *expired, *given, succeeded)
    return Decision(events, customer=known.snapshot)


def _stored_customer(
    view: View, named: CustomerInput | None, guest_key: str | None
) -> KnownCustomer:
    found = None if named is None else find_named_customer(view, named, guest_key)
    return NOBODY if isinstance(found, Refusal) else KnownCustomer(found)


def _without_others(evaluation: Evaluation) -> Evaluation:
    """The evaluation with rules that name no categories but those of its redeemables."""
    if evaluation.stacking is None:
        return evaluation
    own = {each.category.id for outcome in evaluation.outcomes for each in outcome.categories}
    return structs.replace(
        evaluation, stacking=with_kept_categories(evaluation.stacking, own.__contains__)
    )


def _redemption_failed_event(
    command: Command,
    body: RedeemStack,
    evaluation: Evaluation,
    customer_id: str | None,
    session_key: str | None,
) -> tuple[RedemptionFailed, Refusal]:
    evaluation = _with_failure(evaluation)
    refusals = [outcome.refusal for outcome in evaluation.outcomes if outcome.refusal is not None]
    ids = tuple(new_id(command.seed, "rf_", n) for n in range(len(refusals)))
    event = RedemptionFailed(
        evaluation=evaluation,
        redemption_ids=ids,
        customer_id=customer_id,
        tracking_id=body.tracking_id,
        metadata=body.metadata,
        session_key=session_key,
        channel=command.channel,
        channel_id=command.channel_id,
    )
    refusal = refusals[0]
    if refusal.resource_id is None:
        refusal = structs.replace(refusal, resource_id=ids[0], resource_type="redemption")
    return event, refusal


def _with_failure(evaluation: Evaluation) -> Evaluation:
    """Where all were skipped for want of an effect, the first fails with it: a failure has a reason."""
    first, *others = evaluation.outcomes
    if any(outcome.refusal is not None for outcome in evaluation.outcomes):
        return evaluation
    first = structs.replace(
        first,
        status="INAPPLICABLE",
        refusal=refusal_of_skipped(first),
        skipped_by=None,
        explanation=None,
    )
    return structs.replace(evaluation, outcomes=(first, *others))


def _redemption_succeeded_event(
    view: View,
    command: Command,
    body: RedeemStack,
    evaluation: Evaluation,
    customer_id: str | None,
    session_key: str | None,
    now: Millis,
) -> RedemptionSucceeded:
    order = evaluation.order
    buckets: list[PointsBucket] = []
    outcomes = tuple(
        _redeem_outcome(view, outcome, order, now, buckets) for outcome in evaluation.outcomes
    )
    applied = [outcome for outcome in outcomes if outcome.status == "APPLICABLE"]
    ids = tuple(new_id(command.seed, "r_", n) for n in range(len(applied)))
    parent_id = new_id(command.seed, "r_", PARENT) if len(ids) > 1 else None
    if order is not None:
        is_said = body.order is not None and body.order.status is not None
        order = structs.replace(
            order,
            id=order.id or new_id(command.seed, "ord_"),
            status=order.status if is_said else paid_status(order.status),
            items=with_item_ids(command.seed, order.items),
            redemptions=order.redemptions + _entries(applied, ids, parent_id, now),
            referrer_id=_referrer_of(applied) or order.referrer_id,
            created_at=order.created_at if order.id else now,
            updated_at=now if order.id else None,
        )
    return RedemptionSucceeded(
        evaluation=structs.replace(evaluation, outcomes=outcomes, order=order),
        redemption_ids=ids,
        parent_id=parent_id,
        order_created=evaluation.order is not None and not evaluation.order.id,
        customer_id=customer_id,
        tracking_id=body.tracking_id,
        metadata=body.metadata,
        session_key=session_key,
        channel=command.channel,
        channel_id=command.channel_id,
        periods=counted_in(view, now),
        buckets=tuple(buckets),
    )


def _referrer_of(applied: list[Outcome]) -> str | None:
    """Whose referral code is redeemed, the first of several."""
    for each in applied:
        code = each.voucher
        if code is not None and code.is_referral_code and code.holder_id is not None:
            return code.holder_id
    return None


def _redeem_outcome(
    view: View, outcome: Outcome, order: Order | None, now: Millis, buckets: list[PointsBucket]
) -> Outcome:
    """The outcome with what it redeems as it is after it; what a card pays of its buckets joins them."""
    if outcome.taken is None:
        return outcome
    if outcome.tier is not None:
        return structs.replace(
            outcome, tier=count_on_tier(outcome.tier, outcome.taken, budget_amount(order))
        )
    assert outcome.voucher is not None
    spent = spend_voucher(view, outcome.voucher, outcome.taken, now)
    buckets += spent.buckets
    taken = outcome.taken
    if spent.taken:
        taken = structs.replace(taken, buckets=spent.taken)
    return structs.replace(outcome, voucher=spent.voucher, taken=taken)


def _expired_events(
    view: View, command: Command, cards: list[Voucher], evaluation: Evaluation, now: Millis
) -> list[PointsExpired]:
    """What of the cards that pay expired by now: they were evaluated without it."""
    paying = {each.related_id for each in evaluation.outcomes if each.taken is not None}
    return [
        expired
        for number, card in enumerate(filter(_expires, cards))
        if card.id in paying
        for expired in points_expired_events(view, command, card, now, number)
    ]


def _expires(voucher: Voucher) -> bool:
    card = voucher.loyalty_card
    return card is not None and card.next_expiration_at is not None


def _entries(
    applied: list[Outcome], ids: tuple[str, ...], parent_id: str | None, now: Millis
) -> tuple[OrderEntry, ...]:
    entries = [
        OrderEntry(
            id=redemption_id,
            at=now,
            related_object_type="voucher" if outcome.tier is None else "promotion_tier",
            related_object_id=outcome.related_id,
            parent_id=parent_id,
        )
        for outcome, redemption_id in zip(applied, ids, strict=True)
    ]
    if parent_id is not None:
        entries.append(
            OrderEntry(
                id=parent_id,
                at=now,
                related_object_type="redemption",
                related_object_id=parent_id,
                stacked=ids,
            )
        )
    return tuple(entries)


DECISIONS: Decisions = MappingProxyType({RedeemStack: redeem_stack})
