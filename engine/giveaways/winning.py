"""What becomes of a draw: winners get their prizes, and whoever is refused gives place to the next.

Prizes are handed out after the fact and end in the same record (engine/effects.py). A winner whose
prize cannot be given stays a winner without one, and is given it when the shop asks again; so does
one whose prize finds no place in the record any more.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from msgspec import structs

from engine.kernel import tables
from engine.kernel.ids import numbered_command
from engine.kernel.lookup import find_customer
from engine.kernel.room import Reactions
from engine.kernel.state import View, encode
from engine.prizes.giving import Giving, hand_out_prize
from engine.prizes.taking_back import take_back_prize
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.events import Event
from schemas.giveaways import (
    Drawn,
    GiveawayDrawn,
    PrizesAsked,
    PrizesHandedOut,
    WinnerRefused,
)
from schemas.prize_terms import Prize
from schemas.prizes import GivenPrize, Occasion
from schemas.programs import Reacting

#: What prizes may take of a record; as much again may follow of them.
PRIZES_BYTES_MAX: Final = 320 * 1024


def prize_of(campaign: Campaign) -> Prize:
    """What the giveaway gives: what it names, else a code of its own."""
    terms = campaign.giveaway
    own = Prize("CAMPAIGN", campaign.id, campaign.name)
    return own if terms is None or terms.prize is None else terms.prize


def with_winners(view: View, drawn: list[Drawn], wanted: int) -> list[Drawn]:
    """Those who were drawn, the first of them winners, but those who are gone; alternates after them."""
    found: list[Drawn] = []
    winners = 0
    for each in drawn:
        if each.status in ("WINNER", "REFUSED"):
            winners += each.status == "WINNER"
            found.append(each)
        elif find_customer(view, each.customer_id) is None:
            found.append(structs.replace(each, status="GONE"))
        else:
            status = "WINNER" if winners < wanted else "ALTERNATE"
            winners += status == "WINNER"
            found.append(structs.replace(each, status=status))
    return found


def hand_out_prizes(
    view: View,
    command: Command,
    _: Reacting,
    event: GiveawayDrawn | WinnerRefused | PrizesAsked,
    now: Millis,
) -> Iterator[Event]:
    """Takes back what a refused winner has, and gives those theirs who have none."""
    draw = event.draw
    campaign = view.get(tables.CAMPAIGNS, draw.campaign_id)
    if campaign is None:
        return
    drawn = list(draw.drawn)
    told: list[int] = []
    for number, each in enumerate(drawn):
        own = numbered_command(command, "winner", number)
        occasion = Occasion("WINNER", draw.campaign_id, each.entry_id)
        if each.status == "REFUSED" and each.given is not None and not each.given.taken_back:
            given = yield from take_back_prize(view, own, each.given, occasion, now)
            drawn[number] = structs.replace(each, given=given)
        if each.status == "WINNER" and each.given is None and sum(told) < PRIZES_BYTES_MAX:
            giving = hand_out_prize(view, own, prize_of(campaign), each.customer_id, occasion, now)
            got = yield from _measure(giving, told)
            if isinstance(got, Refusal):
                drawn[number] = structs.replace(each, withheld=got.key)
            else:
                drawn[number] = structs.replace(each, given=got, withheld=None)
    yield PrizesHandedOut(structs.replace(draw, drawn=tuple(drawn)))


def _measure(giving: Giving, told: list[int]) -> Giving:
    """The same, and how many bytes each of its events has."""
    while True:
        try:
            event = next(giving)
        except StopIteration as given:
            handed: GivenPrize | Refusal = given.value
            return handed
        told.append(len(encode(event)))
        yield event


#: What winners are given their prizes after.
REACTIONS: Reactions = MappingProxyType(
    {
        GiveawayDrawn: hand_out_prizes,
        WinnerRefused: hand_out_prizes,
        PrizesAsked: hand_out_prizes,
    }
)
