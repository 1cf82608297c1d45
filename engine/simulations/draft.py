"""A promotion that there is not: made by the decisions that would make it, and laid over a state."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import structs

from engine.campaigns.decide import create_campaign
from engine.campaigns.tiers.decide import tiers_of
from engine.evolve import fold_event
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import categories_of, find_campaign
from engine.kernel.overlay import ProjectState
from engine.kernel.state import State
from engine.rules.decide import create_validation_rule
from schemas.base import ID_LENGTH_MAX, Millis
from schemas.campaigns import CreateCampaign
from schemas.commands import Command, CommandBody
from schemas.errors import Refusal, not_found
from schemas.rules import CreateValidationRule
from schemas.simulations import Draft

#: Longer than any name that a campaign may have, so that none has it.
_NAME: Final = "draft".ljust(ID_LENGTH_MAX + 1, "~")
#: How an id of a set of rules begins.
_RULE: Final = "val_"


def make_draft(
    state: ProjectState,
    campaign: CreateCampaign,
    rules: Sequence[CreateValidationRule],
    now: Millis,
) -> Draft | Refusal:
    """The promotion as it would be made in this state, which is changed; it begins and ends never.

    Rules are bound by their names where they are among `rules`, else by id. Its name may be taken.
    """
    own: dict[str, str] = {}
    bodies = {each.rule.name: each for each in rules}
    for rule_id in _named(campaign):
        if rule_id not in bodies:
            known = state.get(tables.RULES, rule_id)
            if known is None:
                return not_found("validation_rules", rule_id)
            bodies[rule_id] = CreateValidationRule(known)
    for number, (named, rule) in enumerate(bodies.items()):
        made_rule = _make_rule(state, rule, now, number)
        if isinstance(made_rule, Refusal):
            return made_rule
        own[named] = made_rule
    body = _bound(campaign, own)
    command = _command(state, body, now, len(own))
    refusal = _fold(state, create_campaign(state, command, body, now), now)
    if refusal is not None:
        return refusal
    made = find_campaign(state, _NAME)
    assert made is not None
    tiers = tuple(tiers_of(state, made))
    category_ids = (made.category_id, *(each.category_id for each in tiers))
    found = (state.get(tables.RULES, each) for each in own.values())
    return Draft(
        structs.replace(made, name=campaign.campaign.name),
        tiers,
        tuple(rule for rule in found if rule is not None),
        categories_of(state, *category_ids),
    )


def lay_draft(state: State, draft: Draft) -> None:
    """Puts a draft into a state, where it is found by its ids alone."""
    state.put(tables.CAMPAIGNS, draft.campaign, draft.campaign.id)
    for tier in draft.tiers:
        state.put(tables.TIERS, tier, tier.id)
    for rule in draft.rules:
        state.put(tables.RULES, rule, rule.id)
    for category in draft.categories:
        if state.get(tables.CATEGORIES, category.id) is None:
            state.put(tables.CATEGORIES, category, category.id)


def _named(campaign: CreateCampaign) -> tuple[str, ...]:
    """What binds the campaign and its tiers, each once."""
    of_tiers = (rule for tier in campaign.tiers for rule in tier.validation_rules)
    return tuple(dict.fromkeys((*campaign.validation_rules, *of_tiers)))


def _bound(campaign: CreateCampaign, own: Mapping[str, str]) -> CreateCampaign:
    """The campaign bound by its own copies, without dates."""
    always = {"start_date": None, "expiration_date": None}
    return structs.replace(
        campaign,
        campaign=structs.replace(campaign.campaign, name=_NAME, **always),
        validation_rules=tuple(own[each] for each in campaign.validation_rules),
        tiers=tuple(
            structs.replace(
                each,
                tier=structs.replace(each.tier, **always),
                validation_rules=tuple(own[rule] for rule in each.validation_rules),
            )
            for each in campaign.tiers
        ),
    )


def _seed(number: int) -> str:
    """What the ids of a part of a draft are made of, and nothing else's."""
    return f"simulation/{number}"


def _command(state: ProjectState, body: CommandBody, now: Millis, number: int) -> Command:
    return Command(
        id="simulation",
        project=state.project,
        sent_at=now,
        deadline=now,
        seed=_seed(number),
        key_kind="system",
        fingerprint="",
        body=body,
    )


def _fold(state: ProjectState, decision: Decision | Refusal, now: Millis) -> Refusal | None:
    if isinstance(decision, Refusal):
        return decision
    for event in decision.events:
        fold_event(state, event, now)
    return decision.refusal


def _make_rule(
    state: ProjectState, body: CreateValidationRule, now: Millis, number: int
) -> str | Refusal:
    """The id of a set of rules of the draft's own."""
    command = _command(state, body, now, number)
    refusal = _fold(state, create_validation_rule(state, command, body, now), now)
    return refusal or new_id(command.seed, _RULE)
