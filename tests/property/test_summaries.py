"""What customers add up to, against a model that counts the records from the beginning each time."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernel import tables
from schemas.api import CustomerInput, GiftSpend, OrderInput, Redeemable
from schemas.commands import CommandBody
from schemas.customers import CustomerSummary
from schemas.orders import CreateOrder, Order, OrderCreated, OrderUpdated, UpdateOrder
from schemas.records import Decided
from schemas.redemptions import (
    RedeemStack,
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollbackFailed,
    RollBackStack,
)
from tests.unit.engine.world import SECOND, World, gift_card, percent, voucher

CUSTOMERS = ("ann", "ben", None)
CODES = ("TEN", "ONCE", "CARD", "NONE")
ORDERS = ("o1", "o2", None)
STATUSES = ("CREATED", "PAID", "CANCELED", "FULFILLED", None)

REDEEM = st.tuples(
    st.just("redeem"),
    st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True),
    st.sampled_from(ORDERS),
    st.integers(0, 2000),
    st.sampled_from(CUSTOMERS),
)
ROLL_BACK = st.tuples(st.just("roll_back"), st.integers(0, 20))
WRITE = st.tuples(
    st.sampled_from(("create", "update")),
    st.sampled_from(ORDERS),
    st.integers(0, 2000),
    st.sampled_from(STATUSES),
    st.sampled_from(CUSTOMERS),
)
STEPS = st.lists(st.one_of(REDEEM, REDEEM, ROLL_BACK, WRITE), min_size=1, max_size=20)


def _named(source_id: str | None) -> CustomerInput | None:
    return None if source_id is None else CustomerInput(source_id=source_id)


def _body(step: tuple[object, ...], redeemed: list[str]) -> CommandBody:
    match step:
        case ("redeem", [*codes], order, int(amount), customer):
            spend = GiftSpend(50)
            return RedeemStack(
                tuple(
                    Redeemable("voucher", str(code), spend if code == "CARD" else None)
                    for code in codes
                ),
                OrderInput(source_id=order, amount=amount),  # type: ignore[arg-type]
                _named(customer),  # type: ignore[arg-type]
            )
        case ("roll_back", int(nth)):
            return RollBackStack(redeemed[nth % len(redeemed)] if redeemed else "r_none")
        case (kind, order, int(amount), status, customer):
            said = OrderInput(source_id=order, amount=amount, status=status)  # type: ignore[arg-type]
            who = _named(customer)  # type: ignore[arg-type]
            if kind == "create":
                return CreateOrder(said, who)
            return UpdateOrder(str(order), said, who)
    raise AssertionError(step)


class Model:
    """Counts all records anew."""

    def __init__(self, records: list[Decided]) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self.orders: dict[str, Order] = {}
        for record in records:
            for event in record.events:
                self._take(event)
        for order in self.orders.values():
            if order.customer_id is not None and order.status in ("PAID", "FULFILLED"):
                items = sum(item.discount_amount for item in order.items or ())
                spent = (order.amount or 0) - order.discount_amount - items
                self._add(order.customer_id, orders_count=1, orders_amount=spent)

    def _take(self, event: object) -> None:
        match event:
            case RedemptionSucceeded():
                taken = [each.taken for each in event.evaluation.outcomes if each.taken]
                credits = sum(each.credits or 0 for each in taken)
                count = len(event.redemption_ids)
                self._add(event.customer_id, succeeded=count, redeemed_amount=credits)
                self._keep(event.evaluation.order)
            case RedemptionFailed():
                self._add(event.customer_id, failed=1)
            case RedemptionRolledBack():
                credits = sum(each.credits or 0 for each in event.rollbacks)
                count = len(event.rollbacks)
                self._add(event.customer_id, rolled_back=count, redeemed_amount=-credits)
                self._keep(event.order)
            case RollbackFailed():
                self._add(event.customer_id, rollbacks_failed=1)
            case OrderCreated() | OrderUpdated():
                self._keep(event.order)

    def _keep(self, order: Order | None) -> None:
        if order is not None:
            self.orders[order.id] = order

    def _add(self, customer_id: str | None, **differences: int) -> None:
        if customer_id is not None:
            self.counts.setdefault(customer_id, Counter()).update(differences)


def _play(steps: list[tuple[object, ...]]) -> tuple[World, list[Decided], list[str]]:
    world = World().given(
        voucher(), voucher("ONCE", percent("100"), quantity=1), gift_card(balance=200)
    )
    records: list[Decided] = []
    redeemed: list[str] = []
    for step in steps:
        record = world.when(_body(step, redeemed), after=SECOND)
        records.append(record)
        for event in record.events:
            if isinstance(event, RedemptionSucceeded):
                redeemed.append(event.parent_id or event.redemption_ids[0])
    return world, records, redeemed


def _summaries(world: World) -> dict[str, CustomerSummary]:
    found = {}
    for source_id in ("ann", "ben"):
        owner = world.view.get(tables.CUSTOMER_SOURCES, tables.source_key(source_id))
        if owner is not None:
            found[owner] = world.view.get(tables.CUSTOMER_SUMMARIES, owner) or CustomerSummary()
    return found


@given(STEPS)
@settings(max_examples=60)
def test_summaries_are_what_counting_every_record_anew_gives(
    steps: list[tuple[object, ...]],
) -> None:
    world, records, _ = _play(steps)
    model = Model(records)
    for owner, summary in _summaries(world).items():
        counted = model.counts.get(owner, Counter())
        shown = {
            name: getattr(summary, name)
            for name in (
                "succeeded",
                "failed",
                "rolled_back",
                "rollbacks_failed",
                "redeemed_amount",
                "orders_count",
                "orders_amount",
            )
        }
        assert shown == {name: counted[name] for name in shown}


@given(STEPS)
@settings(max_examples=40)
def test_what_is_rolled_back_altogether_leaves_nothing_redeemed(
    steps: list[tuple[object, ...]],
) -> None:
    world, _, redeemed = _play([step for step in steps if step[0] == "redeem"])
    for redemption in redeemed:
        world.when(RollBackStack(redemption))
    for summary in _summaries(world).values():
        assert summary.succeeded == summary.rolled_back
        assert (summary.redeemed_amount, summary.orders_count, summary.orders_amount) == (0, 0, 0)
