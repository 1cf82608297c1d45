"""What one decision on an order of 10 lines costs: one voucher, and a stack of 5 with rules."""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from bench.project import NOW, PROJECT, State, best_ms, code
from engine.decide import decide
from schemas.api import OrderInput, OrderItemInput, Redeemable
from schemas.assignments import RuleAssigned, RuleAssignment
from schemas.commands import Command
from schemas.discounts import Discount
from schemas.events import Event
from schemas.products import Product, ProductCreated
from schemas.redemptions import RedeemStack
from schemas.rules import ApplicableItems, ItemEntry, ValidationRule, ValidationRuleCreated
from schemas.voucher_events import VoucherCreated
from schemas.vouchers import Voucher

#: How many vouchers decisions are about, spread over all there are.
ASKED: Final = 500
_ORDER: Final = OrderInput(
    items=tuple(
        OrderItemInput(product_id=f"prod_{n}", quantity=1 + n % 2, price=1000 + 100 * n)
        for n in range(10)
    ),
    metadata={"shop": "s7"},
)
_PERCENT: Final = Discount("PERCENT", percent_off=Decimal("12.5"))
_OF_ITEMS: Final = Discount("PERCENT", percent_off=Decimal(5), effect="APPLY_TO_ITEMS")
_SPLIT: Final = Discount("AMOUNT", amount_off=999, effect="APPLY_TO_ITEMS_PROPORTIONALLY")
_TWO_ITEMS: Final = ApplicableItems(
    (ItemEntry("product", "prod_1"), ItemEntry("product", "prod_2"))
)
#: The discount of each voucher of the stack, what its rule asks, and the items that it is for.
_STACK: Final[tuple[tuple[Discount, dict[str, Any], ApplicableItems], ...]] = (
    (
        _PERCENT,
        {"name": "order.total_amount", "conditions": {"$more_than": [1000]}},
        ApplicableItems(),
    ),
    (_OF_ITEMS, {"name": "order.items.count", "conditions": {"$more_than": [2]}}, _TWO_ITEMS),
    (
        _PERCENT,
        {"name": "order.metadata", "property": "shop", "conditions": {"$is": ["s7"]}},
        ApplicableItems(),
    ),
    (_SPLIT, {"name": "product.id", "conditions": {"$is": ["prod_7"]}}, ApplicableItems()),
    (
        _PERCENT,
        {"name": "redemption.count.daily", "conditions": {"$less_than": [1000]}},
        ApplicableItems(),
    ),
)


def catalogue() -> list[Event]:
    """The products of the order, and the vouchers of the stack with their rules."""
    events: list[Event] = [
        ProductCreated(Product(f"prod_{n}", NOW, price=1000 + 100 * n)) for n in range(10)
    ]
    for n, (discount, asked, items) in enumerate(_STACK):
        definition = json.dumps({"1": asked, "logic": "1"})
        rule_id, voucher_id = f"val_stack_{n}", f"v_stack_{n}"
        made = Voucher(voucher_id, f"STACK{n}", "DISCOUNT_VOUCHER", NOW, discount=discount)
        rule = ValidationRule(rule_id, rule_id, NOW, definition, applicable_to=items)
        bound = RuleAssignment(f"asgm_stack_{n}", rule_id, voucher_id, "voucher", NOW)
        events += VoucherCreated(made), ValidationRuleCreated(rule), RuleAssigned(bound, 1)
    return events


def one_voucher(state: State) -> float:
    """Microseconds of a decision on one voucher, of those that are in use."""
    return _each_us(state, _on_one(state))


def one_voucher_cold(state: State) -> float:
    """The same for vouchers that were not looked at since the start."""
    commands = _on_one(state)

    def cold() -> None:
        state.forget()
        _decided(state, commands)

    return best_ms(cold, 3) * 1000 / len(commands)


def stack_with_rules(state: State) -> float:
    """Microseconds of a decision on five vouchers, each bound by rules."""
    return _each_us(state, [_command(f"STACK{n}" for n in range(len(_STACK)))] * 50)


def _on_one(state: State) -> list[Command]:
    step = max(state.vouchers // ASKED, 1)
    return [_command([code(n * step)]) for n in range(ASKED)]


def _command(codes: Iterable[str]) -> Command:
    body = RedeemStack(tuple(Redeemable("voucher", each) for each in codes), _ORDER)
    return Command("cmd_1", PROJECT, NOW, NOW + 1000, "0" * 32, "server", "", body)


def _each_us(state: State, commands: Sequence[Command]) -> float:
    return best_ms(lambda: _decided(state, commands), 5) * 1000 / len(commands)


def _decided(state: State, commands: Sequence[Command]) -> None:
    view = state.view
    for command in commands:
        assert decide(view, command, NOW).refusal is None
