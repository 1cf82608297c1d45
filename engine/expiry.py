"""What time ends: sessions, redemptions past the rollback window, rows whose action never began, exports.

And what the end of a set of validation rules leaves behind, however many it was assigned to. What
was counted for what is gone leaves with the record of a sweep (engine/counters/ended.py).

Decisions never wait for it, they compare with `now`; the sweep keeps the state small and brings
the end of a session into the log. A sweep is bounded; what is left comes with the next.
"""

from collections.abc import Iterator
from itertools import chain, islice, takewhile
from types import MappingProxyType

from engine.admission import SEEN_DAYS
from engine.assignments.decide import drop_next_assignments
from engine.background.chunk import share_of
from engine.counters.ended import next_ended_counts
from engine.evolve import fold_event
from engine.exports.decide import expire_exports
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.loyalty_tiers.members import MOVES_MAX, expire_tiers
from engine.points.decide import expire_points, tell_expiring_points
from engine.points.pending import activate_due
from engine.users.sessions import forget_sign_ins
from schemas.actions import StagedRowsDropped
from schemas.base import DAY_MS, INSTANT_MAX, Millis
from schemas.commands import Command
from schemas.events import Event
from schemas.expiry import ExpireDue
from schemas.oauth import TokensForgotten
from schemas.redemptions import RedemptionsRetired
from schemas.sessions import SessionsExpired

SWEEP_MAX = 500
#: Of how many cards points expire with one sweep, are told of, and become active: each is in the
#: record as a whole.
CARDS_MAX = 100
#: Later than any time that can be written.
NEVER = INSTANT_MAX + 1


def next_due(view: View) -> Millis:
    """From when on a sweep finds anything, as it is: what is over, or what is to be forgotten."""
    found = [next_ended_counts(view)]
    first = next(iter(view.scan(tables.DUE)), None)
    if first is not None:
        found.append(first.at)
    remembered_from = view.get(tables.SEEN_FROM)
    if remembered_from is not None:
        found.append((remembered_from + SEEN_DAYS + 1) * DAY_MS)
    return min((each for each in found if each is not None), default=NEVER)


def expire_due(view: View, command: Command, __: ExpireDue, now: Millis) -> Decision:
    """Ends what is over, the oldest first."""
    over = takewhile(lambda due: due.at <= now, view.scan(tables.DUE))
    due = list(islice(over, SWEEP_MAX))
    sessions = tuple(each.id for each in due if each.kind == tables.DUE_SESSION)
    redemptions = tuple(each.id for each in due if each.kind == tables.DUE_REDEMPTION)
    tokens = tuple(each.id for each in due if each.kind == tables.DUE_TOKEN)
    rules = [each.id for each in due if each.kind == tables.DUE_RULE]
    exports = [each.id for each in due if each.kind == tables.DUE_EXPORT]
    members = [each.id for each in due if each.kind == tables.DUE_LOYALTY_TIER]
    events: list[Event] = [*drop_next_assignments(view, rules, SWEEP_MAX)]
    events += expire_exports(view, exports)
    events += _points_events(view, command, due, now)
    # as the balances are before anything becomes active, which members are followed by (effects.py)
    events += expire_tiers(view, members[: share_of(command, MOVES_MAX)], now)
    if sessions:
        events.append(SessionsExpired(sessions))
    if redemptions:
        events.append(RedemptionsRetired(redemptions))
    if tokens:
        events.append(TokensForgotten(tokens))
    events += forget_sign_ins(due)
    for action_id, numbers in _staged_sets(due).items():
        events.append(StagedRowsDropped(action_id, tuple(numbers)))
    return Decision(tuple(events))


def _points_events(
    view: View, command: Command, due: list[tables.Due], now: Millis
) -> Iterator[Event]:
    """What becomes of points of cards, each on what those before made of the same card."""
    state, most = view.trial(), share_of(command, CARDS_MAX)

    def named(kind: str) -> list[str]:
        return [each.id for each in due if each.kind == kind][:most]

    for event in chain(
        expire_points(state, command, named(tables.DUE_POINTS), now),
        tell_expiring_points(state, command, named(tables.DUE_POINTS_NOTICE), now),
        activate_due(state, command, named(tables.DUE_PENDING), now),
    ):
        fold_event(state, event, now)
        yield event


def _staged_sets(due: list[tables.Due]) -> dict[str, list[int]]:
    """The sets of rows whose action never started, by action."""
    found: dict[str, list[int]] = {}
    for each in due:
        if each.kind == tables.DUE_STAGED:
            action_id, _, number = each.id.rpartition("/")
            found.setdefault(action_id, []).append(int(number))
    return found


DECISIONS: Decisions = MappingProxyType(
    {
        ExpireDue: expire_due,
    }
)
