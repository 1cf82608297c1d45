"""Sets of validation rules, and what they are assigned to."""

from typing import Any

from engine.kernel import tables
from engine.kernel.state import encode
from schemas.assignments import AssignRule
from schemas.campaigns import Campaign, CreateCampaign, VoucherTemplate
from schemas.records import Decided
from schemas.rules import CreateValidationRule, ValidationRule, ValidationRuleCreated
from tests.unit.engine.world import World, found, percent

LARGE = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}}}


def rule(rules: Any = None, **fields: Any) -> ValidationRule:
    """A set of rules, as a front asks for it."""
    definition = encode(LARGE if rules is None else rules).decode()
    return ValidationRule("", fields.pop("name", "Large orders"), 0, definition, **fields)


def create(world: World, rules: Any = None, **fields: Any) -> ValidationRule:
    """The set of rules that a command made."""
    (event,) = world.when(CreateValidationRule(rule(rules, **fields))).events
    assert isinstance(event, ValidationRuleCreated)
    return found(world.view.get(tables.RULES, event.rule.id))


def assign(world: World, rule_id: str, object_id: str, kind: Any = "voucher") -> Decided:
    """The record of an assignment."""
    return world.when(AssignRule(rule_id, object_id, kind))


def refusal_of(record: Decided) -> tuple[str, str | None]:
    """Key and details of what was refused."""
    assert not record.events
    return found(record.refusal).key, found(record.refusal).details


def campaign(world: World, *rule_ids: str, count: int = 2) -> Campaign:
    """A campaign of so many vouchers that is bound by these sets."""
    template = VoucherTemplate("DISCOUNT_VOUCHER", percent("10"))
    asked = Campaign("", "Spring", "DISCOUNT_COUPONS", "STATIC", 0, template)
    world.when(CreateCampaign(asked, count, validation_rules=rule_ids))
    campaign_id = found(world.view.get(tables.CAMPAIGN_NAMES, "Spring"))
    return found(world.view.get(tables.CAMPAIGNS, campaign_id))
