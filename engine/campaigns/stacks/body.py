"""Promotion stacks. Source: the API contract, section 10."""

from collections.abc import Sequence
from types import MappingProxyType

from engine.categories.body import categories_shown
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.categories import Category
from schemas.promotion_events import StackCreated, StackDeleted, StackUpdated
from schemas.promotions import PromotionStack


def stack_body(stack: PromotionStack, categories: Sequence[Category] = ()) -> Body:
    """The stack as its endpoints show it."""
    shown = categories_shown(categories, stack.category_id)
    body: Body = {
        "id": stack.id,
        "name": stack.name,
        "created_at": iso(stack.created_at),
        "campaign_id": stack.campaign_id,
        "tiers": _tiers_body(stack),
        "category_id": stack.category_id if shown else None,
        "categories": shown,
        "object": "promotion_stack",
    }
    if stack.updated_at is not None:
        body["updated_at"] = iso(stack.updated_at)
    return body


def _tiers_body(stack: PromotionStack) -> Body:
    body: Body = {"ids": list(stack.tier_ids)}
    if stack.hierarchy_mode is not None:
        body["hierarchy_mode"] = stack.hierarchy_mode
    return body


ANSWERS: Answers = MappingProxyType(
    {
        StackCreated: shows(stack_body, "stack", "categories"),
        StackUpdated: shows(stack_body, "stack", "categories"),
        StackDeleted: shows_nothing,
    }
)
