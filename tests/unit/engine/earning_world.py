"""A loyalty program with members and earning rules."""

from typing import Any

from engine.kernel import tables
from schemas.api import CustomerInput, OrderInput, OrderStatus
from schemas.campaigns import Campaign, CardTemplate, CreateCampaign, VoucherTemplate
from schemas.custom_events import TrackCustomEvent
from schemas.earning import (
    CreateEarningRules,
    EarningRefused,
    EarningRule,
    EarningRuleCreated,
    NewEarningRule,
    PointsEarned,
)
from schemas.orders import CreateOrder, UpdateOrder
from schemas.points import PointsExpirationRules
from schemas.records import Decided
from schemas.vouchers import LoyaltyCard, Voucher
from tests.unit.engine.campaign_world import id_of, publish, vouchers
from tests.unit.engine.world import World, found

PROGRAM = "Club"


def fixed(points: int, **more: Any) -> dict[str, Any]:
    """So many points."""
    return {"type": "FIXED", "points": points, **more}


def every(amount: int, points: int, **more: Any) -> dict[str, Any]:
    """So many points for every so much of the order."""
    terms = {"every": amount, "points": points, **more}
    return {"type": "PROPORTIONAL", "calculation_type": "ORDER_AMOUNT", "order": {"amount": terms}}


def program(
    world: World,
    *members: str,
    name: str = PROGRAM,
    expiration: PointsExpirationRules | None = None,
    **fields: Any,
) -> Campaign:
    """A program whose members hold a card without points each."""
    template = VoucherTemplate(
        type="LOYALTY_CARD", loyalty_card=CardTemplate(0, expiration), quantity=None
    )
    made = Campaign("", name, "LOYALTY_PROGRAM", "AUTO_UPDATE", 0, template, **fields)
    record = world.when(CreateCampaign(made, len(members)))
    assert record.refusal is None, record.refusal
    for member in members:
        record = world.when(publish(name, member))
        assert record.refusal is None, record.refusal
    return _program(world, name)


def rule(
    world: World,
    loyalty: dict[str, Any] | None = None,
    event: str = "order.paid",
    name: str = PROGRAM,
    validation_rule_id: str | None = None,
    **fields: Any,
) -> EarningRule:
    """A rule of the program, as it is when it was created."""
    record = world.when(
        CreateEarningRules(name, (new_rule(loyalty, event, validation_rule_id, **fields),))
    )
    assert record.refusal is None, record.refusal
    [made] = [each.rule for each in record.events if isinstance(each, EarningRuleCreated)]
    return found(world.view.get(tables.EARNING_RULES, made.id))


def new_rule(
    loyalty: dict[str, Any] | None = None,
    event: str = "order.paid",
    validation_rule_id: str | None = None,
    **fields: Any,
) -> NewEarningRule:
    """A rule that is to be created."""
    terms = fixed(10) if loyalty is None else loyalty
    return NewEarningRule(EarningRule("", "", event, terms, 0, **fields), validation_rule_id)


def order(
    world: World,
    amount: int | None = 10_000,
    source_id: str = "o1",
    who: str = "alice",
    status: OrderStatus | None = "PAID",
    **fields: Any,
) -> Decided:
    """The record of an order that is created, or written again, with a status."""
    said = OrderInput(source_id=source_id, amount=amount, status=status, **fields)
    return world.when(CreateOrder(said, CustomerInput(source_id=who)))


def become(world: World, status: OrderStatus, source_id: str = "o1") -> Decided:
    """The record of an order that gets another status."""
    return world.when(UpdateOrder(source_id, OrderInput(status=status)))


def track(world: World, event: str = "visit", who: str = "alice", **metadata: Any) -> Decided:
    """The record of a custom event."""
    return world.when(TrackCustomEvent(event, CustomerInput(source_id=who), metadata or None))


def card(world: World, name: str = PROGRAM, number: int = 0) -> Voucher:
    """A card of the program."""
    return vouchers(world, _program(world, name))[number]


def _program(world: World, name: str) -> Campaign:
    return found(world.view.get(tables.CAMPAIGNS, id_of(world, name)))


def points(world: World, name: str = PROGRAM, number: int = 0) -> LoyaltyCard:
    """What a card of the program holds."""
    return found(card(world, name, number).loyalty_card)


def earned(record: Decided) -> list[int]:
    """The points that rules gave in a record, one after the other."""
    return [each.points for each in record.events if isinstance(each, PointsEarned)]


def reasons(record: Decided) -> list[str]:
    """Why rules gave nothing in a record."""
    refused = [each for each in record.events if isinstance(each, EarningRefused)]
    return [rule.reason for each in refused for card in each.cards for rule in card.rules]
