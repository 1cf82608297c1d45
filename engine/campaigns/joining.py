"""Programs that customers join by themselves: when the customers who are there are looked through."""

from typing import Final

from engine.background.decide import start_action_event
from engine.kernel.reacting import too_many_reacting
from engine.kernel.state import View
from schemas.actions import ActionStarted, JoinCustomers
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.errors import Refusal

#: As the action is called; it is in no list, since the contract does not know it.
JOIN: Final = "LOYALTY.MEMBERS_JOIN"
#: The number of the action among those that a command starts.
_NUMBER: Final = 9


def joins_by_itself(campaign: Campaign) -> bool:
    """Whether customers who suit become members without being asked."""
    return campaign.campaign_type == "LOYALTY_PROGRAM" and campaign.auto_join


def joining_started_event(command: Command, campaign_id: str, now: Millis) -> ActionStarted:
    """That the customers who are there are looked through for a program."""
    work = JoinCustomers(campaign_id)
    return start_action_event(command, JOIN, work, None, now, _NUMBER)


def too_many_joined(view: View, campaign: Campaign) -> Refusal | None:
    """The refusal of one program more that is joined by itself, where there are too many."""
    return too_many_reacting(view, "joining", campaign.id) if joins_by_itself(campaign) else None
