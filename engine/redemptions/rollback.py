"""Rollbacks: a redemption, or a whole stack, is taken back as if it had not been.

Counters and credits return to the vouchers, the discounts leave the order, and an order of which
nothing remains redeemed is canceled. The checks, in order: known (else nothing is recorded) ·
succeeded once · the endpoint fits (a stack's child never, its parent only as a stack) · not rolled
back yet · within the window · the customer and the order, where the caller names them, are the
redemption's own · no later redemption replaced units that it had added to the order · what points
were redeemed for was not used (engine/redemptions/unrewarding.py).
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.calendar import Duration, add_duration, iso
from engine.kernel.decision import Decision
from engine.kernel.ids import PARENT, new_id
from engine.kernel.lookup import (
    categories_of,
    find_living_voucher,
    find_named_customer,
    find_named_order,
    is_guest,
    unknown_customer,
)
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.points.buckets import Booked, settle_points
from engine.points.decide import points_expired_event, points_expired_events
from engine.pricing.basket import is_built_upon, sum_taken, take_back_from_order
from engine.redemptions.spending import count_on_tier, restore_voucher
from engine.redemptions.unrewarding import NOTHING, TakenBack, take_rewards_back
from engine.stacking_rules.decide import find_stacking_rules
from schemas.base import Millis
from schemas.blank import name_in, without_blanks
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.evaluations import Taken
from schemas.orders import Order, OrderEntry
from schemas.points import PointsExpired
from schemas.redemptions import (
    Redemption,
    RedemptionRolledBack,
    RollBack,
    RollbackFailed,
    RollBackRedemption,
    RollBackStack,
    RolledBack,
)
from schemas.rewards import RewardTaken

#: How long a redemption can be rolled back: three calendar months.
WINDOW = Duration(months=3)


def roll_back_redemption(
    view: View, command: Command, body: RollBack, now: Millis
) -> Decision | Refusal:
    """Takes a redemption back; a known one that cannot be is recorded as a failed rollback."""
    redemption = view.get(tables.REDEMPTIONS, body.redemption_id)
    if redemption is None:
        return not_found("redemption", body.redemption_id)
    refusal = _refusal(view, body, redemption, now)
    customer = redemption.customer_id and view.get(tables.CUSTOMERS, redemption.customer_id)
    rewards: TakenBack | Refusal = NOTHING
    if refusal is None:
        rewards = take_rewards_back(view, command, _single_redemptions(view, redemption), now)
    if isinstance(rewards, Refusal):
        refusal, rewards = rewards, NOTHING
    if refusal is not None:
        failed = _rollback_failed_event(command, body, redemption, refusal)
        return Decision((failed,), failed.refusal, customer or None)
    events = _redemption_rolled_back_events(view, command, body, redemption, rewards.rewards, now)
    return Decision((*rewards.events, *events), customer=customer or None)


def _refusal(view: View, body: RollBack, redemption: Redemption, now: Millis) -> Refusal | None:
    if redemption.status == "FAILED":
        return refuse("invalid_redemption", f"Redemption {redemption.id} did not succeed")
    if redemption.parent_id is not None:
        return refuse(
            "invalid_redemption_parent",
            f"Redemption {redemption.id} belongs to the stack {redemption.parent_id}",
        )
    if redemption.children and not isinstance(body, RollBackStack):
        return refuse("invalid_redemption", f"Redemption {redemption.id} is a stack")
    if redemption.rollback_id is not None:
        return refuse(
            "already_rolled_back",
            f"Redemption {redemption.id} has been rolled back already",
        )
    if now >= add_duration(redemption.at, WINDOW):
        return refuse(
            "invalid_redemption",
            f"Redemption {redemption.id} is too old to be rolled back",
            explanation={
                "rule": "window",
                "now": iso(now),
                "redeemed_at": iso(redemption.at),
            },
        )
    return (
        _other_customer(view, body, redemption)
        or _other_order(view, body, redemption)
        or _built_upon(view, redemption)
    )


def _other_customer(view: View, body: RollBack, redemption: Redemption) -> Refusal | None:
    if body.customer is None or is_guest(without_blanks(body.customer)):
        return None
    customer = find_named_customer(view, body.customer)
    if isinstance(customer, Refusal):
        return customer
    if customer is None:
        return unknown_customer(body.customer.id)
    if redemption.customer_id in (None, customer.id):
        return None
    return refuse(
        "invalid_customer",
        f"Redemption {redemption.id} belongs to another customer",
        explanation={
            "rule": "customer",
            "customer_id": customer.id,
            "redemption_customer_id": redemption.customer_id,
        },
    )


def _other_order(view: View, body: RollBack, redemption: Redemption) -> Refusal | None:
    if body.order is None or not (name_in(body.order.id) or name_in(body.order.source_id)):
        return None
    order = find_named_order(view, body.order)
    if isinstance(order, Order) and order.id == redemption.order_id:
        return None
    return refuse(
        "invalid_order",
        f"Redemption {redemption.id} belongs to another order",
        explanation={"rule": "order", "redemption_order_id": redemption.order_id},
    )


def _takes_order_back(view: View) -> bool:
    """Whether the order gets back what was taken, and ends; else it stays as it was paid."""
    return find_stacking_rules(view).redeemables_rollback_order_mode == "WITH_ORDER"


def _built_upon(view: View, redemption: Redemption) -> Refusal | None:
    if not _takes_order_back(view):
        return None
    order = redemption.order_id and view.get(tables.ORDERS, redemption.order_id)
    if not order or not is_built_upon(order, _sum_taken(_single_redemptions(view, redemption))):
        return None
    return refuse(
        "invalid_redemption",
        f"Later redemptions replaced items that redemption {redemption.id} had added;"
        " they are to be rolled back first",
        explanation={"rule": "built_upon", "order_id": order.id},
    )


def _single_redemptions(view: View, redemption: Redemption) -> list[Redemption]:
    """The redemption itself, or the children of a stack."""
    if not redemption.children:
        return [redemption]
    found = (view.get(tables.REDEMPTIONS, child) for child in redemption.children)
    return [child for child in found if child is not None]


def _sum_taken(redemptions: list[Redemption]) -> Taken:
    return sum_taken(each.taken for each in redemptions if each.taken is not None)


def _rollback_failed_event(
    command: Command, body: RollBack, redemption: Redemption, refusal: Refusal
) -> RollbackFailed:
    rollback_id = new_id(command.seed, "rrf_")
    if refusal.resource_id is None:
        refusal = structs.replace(
            refusal, resource_id=rollback_id, resource_type="redemption_rollback"
        )
    return RollbackFailed(
        rollback_id=rollback_id,
        redemption_id=redemption.id,
        voucher_id=_voucher_id(redemption),
        tier_id=_tier_id(redemption),
        refusal=refusal,
        code=redemption.code,
        reason=body.reason,
        customer_id=redemption.customer_id,
        tracking_id=body.tracking_id or redemption.tracking_id,
        metadata=body.metadata,
        channel=command.channel,
        channel_id=command.channel_id,
    )


def _redemption_rolled_back_events(
    view: View,
    command: Command,
    body: RollBack,
    redemption: Redemption,
    rewards: Mapping[str, RewardTaken],
    now: Millis,
) -> tuple[PointsExpired | RedemptionRolledBack, ...]:
    """The rollback; before it what of its cards expired by now, after it what they got back too late."""
    stack = bool(redemption.children)
    redeemed = _single_redemptions(view, redemption)
    stored = redemption.order_id and view.get(tables.ORDERS, redemption.order_id)
    settled: list[PointsExpired] = []
    booked = [_restore(view, command, each, n, now, settled) for n, each in enumerate(redeemed)]
    rollbacks = tuple(
        _roll_back_one(
            view, child, new_id(command.seed, "rr_", n), booked[n], rewards.get(child.id)
        )
        for n, child in enumerate(redeemed)
    )
    parent_rollback_id = new_id(command.seed, "rr_", PARENT) if stack else None
    order = None
    if stored:
        order = _mark_entries(stored, rollbacks, redemption.id, parent_rollback_id, now)
        if _takes_order_back(view):
            order = _end_order(take_back_from_order(order, _sum_taken(redeemed)))
    rolled_back = RedemptionRolledBack(
        rollbacks=rollbacks,
        parent_rollback_id=parent_rollback_id,
        parent_redemption_id=redemption.id if stack else None,
        order=order,
        status_before=stored.status if stored else None,
        redeemed_at=redemption.at,
        reason=body.reason,
        customer_id=redemption.customer_id,
        tracking_id=body.tracking_id or redemption.tracking_id,
        metadata=body.metadata,
        channel=command.channel,
        channel_id=command.channel_id,
        buckets=tuple(bucket for each in booked if each is not None for bucket in each.buckets),
    )
    late = (
        points_expired_event(command, each._replace(buckets=()), len(redeemed) + n)
        for n, each in enumerate(booked)
        if each is not None and each.expired
    )
    return (*settled, rolled_back, *late)


def _restore(
    view: View,
    command: Command,
    redemption: Redemption,
    number: int,
    now: Millis,
    settled: list[PointsExpired],
) -> Booked | None:
    """The voucher as it is again; None where it is gone, or a tier was redeemed."""
    voucher_id = _voucher_id(redemption)
    voucher = find_living_voucher(view, voucher_id) if voucher_id else None
    if voucher is None:
        return None
    taken = redemption.taken or Taken()
    if taken.points:
        settled += points_expired_events(view, command, voucher, now, number)
        voucher = settle_points(view, voucher, now).voucher
    return restore_voucher(view, voucher, taken, now)


def _roll_back_one(
    view: View,
    redemption: Redemption,
    rollback_id: str,
    booked: Booked | None,
    reward: RewardTaken | None,
) -> RolledBack:
    voucher_id, tier_id = _voucher_id(redemption), _tier_id(redemption)
    voucher = None if booked is None else booked.voucher
    tier = None if tier_id is None else view.get(tables.TIERS, tier_id)
    campaign = None if tier is None else view.get(tables.CAMPAIGNS, tier.campaign_id)
    taken, amount = redemption.taken or Taken(), redemption.order_amount
    return RolledBack(
        rollback_id=rollback_id,
        redemption_id=redemption.id,
        voucher_id=voucher_id,
        code=redemption.code,
        voucher=voucher,
        tier_id=tier_id,
        tier=None if tier is None else count_on_tier(tier, taken, amount, -1),
        campaign_name=None if campaign is None else campaign.name,
        discount=taken.total,
        credits=taken.credits,
        points=taken.points,
        expired=0 if booked is None else booked.expired,
        categories=() if voucher is None else categories_of(view, voucher.category_id),
        reward=reward,
    )


def _voucher_id(redemption: Redemption) -> str:
    return redemption.related_object_id if redemption.related_object_type == "voucher" else ""


def _tier_id(redemption: Redemption) -> str | None:
    is_tier = redemption.related_object_type == "promotion_tier"
    return redemption.related_object_id if is_tier else None


def _mark_entries(
    order: Order,
    rollbacks: tuple[RolledBack, ...],
    redemption_id: str,
    parent_rollback_id: str | None,
    now: Millis,
) -> Order:
    """The order with its entries marked as rolled back."""
    marks = {each.redemption_id: each.rollback_id for each in rollbacks}
    if parent_rollback_id is not None:
        marks[redemption_id] = parent_rollback_id
    stacked = tuple(each.rollback_id for each in rollbacks)

    def mark(entry: OrderEntry) -> OrderEntry:
        if entry.id not in marks:
            return entry
        return structs.replace(
            entry,
            rollback_id=marks[entry.id],
            rollback_at=now,
            rollback_stacked=stacked if entry.stacked else (),
        )

    return structs.replace(order, redemptions=tuple(map(mark, order.redemptions)), updated_at=now)


def _end_order(order: Order) -> Order:
    """The order, canceled when none of its redemptions is left."""
    if any(entry.rollback_id is None for entry in order.redemptions):
        return order
    return structs.replace(order, status="CANCELED")


DECISIONS: Decisions = MappingProxyType(
    {
        RollBackRedemption: roll_back_redemption,
        RollBackStack: roll_back_redemption,
    }
)
