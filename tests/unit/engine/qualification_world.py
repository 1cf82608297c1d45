"""A project with offers that validation rules bind, for tests of qualifications."""

import json
from typing import Any

from engine.evaluation.circumstances import Circumstances
from engine.kernel import tables
from engine.kernel.zones import zone_of
from engine.qualification.cursor import Cursor
from engine.qualification.page import PageQuery, find_page
from engine.qualification.trial import Trial
from engine.stacking_rules.decide import find_stacking_rules
from schemas.assignments import RuleAssigned, RuleAssignment, RuleUnassigned
from schemas.base import Millis
from schemas.campaigns import Campaign, CampaignCreated, VoucherTemplate
from schemas.customers import Customer
from schemas.orders import Order
from schemas.promotion_events import TierCreated
from schemas.promotions import PromotionTier
from schemas.rules import ValidationRule, ValidationRuleCreated, ValidationRuleUpdated
from tests.unit.engine.world import NOON, World, found, percent

PROMOTION = "camp_promotion"


def campaign(campaign_id: str, **fields: Any) -> Campaign:
    """A campaign of discount coupons."""
    defaults: dict[str, Any] = {
        "id": campaign_id,
        "name": campaign_id,
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "AUTO_UPDATE",
        "created_at": NOON,
        "voucher": VoucherTemplate(type="DISCOUNT_VOUCHER", discount=percent("10")),
    }
    return Campaign(**(defaults | fields))


class Shop:
    """A project with one promotion; offers are made as the ledger tells of them."""

    def __init__(self) -> None:
        self.world = World()
        promotion = campaign(PROMOTION, campaign_type="PROMOTION", voucher=None)
        self.world.given(CampaignCreated(promotion))
        self.asked = 0

    def rule(self, rule_id: str, definition: dict[str, Any], **fields: Any) -> str:
        """A set of rules, be it there already."""
        known = self.world.view.get(tables.RULES, rule_id) is not None
        made = ValidationRule(
            id=rule_id,
            name=rule_id,
            created_at=NOON,
            definition=json.dumps(definition),
            **fields,
        )
        event = ValidationRuleUpdated(made) if known else ValidationRuleCreated(made)
        self.world.given(event)
        return rule_id

    def tier(self, tier_id: str, *rule_ids: str, at: Millis = NOON, **fields: Any) -> str:
        """A tier of the promotion that these sets bind."""
        made: dict[str, Any] = {"name": tier_id, "discount": percent("10")}
        tier = PromotionTier(
            id=tier_id, campaign_id=PROMOTION, created_at=at, rule_ids=rule_ids, **(made | fields)
        )
        promotion = found(self.world.view.get(tables.CAMPAIGNS, PROMOTION))
        for rule_id in rule_ids:
            self.world.given(RuleAssigned(_assignment(rule_id, "promotion_tier", tier_id), 1))
        self.world.given(TierCreated(tier, promotion))
        return tier_id

    def assign(self, rule_id: str, kind: Any, object_id: str) -> None:
        """An object is bound by a set."""
        self.world.given(RuleAssigned(_assignment(rule_id, kind, object_id), 1))

    def unassign(self, rule_id: str, kind: Any, object_id: str) -> None:
        """An object is bound by a set no longer."""
        self.world.given(RuleUnassigned(_assignment(rule_id, kind, object_id), 0))

    def trial(
        self,
        order: Order | None = None,
        customer: Customer | None = None,
        scenario: Any = "ALL",
        metadata: dict[str, Any] | None = None,
    ) -> Trial:
        """A request of the project."""
        view = self.world.view
        circumstances = Circumstances(
            view,
            find_stacking_rules(view),
            self.world.now,
            order,
            customer,
            metadata,
            "app_1",
            None,
            zone=zone_of(view),
        )
        return Trial(circumstances, scenario)

    def ids(self, trial: Trial, **query: Any) -> list[str]:
        """What suits, on all pages of the size that is asked for."""
        asked = PageQuery(**({"scenario": trial.scenario, "limit": 50} | query))
        ids: list[str] = []
        while True:
            page = find_page(trial, asked)
            assert len(page.rows) <= asked.limit
            ids += [each.candidate.found.id for each in page.rows]
            if page.more_after is None:
                return ids
            if asked.after is not None and asked.sorting_rule == "DEFAULT":
                assert _depth(page.more_after) > _depth(asked.after)
            asked = asked._replace(after=page.more_after)


def _depth(cursor: Cursor) -> tuple[str, int]:
    """How far down a page ended."""
    begins_a_time = cursor == Cursor.before(cursor.at - 1)
    return cursor.place, 0 if begins_a_time else cursor.nth or 0


def _assignment(rule_id: str, kind: Any, object_id: str) -> RuleAssignment:
    return RuleAssignment(f"asgm_{rule_id}_{object_id}", rule_id, object_id, kind, NOON)
