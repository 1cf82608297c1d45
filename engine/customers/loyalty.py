"""What loyalty a customer has: points by program, the tiers reached, and who was referred."""

from itertools import islice
from typing import Final

from engine.kernel import tables
from engine.kernel.lookup import campaign_of
from engine.kernel.state import View
from engine.loyalty_tiers.find import balance_of, tier_of
from schemas.base import Millis
from schemas.customers import CustomerLoyalty, ProgramLoyalty

#: How many of the vouchers that the customer holds are looked at.
HELD_MAX: Final = 1000


def loyalty_of(view: View, customer_id: str, now: Millis) -> CustomerLoyalty | None:
    """What the customer has in which program; None: no card of any, and nobody referred."""
    programs: dict[str, ProgramLoyalty] = {}
    referred: dict[str, int] = {}
    for voucher_id in islice(view.scan(tables.HELD, customer_id), HELD_MAX):
        card = view.get(tables.VOUCHERS, voucher_id)
        program = None if card is None else campaign_of(view, card)
        if card is None or program is None:
            continue
        if card.is_referral_code:
            # counted by program: who has several codes of one is shown the count once
            count = view.get(tables.CONVERSIONS, program.id, customer_id)
            if count:
                referred[program.id] = count
        if card.loyalty_card is None or program.campaign_type != "LOYALTY_PROGRAM":
            continue
        before = programs.get(program.id) or ProgramLoyalty(0)
        tier = tier_of(view, card.id, now)
        programs[program.id] = ProgramLoyalty(
            before.points + balance_of(view, card, now),
            before.loyalty_tier if tier is None else tier.name,
        )
    return CustomerLoyalty(programs, referred) if programs or referred else None
