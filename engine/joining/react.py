"""Customers become members of programs with `auto_join` whose validation rules they meet.

Rules are asked without an order, whenever a customer is created, changes, or enters a segment; one
that is about an order is not met by that. A program that no rule binds is joined by nobody so.
Customers who are there already are looked through by an action (engine/joining/look.py) when
`auto_join` is switched on, and when a rule comes to bind the program.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.campaigns.joining import joining_started_event
from engine.evaluation.circumstances import LOOKUPS
from engine.kernel import tables
from engine.kernel.ids import numbered_command
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.publications.giving import give_card
from engine.rules.facts import Facts
from engine.rules.refusals import violations
from schemas.actions import JoinCustomers
from schemas.assignments import RuleAssigned
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.customers import Customer, CustomerCreated, CustomerUpdated
from schemas.evaluations import Taken
from schemas.events import Event
from schemas.programs import Reacting
from schemas.segments import SegmentEntered


def join_changed(
    view: View,
    command: Command,
    reacting: Reacting,
    event: CustomerCreated | CustomerUpdated,
    now: Millis,
) -> Iterator[Event]:
    """The programs that a customer joins who is new, or of whom something else is known."""
    yield from join_programs(view, command, reacting.joining, event.customer.id, now)


def join_segment(
    view: View, command: Command, reacting: Reacting, event: SegmentEntered, now: Millis
) -> Iterator[Event]:
    """The programs that a customer joins who enters segments."""
    yield from join_programs(view, command, reacting.joining, event.customer_id, now)


def look_for_members(
    view: View, command: Command, reacting: Reacting, event: RuleAssigned, now: Millis
) -> Iterator[Event]:
    """A program that is bound by a rule from now on looks through the customers, once."""
    campaign_id = event.assignment.related_object_id
    if campaign_id in reacting.joining and not _is_looking(view, campaign_id):
        yield joining_started_event(command, campaign_id, now)


def join_programs(
    view: View, command: Command, program_ids: Iterable[str], customer_id: str, now: Millis
) -> Iterator[Event]:
    """A card of each of these programs that the customer has none of and meets the rules of."""
    customer = None
    for program_id in program_ids:
        program = view.get(tables.CAMPAIGNS, program_id)
        if program is None or not program.rule_ids:
            continue
        if next(view.scan(tables.HOLDINGS, customer_id, program_id), None) is not None:
            continue
        customer = customer or view.get(tables.CUSTOMERS, customer_id)
        if customer is None or customer.deleted_at is not None:
            return
        if _suits(view, program, customer, command, now):
            own = numbered_command(command, program_id, 0)
            yield from give_card(view, own, program, customer, now)


def _suits(
    view: View, program: Campaign, customer: Customer, command: Command, now: Millis
) -> bool:
    found = (view.get(tables.RULES, each) for each in program.rule_ids)
    sets = [each for each in found if each is not None]
    facts = Facts(
        view,
        None,
        now,
        LOOKUPS,
        zone=zone_of(view),
        customer=customer,
        key_id=command.channel_id,
        user=command.login,
        # nothing is taken by it
        taken=Taken(),
    )
    return bool(sets) and not (violations(sets, facts) or violations(sets, facts, after=True))


def _is_looking(view: View, campaign_id: str) -> bool:
    """Whether an action is about to look through all customers for the program."""
    for opened in view.scan(tables.OPEN_ACTIONS):
        action = view.get(tables.ACTIONS, opened.id)
        if action is not None and action.cursor == 0 and action.work == JoinCustomers(campaign_id):
            return True
    return False


#: What customers join programs by.
REACTIONS: Final[
    Mapping[type[Any], Callable[[View, Command, Reacting, Any, Millis], Iterator[Event]]]
] = MappingProxyType(
    {
        CustomerCreated: join_changed,
        CustomerUpdated: join_changed,
        SegmentEntered: join_segment,
        RuleAssigned: look_for_members,
    }
)
