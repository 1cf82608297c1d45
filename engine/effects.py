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
from typing import Any, Final, NamedTuple

from engine.auto_redeeming.react import redeeming_with
from engine.customers.summaries import with_summaries
from engine.earning import react as earning
from engine.evolve import fold_event
from engine.giveaways import entering, winning
from engine.joining import react as joining
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import numbered_command
from engine.kernel.state import State, View, encode
from engine.loyalty_tiers import members
from engine.redemptions.decide import redeem_stack
from engine.referrals import referring
from engine.segments.following import with_segment_moves
from schemas.base import Millis, tag_of
from schemas.commands import Command
from schemas.events import Event
from schemas.programs import Reacting, ReactionsStopped

#: How often what follows may be followed by something again.
ROUNDS_MAX: Final = 8
#: What follows of what was done so far, beyond so many bytes, is not asked for any more: with what a
#: decision tells by itself it fits a record.
FOLLOWED_BYTES_MAX: Final = 640 * 1024

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
    redeeming_with(redeem_stack),
)
#: Who is in which tier follows of what is done, however much else does.
_TIERS: Final = _in_order(members.REACTIONS)


class _Followed(NamedTuple):
    """What follows of events, and those of which that was not asked any more."""

    events: tuple[Event, ...]
    #: How many bytes more may follow; below zero: no more.
    left: int
    unasked: tuple[Event, ...] = ()


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
    left = FOLLOWED_BYTES_MAX
    for turn in range(ROUNDS_MAX):
        followed = _react(state, command, reacting, fresh, turn, now, left)
        fresh = _sum_up(state, followed.events, now)
        events += fresh
        if followed.unasked:
            events += _stop_short(state, command, reacting, (*followed.unasked, *fresh), turn, now)
            break
        if not fresh:
            break
        left = followed.left
    else:
        events += _stop(state, command, reacting, fresh, now)
    return replace(decision, events=tuple(events), effects=len(events) - decided)


def _sum_up(state: State, told: tuple[Event, ...], now: Millis) -> tuple[Event, ...]:
    """These events with what customers add up to and their segments, folded."""
    if not told:
        return ()
    summed = with_segment_moves(state, with_summaries(state, Decision(told)), now)
    for event in summed.events:
        fold_event(state, event, now)
    return summed.events


def _stop(
    state: State, command: Command, reacting: Reacting, events: tuple[Event, ...], now: Millis
) -> tuple[Event, ...]:
    """The tiers as the last round leaves them, and what else would have followed of it, if anything."""
    told = _react(state, command, reacting, events, ROUNDS_MAX, now).events
    moves = _follow_tiers(state, command, reacting, events, ROUNDS_MAX, now)
    after = _react(state, command, reacting, moves, ROUNDS_MAX + 1, now).events
    dropped = _tags_of(told) - _tags_of(moves) + _tags_of(after)
    return (*moves, ReactionsStopped(ROUNDS_MAX, dict(dropped))) if dropped else moves


def _stop_short(
    state: State,
    command: Command,
    reacting: Reacting,
    unasked: tuple[Event, ...],
    turn: int,
    now: Millis,
) -> tuple[Event, ...]:
    """The tiers as what was done leaves them, and of what it was not asked what would follow."""
    moves = _follow_tiers(state, command, reacting, unasked, turn + 1, now)
    skipped = (each for each in (*unasked, *moves) if type(each) in REACTIONS)
    return (*moves, ReactionsStopped(turn, {}, dict(_tags_of(skipped))))


def _follow_tiers(
    state: State,
    command: Command,
    reacting: Reacting,
    events: tuple[Event, ...],
    turn: int,
    now: Millis,
) -> tuple[Event, ...]:
    """Where members are in the end: it is so whatever is not done any more."""
    moves = _react(state, command, reacting, events, turn, now, reactions=_TIERS).events
    return _sum_up(state, moves, now)


def _react(
    view: View,
    command: Command,
    reacting: Reacting,
    events: tuple[Event, ...],
    turn: int,
    now: Millis,
    left: int = FOLLOWED_BYTES_MAX,
    reactions: Mapping[type[Any], tuple[React, ...]] = REACTIONS,
) -> _Followed:
    """What follows of these events, each reaction on what those before it made of the state.

    Of an event all of it, or nothing once it is more than `left` bytes.
    """
    state = view.trial()
    told: list[Event] = []
    for place, event in enumerate(events):
        reacts = reactions.get(type(event), ())
        if reacts and left < 0:
            return _Followed(tuple(told), left, events[place:])
        asked = len(told)
        for number, react in enumerate(reacts):
            own = numbered_command(command, f"effect/{turn}/{number}", place)
            for follows in react(state, own, reacting, event, now):
                fold_event(state, follows, now)
                told.append(follows)
        left -= sum(len(encode(each)) for each in told[asked:])
    return _Followed(tuple(told), left)


def _tags_of(events: Iterable[Event]) -> Counter[str]:
    return Counter(tag_of(type(each)) for each in events)
