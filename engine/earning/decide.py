"""Earning rules: added to a program, changed, switched, removed. What they give is in react.py."""

from types import MappingProxyType
from typing import Final

from msgspec import structs

from engine.assignments.decide import (
    assign_rules,
    drop_assignments_of,
    reassign_rules,
    rule_ids_of,
)
from engine.assignments.fold import rule_assigned
from engine.earning.terms import wrong_terms
from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.programs import find_program
from engine.kernel.reacting import too_many_reacting
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.loyalty_tiers.find import find_loyalty_tier
from engine.points.expiration import invalid_expiration_rules
from engine.terms.validity import invalid_times
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, QUANTITY_MAX, Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.earning import (
    EARNING_RULES_MAX,
    EVENT_NAME_LENGTH_MAX,
    ORDER_PAID,
    PENDING_DAYS_MAX,
    SEGMENT_ENTERED,
    TIER_CHANGES,
    CreateEarningRules,
    DeleteEarningRule,
    DisableEarningRule,
    EarningRule,
    EarningRuleCreated,
    EarningRuleDeleted,
    EarningRuleDisabled,
    EarningRuleEnabled,
    EarningRuleUpdated,
    EnableEarningRule,
    NewEarningRule,
    UpdateEarningRule,
)
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event

#: What an update may name as it is, by what the API calls it.
FIXED: Final = MappingProxyType(
    {
        "event": "event",
        "segment_id": "segment.id",
        "loyalty_tier_id": "loyalty_tier.id",
        "schema_id": "custom_event.schema_id",
        "campaign_id": "source.object_id",
        "id": "id",
    }
)
#: What an update may name.
UPDATABLE: Final = frozenset(
    {
        "loyalty",
        "banner",
        "active",
        "start_date",
        "expiration_date",
        "validity_timeframe",
        "validity_day_of_week",
        "validity_hours",
        "pending_points",
        "expiration_rules",
        "limits",
        "metadata",
    }
)


def create_earning_rules(
    view: View, command: Command, body: CreateEarningRules, now: Millis
) -> Decision | Refusal:
    """Adds rules to a program: all, or none."""
    campaign = find_program(view, body.campaign)
    if isinstance(campaign, Refusal):
        return campaign
    there = sum(1 for _ in view.scan(tables.EARNING_OF, campaign.id))
    if there + len(body.rules) > EARNING_RULES_MAX:
        return refuse("invalid_payload", f"A program has at most {EARNING_RULES_MAX} earning rules")
    crowded = too_many_reacting(view, "earning", campaign.id) if body.rules else None
    if crowded is not None:
        return crowded
    trial = view.trial()
    events: list[Event] = []
    created: list[Event] = []
    for number, new in enumerate(body.rules):
        rule = _new_rule(view, command, new, campaign, number, now)
        if isinstance(rule, Refusal):
            return _at(rule, number)
        wanted = () if new.validation_rule_id is None else (new.validation_rule_id,)
        bound = assign_rules(trial, command, wanted, rule, now)
        if isinstance(bound, Refusal):
            return bound
        for each in bound:
            # a set that binds several of them counts on
            rule_assigned(trial, each, now)
            events.append(each)
        created.append(EarningRuleCreated(structs.replace(rule, rule_ids=rule_ids_of(bound))))
    return Decision((*events, *created))


def update_earning_rule(
    view: View, command: Command, body: UpdateEarningRule, now: Millis
) -> Decision | Refusal:
    """Sets the named fields; metadata is merged, null clears."""
    rule = find_rule(view, body.campaign, body.rule_id)
    if isinstance(rule, Refusal):
        return rule
    changed = change_entity(rule, body.changes, UPDATABLE, FIXED)
    if isinstance(changed, Refusal):
        return changed
    wrong = invalid_rule(changed)
    if wrong is not None:
        return wrong
    bound: tuple[Event, ...] | Refusal = ()
    if body.validation_rules is not None:
        bound = reassign_rules(view, command, body.validation_rules, rule, now)
        changed = structs.replace(changed, rule_ids=body.validation_rules)
    if isinstance(bound, Refusal):
        return bound
    return Decision((*bound, EarningRuleUpdated(structs.replace(changed, updated_at=now))))


def delete_earning_rule(
    view: View, _: Command, body: DeleteEarningRule, __: Millis
) -> Decision | Refusal:
    """Removes a rule; what it gave stays."""
    rule = find_rule(view, body.campaign, body.rule_id)
    if isinstance(rule, Refusal):
        return rule
    return Decision((*drop_assignments_of(view, rule), EarningRuleDeleted(rule)))


def enable_earning_rule(
    view: View, _: Command, body: EnableEarningRule, now: Millis
) -> Decision | Refusal:
    """Has a rule give points again."""
    rule = find_rule(view, body.campaign, body.rule_id)
    if isinstance(rule, Refusal):
        return rule
    return Decision((EarningRuleEnabled(structs.replace(rule, active=True, updated_at=now)),))


def disable_earning_rule(
    view: View, _: Command, body: DisableEarningRule, now: Millis
) -> Decision | Refusal:
    """Has a rule give nothing."""
    rule = find_rule(view, body.campaign, body.rule_id)
    if isinstance(rule, Refusal):
        return rule
    return Decision((EarningRuleDisabled(structs.replace(rule, active=False, updated_at=now)),))


def find_rule(view: View, campaign: str, rule_id: str) -> EarningRule | Refusal:
    """The rule of a program with that id."""
    found = find_program(view, campaign)
    if isinstance(found, Refusal):
        return found
    rule = view.get(tables.EARNING_RULES, rule_id)
    if rule is None or rule.campaign_id != found.id:
        return not_found("earning_rule", rule_id)
    return rule


def invalid_rule(rule: EarningRule) -> Refusal | None:
    """The refusal of a rule that makes no sense or exceeds a bound."""
    if not 1 <= len(rule.event) <= EVENT_NAME_LENGTH_MAX:
        return _invalid(".event", f"has to have 1 to {EVENT_NAME_LENGTH_MAX} characters")
    wrong = wrong_terms(rule.loyalty, rule.event)
    if wrong is not None:
        return refuse("invalid_payload", wrong)
    if rule.banner is not None and len(rule.banner) > ID_LENGTH_MAX:
        return _invalid(".source.banner", f"is longer than {ID_LENGTH_MAX} characters")
    if rule.expiration_rules is not None:
        invalid = invalid_expiration_rules(rule.expiration_rules, ".expiration_rules")
        if invalid is not None:
            return invalid
        if rule.expiration_rules.notice_days is not None:
            return _invalid(".expiration_rules.notice_days", "is said by the program")
    return _invalid_pending(rule) or _invalid_limits(rule) or invalid_times(rule)


def _new_rule(
    view: View, command: Command, new: NewEarningRule, campaign: Campaign, number: int, now: Millis
) -> EarningRule | Refusal:
    """The rule as it is created; one that names a schema has the event that this describes."""
    rule = structs.replace(
        new.rule,
        id=new_id(command.seed, "ern_", number),
        campaign_id=campaign.id,
        created_at=now,
        updated_at=None,
        rule_ids=(),
    )
    if rule.schema_id is not None:
        name = view.get(tables.EVENT_SCHEMA_IDS, rule.schema_id)
        if name is None:
            return not_found("custom_event_schema", rule.schema_id)
        if rule.event not in ("", name):
            return _invalid(".custom_event.schema_id", f"describes {name}, not {rule.event}")
        rule = structs.replace(rule, event=name)
    return invalid_rule(rule) or _invalid_subject(view, rule) or rule


def _invalid_pending(rule: EarningRule) -> Refusal | None:
    if rule.pending_points is None:
        return None
    if rule.event != ORDER_PAID:
        return _invalid(".pending_points", f"is for {ORDER_PAID} alone")
    if not 1 <= rule.pending_points.period_value <= PENDING_DAYS_MAX:
        return _invalid(".pending_points.period_value", f"has to be 1 to {PENDING_DAYS_MAX}")
    return None


def _invalid_limits(rule: EarningRule) -> Refusal | None:
    limits = rule.limits
    if limits is None:
        return None
    for name, most in (("count", QUANTITY_MAX), ("points", AMOUNT_MAX)):
        value = getattr(limits, name)
        if value is not None and not 1 <= value <= most:
            return _invalid(f".limits.{name}", f"has to be 1 to {most}")
    if limits.count is None and limits.points is None:
        return _invalid(".limits", "has to say a count or points")
    return None


def _invalid_subject(view: View, rule: EarningRule) -> Refusal | None:
    """The refusal of a segment or a tier that does not belong to the event, or is not there."""
    if rule.segment_id is not None:
        if rule.event != SEGMENT_ENTERED:
            return _invalid(".segment", f"is for {SEGMENT_ENTERED} alone")
        if view.get(tables.SEGMENTS, rule.segment_id) is None:
            return not_found("segment", rule.segment_id)
    elif rule.event == SEGMENT_ENTERED:
        return _invalid(".segment.id", f"is required by {SEGMENT_ENTERED}")
    if rule.loyalty_tier_id is None:
        return None
    if rule.event not in TIER_CHANGES:
        return _invalid(".loyalty_tier", "is for changes of a tier alone")
    if find_loyalty_tier(view, rule.campaign_id, rule.loyalty_tier_id) is None:
        return not_found("loyalty_tier", rule.loyalty_tier_id)
    return None


def _at(refusal: Refusal, number: int) -> Refusal:
    """The refusal of one of several, which says of which."""
    details = (refusal.details or "").replace("Property `.", f"Property `[{number}].", 1)
    return structs.replace(refusal, details=details)


def _invalid(path: str, reason: str) -> Refusal:
    return refuse("invalid_payload", f"Property `{path}` {reason}")


DECISIONS: Decisions = MappingProxyType(
    {
        CreateEarningRules: create_earning_rules,
        UpdateEarningRule: update_earning_rule,
        DeleteEarningRule: delete_earning_rule,
        EnableEarningRule: enable_earning_rule,
        DisableEarningRule: disable_earning_rule,
    }
)
