"""Which campaigns react to what, in the one entry that a decision looks at (engine/effects.py)."""

from typing import Final, Literal, get_args

from msgspec import structs

from engine.kernel import tables
from engine.kernel.state import State, View
from schemas.errors import Refusal, refuse
from schemas.programs import Reacting

Member = Literal["earning", "tiers", "joining", "referring", "giving", "redeeming"]

MEMBERS: Final[tuple[Member, ...]] = get_args(Member)

#: About what a rule that gives points takes of a record.
EARNED_BYTES: Final = 1500

#: How many campaigns of a project may react with the same: each event may look at all of them.
REACTING_MAX: Final = 200


def note_reacting(state: State, member: Member, campaign_id: str, reacts: bool) -> None:
    """The campaign reacts with that from now on, or no more; without any there is no entry."""
    stored = state.get(tables.REACTING, tables.THE_ONE) or Reacting()
    ids: tuple[str, ...] = getattr(stored, member)
    if (campaign_id in ids) is not reacts:
        changed = (*ids, campaign_id) if reacts else _without(ids, campaign_id)
        _store_reacting(state, structs.replace(stored, **{member: changed}))


def drop_reacting(state: State, campaign_id: str) -> None:
    """A campaign that is deleted reacts to nothing."""
    stored = state.get(tables.REACTING, tables.THE_ONE)
    if stored is not None:
        kept = {name: _without(getattr(stored, name), campaign_id) for name in MEMBERS}
        _store_reacting(state, Reacting(**kept))


def too_many_reacting(view: View, member: Member, campaign_id: str) -> Refusal | None:
    """The refusal of one campaign more that reacts with that, where there are too many."""
    stored = view.get(tables.REACTING, tables.THE_ONE)
    ids: tuple[str, ...] = () if stored is None else getattr(stored, member)
    if len(ids) < REACTING_MAX or campaign_id in ids:
        return None
    details = f"At most {REACTING_MAX} campaigns of a project may react by themselves: {member}"
    return refuse("invalid_campaign", details)


def bytes_earned(view: View, *events: str) -> int:
    """About what a program with the most rules for these adds to a record for one of its members.

    Work that changes many customers at once does fewer of them by it.
    """
    stored = view.get(tables.REACTING, tables.THE_ONE)
    if stored is None or not stored.earning:
        return 0
    most = max(
        sum(1 for event in events for _ in view.scan(tables.EARNING_OF, campaign_id, event))
        for campaign_id in stored.earning
    )
    return most * EARNED_BYTES


def bytes_earned_by(view: View, customer_id: str, *events: str) -> int:
    """About what the rules for these add to a record for a customer, by all programs of which one is."""
    stored = view.get(tables.REACTING, tables.THE_ONE)
    rules = 0
    for campaign_id in () if stored is None else stored.earning:
        if next(view.scan(tables.HOLDINGS, customer_id, campaign_id), None) is not None:
            scans = (view.scan(tables.EARNING_OF, campaign_id, event) for event in events)
            rules += sum(1 for scan in scans for _ in scan)
    return rules * EARNED_BYTES


def _without(ids: tuple[str, ...], campaign_id: str) -> tuple[str, ...]:
    return tuple(each for each in ids if each != campaign_id)


def _store_reacting(state: State, reacting: Reacting) -> None:
    if reacting == Reacting():
        state.delete(tables.REACTING, tables.THE_ONE)
    else:
        state.put(tables.REACTING, reacting, tables.THE_ONE)
