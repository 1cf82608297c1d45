"""A copy of a loyalty program: its terms, rules, tiers and rewards, without cards and members."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import structs

from engine.assignments.decide import assign_rules, rule_ids_of
from engine.assignments.fold import rule_assigned
from engine.campaigns.joining import too_many_joined
from engine.earning.members import rules_of
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id, new_ids
from engine.kernel.programs import find_program
from engine.kernel.reacting import too_many_reacting
from engine.kernel.room import Decisions
from engine.kernel.state import State, View
from engine.loyalty_tiers.ladder import tiers_of
from engine.rewards.find import assignments_of_program, auto_redeemed
from schemas.assignments import RuleAssigned
from schemas.base import Millis
from schemas.campaigns import Campaign, CampaignCreated, CopyProgram
from schemas.commands import Command
from schemas.earning import EarningRule, EarningRuleCreated
from schemas.errors import Refusal, refuse
from schemas.events import Event
from schemas.loyalty_tiers import LoyaltyTier, LoyaltyTierCreated, Mappings
from schemas.rewards import RewardAssigned, RewardAssignment


def copy_program(
    view: View, command: Command, body: CopyProgram, now: Millis
) -> Decision | Refusal:
    """Creates a program like another one, under its own name; what binds that binds it, too."""
    source = find_program(view, body.program)
    if isinstance(source, Refusal):
        return source
    if view.get(tables.CAMPAIGN_NAMES, body.name) is not None:
        details = f"Duplicated campaign exists with id {body.name}"
        return refuse("duplicate_found", details, resource_id=body.name, resource_type="campaign")
    copied = _plain_copy(source, new_id(command.seed, "camp_"), body.name, now)
    rules = rules_of(view, source.id)
    tiers = list(tiers_of(view, source.id))
    wrong = too_many_joined(view, copied)
    if rules:
        wrong = wrong or too_many_reacting(view, "earning", copied.id)
    if tiers:
        wrong = wrong or too_many_reacting(view, "tiers", copied.id)
    if auto_redeemed(view, source.id):
        wrong = wrong or too_many_reacting(view, "redeeming", copied.id)
    if wrong is not None:
        return wrong
    trial = view.trial()
    bound = _bind(trial, command, source, copied, now)
    if isinstance(bound, Refusal):
        return bound
    events: list[Event] = [*bound]
    ids = _new_ids(command, view, source, rules, tiers, now)
    for rule in rules:
        own = structs.replace(
            rule,
            id=ids[rule.id],
            campaign_id=copied.id,
            created_at=now,
            updated_at=None,
            rule_ids=(),
            loyalty_tier_id=ids.get(rule.loyalty_tier_id or "", rule.loyalty_tier_id),
        )
        refused = _add_bound(trial, command, rule, own, events, now)
        if refused is not None:
            return refused
    for offered in assignments_of_program(view, source.id):
        offer = structs.replace(
            offered,
            id=ids[offered.id],
            campaign_id=copied.id,
            created_at=now,
            updated_at=None,
            rule_ids=(),
        )
        refused = _add_bound(trial, command, offered, offer, events, now)
        if refused is not None:
            return refused
    events += [LoyaltyTierCreated(_copy_tier(each, copied.id, ids, now)) for each in tiers]
    # the last event is the one that answers
    events.append(CampaignCreated(structs.replace(copied, rule_ids=rule_ids_of(bound))))
    return Decision(tuple(events))


def _plain_copy(source: Campaign, campaign_id: str, name: str, now: Millis) -> Campaign:
    return structs.replace(
        source,
        id=campaign_id,
        name=name,
        created_at=now,
        updated_at=None,
        rule_ids=(),
        vouchers_count=0,
        voucher_seq=0,
        next_free=0,
        generating=0,
    )


def _new_ids(
    command: Command,
    view: View,
    source: Campaign,
    rules: list[EarningRule],
    tiers: list[LoyaltyTier],
    now: Millis,
) -> Mapping[str, str]:
    """By the ids of what is copied those of the copies."""
    offered = [each.id for each in assignments_of_program(view, source.id)]
    ids: dict[str, str] = {}
    for prefix, named in (
        ("ern_", [each.id for each in rules]),
        ("rewa_", offered),
        ("ltr_", [each.id for each in tiers]),
    ):
        ids |= zip(named, new_ids(command.seed, prefix, len(named), now), strict=True)
    return ids


def _bind(
    trial: State,
    command: Command,
    source: Campaign | EarningRule | RewardAssignment,
    copied: Campaign | EarningRule | RewardAssignment,
    now: Millis,
) -> tuple[RuleAssigned, ...] | Refusal:
    """What binds the copy as it does the source; a set that binds several of them counts on."""
    bound = assign_rules(trial, command, source.rule_ids, copied, now)
    for each in () if isinstance(bound, Refusal) else bound:
        rule_assigned(trial, each, now)
    return bound


def _add_bound(
    trial: State,
    command: Command,
    source: EarningRule | RewardAssignment,
    copied: EarningRule | RewardAssignment,
    events: list[Event],
    now: Millis,
) -> Refusal | None:
    bound = _bind(trial, command, source, copied, now)
    if isinstance(bound, Refusal):
        return bound
    events += bound
    if isinstance(copied, EarningRule):
        events.append(EarningRuleCreated(structs.replace(copied, rule_ids=rule_ids_of(bound))))
    else:
        events.append(RewardAssigned(structs.replace(copied, rule_ids=rule_ids_of(bound))))
    return None


def _copy_tier(
    tier: LoyaltyTier, campaign_id: str, ids: Mapping[str, str], now: Millis
) -> LoyaltyTier:
    """The tier of the copy, whose mappings name its own rules and assignments."""
    return structs.replace(
        tier,
        id=ids[tier.id],
        campaign_id=campaign_id,
        created_at=now,
        updated_at=None,
        earning_rules=_renamed(tier.earning_rules, ids),
        rewards=_renamed(tier.rewards, ids),
    )


def _renamed(mappings: Mappings | None, ids: Mapping[str, str]) -> Mappings | None:
    if mappings is None:
        return None
    return {ids.get(each, each): mapping for each, mapping in mappings.items()}


DECISIONS: Decisions = MappingProxyType({CopyProgram: copy_program})
