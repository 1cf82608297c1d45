"""Which sets of validation rules bind a voucher, a campaign, a tier, an earning rule, or an offer.

An object carries the ids of its sets, so that deciding on it reads them without a search. The
assignments of an object end with it, in the same record: there are few of them. A set may have any
number of assignments, so they do not end in the record that deletes it: from then on nobody finds
the set, which is what counts, and a sweep drops them by and by (engine/expiry.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any

from msgspec import structs

from engine.kernel import tables
from engine.kernel.ids import new_id
from engine.kernel.state import View
from schemas.assignments import (
    ASSIGNMENTS_MAX,
    AssignedType,
    AssignmentsDropped,
    RuleAssigned,
    RuleAssignment,
)
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.earning import EarningRule
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.promotions import PromotionTier
from schemas.rewards import RewardAssignment
from schemas.vouchers import Voucher

#: What answers show with all that binds it.
Shown = Voucher | Campaign | PromotionTier
#: What can be bound.
Bound = Voucher | Campaign | PromotionTier | EarningRule | RewardAssignment
_KINDS: Mapping[type[Any], AssignedType] = MappingProxyType(
    {
        Voucher: "voucher",
        Campaign: "campaign",
        PromotionTier: "promotion_tier",
        EarningRule: "earning_rule",
        RewardAssignment: "reward_assignment",
    }
)


def assignments_of(view: View, bound: Bound) -> tuple[RuleAssignment, ...]:
    """What binds the object itself, in the order of assignment."""
    found = _kept_assignments(view, bound)
    return tuple(each for each in found if view.get(tables.RULES, each.rule_id) is not None)


def shown_assignments(view: View, bound: Bound) -> tuple[RuleAssignment, ...]:
    """What the object shows: its own assignments, after those of the campaign of a voucher."""
    campaign = None
    if isinstance(bound, Voucher) and bound.campaign_id is not None:
        campaign = view.get(tables.CAMPAIGNS, bound.campaign_id)
    of_campaign = () if campaign is None else assignments_of(view, campaign)
    return of_campaign + assignments_of(view, bound)


def assign_rules(
    view: View, command: Command, rule_ids: Iterable[str], bound: Bound, now: Millis
) -> tuple[RuleAssigned, ...] | Refusal:
    """The events that bind an object by these sets beyond those that do already.

    For an object that the same command creates they go before its creation, and the object that is
    created has `rule_ids_of` them.
    """
    asked = [each for each in dict.fromkeys(rule_ids) if each not in bound.rule_ids]
    if len(assignments_of(view, bound)) + len(asked) > ASSIGNMENTS_MAX:
        return refuse(
            "invalid_validation_rules", f"An object has at most {ASSIGNMENTS_MAX} validation rules"
        )
    events = []
    # a command may bind several objects that it makes
    seed = f"{command.seed}/{bound.id}"
    for number, rule_id in enumerate(asked):
        rule = view.get(tables.RULES, rule_id)
        if rule is None:
            return not_found("validation_rules", rule_id)
        assignment = RuleAssignment(
            id=new_id(seed, "asgm_", number),
            rule_id=rule_id,
            related_object_id=bound.id,
            related_object_type=_KINDS[type(bound)],
            created_at=now,
        )
        events.append(RuleAssigned(assignment, rule.assignments_count + 1))
    return tuple(events)


def reassign_rules(
    view: View, command: Command, rule_ids: Sequence[str], bound: Bound, now: Millis
) -> tuple[Event, ...] | Refusal:
    """The events after which these sets bind an object, and no others."""
    ended = [each for each in _kept_assignments(view, bound) if each.rule_id not in rule_ids]
    dropped = _assignments_dropped_event(view, ended)
    kept = structs.replace(
        bound, rule_ids=tuple(each for each in bound.rule_ids if each in rule_ids)
    )
    added = assign_rules(view, command, rule_ids, kept, now)
    return added if isinstance(added, Refusal) else (*dropped, *added)


def drop_assignments_of(view: View, *gone: Bound) -> tuple[AssignmentsDropped, ...]:
    """The event that goes with the end of objects: one, or none where nothing binds them."""
    return _assignments_dropped_event(
        view, [kept for each in gone for kept in _kept_assignments(view, each)]
    )


def drop_next_assignments(view: View, rule_ids: Iterable[str], count_max: int) -> tuple[Event, ...]:
    """The event that drops assignments of sets that are gone, at most so many."""
    left = (each for rule_id in rule_ids for each in view.scan(tables.ASSIGNMENTS, rule_id))
    return _assignments_dropped_event(view, list(islice(left, count_max)))


def rule_ids_of(events: Iterable[RuleAssigned]) -> tuple[str, ...]:
    """The sets that events of assignment name."""
    return tuple(each.assignment.rule_id for each in events)


def _kept_assignments(view: View, bound: Bound) -> list[RuleAssignment]:
    """The assignments of an object that the state keeps, of deleted sets, too."""
    found = []
    for rule_id in bound.rule_ids:
        assigned = view.get(tables.ASSIGNED, _KINDS[type(bound)], bound.id, rule_id)
        kept = None if assigned is None else view.get(tables.ASSIGNMENTS, rule_id, assigned)
        if kept is not None:
            found.append(kept)
    return found


def _assignments_dropped_event(
    view: View, ended: Sequence[RuleAssignment]
) -> tuple[AssignmentsDropped, ...]:
    if not ended:
        return ()
    counts: dict[str, int] = {}
    for each in ended:
        rule = view.get(tables.RULES, each.rule_id)
        if rule is not None:
            counts[each.rule_id] = counts.get(each.rule_id, rule.assignments_count) - 1
    return (AssignmentsDropped(tuple(ended), counts),)
