"""Cards that customers are given by their program, without having asked for one."""

from typing import Final

from engine.campaigns.free import Withheld, take_next_vouchers
from engine.customers.decide import KnownCustomer
from engine.kernel.state import View
from engine.publications.decide import decide_publication
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.customers import Customer
from schemas.events import Event
from schemas.publications import PublishVouchers

#: What such a publication says it came by.
CHANNEL: Final = "AUTO_JOIN"


def give_card(
    view: View, command: Command, program: Campaign, customer: Customer, now: Millis
) -> tuple[Event, ...]:
    """The next card of the program for a customer who has none.

    Where there is none to be given nothing happens; only what was searched in vain is noted, so that
    it is not searched again.
    """
    given = take_next_vouchers(view, command, program, 1, now)
    if isinstance(given, Withheld) and given.campaign is None:
        return ()
    body = PublishVouchers(customer=CustomerInput(), campaign=program.id, channel=CHANNEL)
    known = KnownCustomer(customer)
    return decide_publication(command, body, program, known, given, now).events
