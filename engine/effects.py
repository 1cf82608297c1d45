"""What follows of a decision by itself: points that are earned, tiers that are reached, who joins.

A campaign reacts to events: an order that is paid, a custom event, a customer who enters a segment,
a balance that changes. Reactions are decided after the fact, on the state as the decision leaves
it, and end in the same record; so they happen once, or not at all, with what they follow from.
What they tell may be reacted to again (points lift a member into a tier, which earns points),
round by round, within a bound; what is not done beyond it is told. A project of which no campaign
reacts pays one look.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from engine.auto_redeeming import react as auto_redeeming
from engine.customers.summaries import with_summaries
from engine.earning import react as earning
from engine.evolve import fold_event
from engine.giveaways import entering, winning
from engine.joining import react as joining
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import numbered_command
from engine.kernel.state import View
from engine.loyalty_tiers import members
from engine.referrals import referring
from engine.segments.following import with_segment_moves
from schemas.base import Millis, tag_of
from schemas.commands import Command
from schemas.events import Event
from schemas.programs import Reacting, ReactionsStopped

#: How often what follows may be followed by something again.
ROUNDS_MAX: Final = 8

#: Decides what follows of an event: on the state after it, for the campaigns that react. Its ids
#: come of the command, whose seed is its own.
React = Callable[[View, Command, Reacting, Any, Millis], Iterable[Event]]


def _in_order(
    *rooms: Mapping[type[Any], React],
) -> Mapping[type[Any], tuple[React, ...]]:
    """What each room does about an event, one after the other."""
    found: dict[type[Any], tuple[React, ...]] = {}
    for room in rooms:
        for kind, react in room.items():
            found[kind] = (*found.get(kind, ()), react)
    return MappingProxyType(found)


#: Who reacts to which event, in this order.
REACTIONS: Final[Mapping[type[Any], tuple[React, ...]]] = _in_order(
    joining.REACTIONS,
    referring.REACTIONS,
    entering.REACTIONS,
    winning.REACTIONS,
    earning.REACTIONS,
    members.REACTIONS,
    auto_redeeming.REACTIONS,
)


def with_effects(view: View, command: Command, decision: Decision, now: Millis) -> Decision:
    """The decision, with what customers add up to, their segments, and what follows of it."""
    decided = len(decision.events)
    decision = with_segment_moves(view, with_summaries(view, decision), now)
    reacting = view.get(tables.REACTING, tables.THE_ONE)
    if reacting is None or not any(type(each) in REACTIONS for each in decision.events):
        return decision
    state = view.trial()
    events = list(decision.events)
    for event in events:
        fold_event(state, event, now)
    fresh: tuple[Event, ...] = decision.events
    for turn in range(ROUNDS_MAX + 1):
        told = _react(state, command, reacting, fresh, turn, now)
        if not told:
            break
        if turn == ROUNDS_MAX:
            dropped = Counter(tag_of(type(each)) for each in told)
            events.append(ReactionsStopped(turn, dict(dropped)))
            break
        summed = with_segment_moves(state, with_summaries(state, Decision(told)), now)
        for event in summed.events:
            fold_event(state, event, now)
        events += summed.events
        fresh = summed.events
    return replace(decision, events=tuple(events), effects=len(events) - decided)


def _react(
    view: View,
    command: Command,
    reacting: Reacting,
    events: tuple[Event, ...],
    turn: int,
    now: Millis,
) -> tuple[Event, ...]:
    """What follows of these events, each reaction on what those before it made of the state."""
    state = view.trial()
    told: list[Event] = []
    for place, event in enumerate(events):
        for number, react in enumerate(REACTIONS.get(type(event), ())):
            own = numbered_command(command, f"effect/{turn}/{number}", place)
            for follows in react(state, own, reacting, event, now):
                fold_event(state, follows, now)
                told.append(follows)
    return tuple(told)
