"""Promotions with tiers, and what is asked of them."""

import json
from typing import Any

import msgspec

from engine.kernel import tables
from schemas.api import Redeemable
from schemas.campaigns import Campaign, CampaignCreated, CreateCampaign
from schemas.categories import Category, CategoryCreated
from schemas.discounts import Discount
from schemas.events import Event
from schemas.promotion_events import StackCreated, TierCreated
from schemas.promotions import CreateStack, CreateTier, NewTier, PromotionStack, PromotionTier
from schemas.records import Decided
from schemas.rules import ValidationRule, ValidationRuleCreated
from tests.unit.engine.world import NOON, World, amount, found, only


def new(name: str, discount: Discount | None = None, **fields: Any) -> NewTier:
    """A tier to be created: 1.00 off the order."""
    rules, place = fields.pop("validation_rules", ()), fields.pop("hierarchy", None)
    tier = PromotionTier("", "", name, 0, discount or amount(100), **fields)
    return NewTier(tier, rules, place)


def promotion(world: World, *tiers: str | NewTier, name: str = "Sale", **fields: Any) -> Campaign:
    """A promotion with these tiers."""
    record = create(world, *tiers, name=name, **fields)
    assert record.refusal is None, record.refusal
    return only(record, CampaignCreated).campaign


def create(world: World, *tiers: str | NewTier, name: str = "Sale", **fields: Any) -> Decided:
    """What becomes of a promotion that is to be created."""
    rules = fields.pop("validation_rules", ())
    made = Campaign("", name, "PROMOTION", "STATIC", 0, **fields)
    asked = tuple(new(each) if isinstance(each, str) else each for each in tiers)
    return world.when(CreateCampaign(made, validation_rules=rules, tiers=asked))


def add(world: World, tier: str | NewTier, campaign: str = "Sale") -> PromotionTier:
    """A tier more."""
    asked = new(tier) if isinstance(tier, str) else tier
    record = world.when(CreateTier(campaign, asked.tier, asked.validation_rules, asked.hierarchy))
    assert record.refusal is None, record.refusal
    return only(record, TierCreated).tier


def stack(world: World, *names: str, campaign: str = "Sale", **fields: Any) -> PromotionStack:
    """A stack of the tiers of these names."""
    ids = tuple(tier(world, each).id for each in names)
    record = world.when(CreateStack(campaign, fields.pop("name", "Both"), ids, **fields))
    assert record.refusal is None, record.refusal
    return only(record, StackCreated).stack


def tier(world: World, name: str) -> PromotionTier:
    """The tier of that name."""
    [one] = [each for each in world.view.scan(tables.TIERS) if each.name == name]
    return one


def campaign(world: World, name: str = "Sale") -> Campaign:
    """The campaign of that name, as it is."""
    campaign_id = found(world.view.get(tables.CAMPAIGN_NAMES, name))
    return found(world.view.get(tables.CAMPAIGNS, campaign_id))


def places(world: World, name: str = "Sale") -> dict[int, str]:
    """The names of a promotion's tiers by their places, in the order of the index."""
    ids = world.view.scan(tables.CAMPAIGN_TIERS, campaign(world, name).id)
    tiers = [found(world.view.get(tables.TIERS, each)) for each in ids]
    return {each.hierarchy: each.name for each in tiers}


def as_tier(world: World, name: str) -> Redeemable:
    """The tier of that name as something to redeem."""
    return Redeemable("promotion_tier", tier(world, name).id)


def rule(rule_id: str = "val_1", definition: str = "{}") -> Event:
    """A set of rules."""
    return ValidationRuleCreated(ValidationRule(rule_id, rule_id, NOON, definition))


def category(category_id: str = "cat_1", hierarchy: int = 1) -> Event:
    """A category that is named as its id, in capitals."""
    return CategoryCreated(Category(category_id, category_id.upper(), hierarchy, NOON))


def raw(**fields: Any) -> msgspec.Raw:
    """The changes of an update."""
    return msgspec.Raw(json.dumps(fields).encode())
