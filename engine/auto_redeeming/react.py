"""A card is redeemed for rewards with `auto_redeem` whenever it gets points, if it can be.

What it gets may be earned, active now, added, transferred or won, or the points that a new card has.
Of the rewards that the program offers so, the oldest offer first, each is redeemed once then, by the
decision that a request would get (engine/redemptions/decide.py): with what it costs the member, and
all that binds it. What cannot be redeemed is no failure, and is tried with the next points. One that
costs nothing, as a tier may have it, has to be asked for.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final

from msgspec import structs

from engine.kernel import tables
from engine.kernel.ids import numbered_command
from engine.kernel.room import Reactions
from engine.kernel.state import View
from engine.loyalty_tiers.find import tier_of
from engine.loyalty_tiers.members import CHANGES
from engine.redemptions.decide import redeem_stack
from engine.rewards.find import auto_redeemed
from engine.rewards.payment import cost_of
from schemas.api import CustomerInput, Redeemable, RewardChoice
from schemas.balances import BalanceAdjusted
from schemas.base import Millis
from schemas.commands import Command
from schemas.earning import PointsEarned
from schemas.errors import Refusal
from schemas.events import Event
from schemas.pending import PendingPointsActivated
from schemas.points import PointsTransferred
from schemas.prizes import CustomerRewarded
from schemas.programs import Reacting
from schemas.publications import PublicationSucceeded
from schemas.redemptions import RedeemStack
from schemas.rewards import RewardAssignment
from schemas.vouchers import Voucher

#: As the contract calls by what it is redeemed; the program stands for who asks.
CHANNEL: Final = "AUTO_REDEEM"


def redeem_by_itself(
    view: View, command: Command, reacting: Reacting, event: Any, now: Millis
) -> Iterator[Event]:
    """The redemptions of the cards that get points by an event."""
    if not reacting.redeeming:
        return
    gives_cards = isinstance(event, PublicationSucceeded)
    for number, change in enumerate(CHANGES[type(event)](event)):
        campaign_id = change.voucher.campaign_id
        if campaign_id in reacting.redeeming and (gives_cards or change.balance > 0):
            own = structs.replace(
                numbered_command(command, "card", number),
                channel=CHANNEL,
                channel_id=campaign_id,
                login=None,
            )
            yield from _redeem(view, own, change.voucher.id, campaign_id, now)


def _redeem(
    view: View, command: Command, card_id: str, campaign_id: str, now: Millis
) -> Iterator[Event]:
    for number, offer in enumerate(auto_redeemed(view, campaign_id)):
        card = view.get(tables.VOUCHERS, card_id)
        body = None if card is None else _request(view, card, offer, now)
        if body is None:
            continue
        decision = redeem_stack(view, numbered_command(command, "offer", number), body, now)
        if not isinstance(decision, Refusal) and decision.refusal is None:
            yield from decision.events


def _request(view: View, card: Voucher, offer: RewardAssignment, now: Millis) -> RedeemStack | None:
    """What would ask for it; None: there are too few points, or nobody who gets it."""
    points, _ = cost_of(offer, tier_of(view, card.id, now))
    loyalty = card.loyalty_card
    if loyalty is None or card.holder_id is None or not 0 < points <= loyalty.balance:
        return None
    reward = RewardChoice(offer.reward_id, points, offer.id)
    asked = Redeemable("voucher", card.id, reward=reward)
    return RedeemStack((asked,), customer=CustomerInput(id=card.holder_id))


#: What gives cards points.
REACTIONS: Reactions = MappingProxyType(
    {
        BalanceAdjusted: redeem_by_itself,
        PointsTransferred: redeem_by_itself,
        CustomerRewarded: redeem_by_itself,
        PointsEarned: redeem_by_itself,
        PendingPointsActivated: redeem_by_itself,
        PublicationSucceeded: redeem_by_itself,
    }
)
