"""What an order would earn by the rules of a program, were it paid now; nothing changes by it.

Whoever is no member yet is estimated as a new one: with a card that has nothing, in no tier.
"""

from engine.earning.assess import Member, assess_rule
from engine.earning.members import rules_of
from engine.earning.react import TOOLS, occasion_of_customer
from engine.kernel.state import View
from engine.orders.calculation import order_of
from engine.vouchers.holdings import find_held
from schemas.api import OrderInput
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.customers import Customer
from schemas.earning import ORDER_PAID, Trigger
from schemas.errors import Refusal, refuse
from schemas.vouchers import LoyaltyCard, Voucher


def estimate_points(
    view: View,
    command: Command,
    campaign: Campaign,
    customer: Customer,
    given: OrderInput,
    now: Millis,
) -> int | Refusal:
    """The points that all rules would give, at once or pending."""
    order = order_of(view, given, customer.id, command.key_kind)
    if isinstance(order, Refusal):
        return order
    if order is None:
        return refuse("missing_order", "An order is required")
    trigger = Trigger(ORDER_PAID, order.id, order.source_id)
    occasion = occasion_of_customer(view, command, trigger, customer, now, order)
    card = find_held(view, customer.id, campaign.id, now) or _new_card(campaign, now)
    member = Member(card, campaign)
    rules = rules_of(view, campaign.id, ORDER_PAID)
    return sum(assess_rule(view, each, member, occasion, TOOLS).points for each in rules)


def _new_card(campaign: Campaign, now: Millis) -> Voucher:
    return Voucher(
        id="",
        code="",
        type="LOYALTY_CARD",
        created_at=now,
        loyalty_card=LoyaltyCard(0, 0),
        campaign=campaign.name,
        campaign_id=campaign.id,
    )
