"""Promotion stacks: some of a campaign's tiers, applied together in the stack's own order."""

from collections.abc import Sequence
from types import MappingProxyType

from msgspec import structs

from engine.campaigns.tiers.decide import find_promotion
from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import categories_of, category_id_of
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import ID_LENGTH_MAX, Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.promotion_events import StackCreated, StackDeleted, StackUpdated
from schemas.promotions import (
    STACK_TIERS_MAX,
    STACKS_MAX,
    CreateStack,
    DeleteStack,
    PromotionStack,
    UpdateStack,
)

#: What an update may name.
UPDATABLE = frozenset({"name", "tier_ids", "category_id", "hierarchy_mode"})


def create_stack(
    view: View, command: Command, body: CreateStack, now: Millis
) -> Decision | Refusal:
    """Adds a stack to a promotion; its tiers are the promotion's own."""
    campaign = find_promotion(view, body.campaign)
    if isinstance(campaign, Refusal):
        return campaign
    if sum(1 for _ in view.scan(tables.CAMPAIGN_STACKS, campaign.id)) >= STACKS_MAX:
        details = f"A campaign has at most {STACKS_MAX} promotion stacks"
        return refuse("invalid_campaign", details)
    stack = PromotionStack(
        id=new_id(command.seed, "stack_"),
        campaign_id=campaign.id,
        name=body.name,
        created_at=now,
        tier_ids=body.tier_ids,
        category_id=body.category_id,
        hierarchy_mode=body.hierarchy_mode,
    )
    checked = _check_stack(view, stack, body.tier_ids)
    if isinstance(checked, Refusal):
        return checked
    return Decision((StackCreated(checked, categories_of(view, checked.category_id)),))


def update_stack(view: View, _: Command, body: UpdateStack, now: Millis) -> Decision | Refusal:
    """Sets the named fields, null clears. Tiers that it has already may be gone meanwhile."""
    stack = find_stack(view, body.campaign, body.stack_id)
    if isinstance(stack, Refusal):
        return stack
    changed = change_entity(stack, body.changes, UPDATABLE)
    if isinstance(changed, Refusal):
        return changed
    changed = structs.replace(changed, updated_at=now)
    added = [each for each in changed.tier_ids if each not in stack.tier_ids]
    # a category that is gone may stay named
    named = None if changed.category_id == stack.category_id else changed.category_id
    checked = _check_stack(view, structs.replace(changed, category_id=named), added)
    if isinstance(checked, Refusal):
        return checked
    if named is None:
        checked = structs.replace(checked, category_id=changed.category_id)
    return Decision((StackUpdated(checked, categories_of(view, checked.category_id)),))


def delete_stack(view: View, _: Command, body: DeleteStack, __: Millis) -> Decision | Refusal:
    """Removes a stack for good; its tiers stay."""
    stack = find_stack(view, body.campaign, body.stack_id)
    if isinstance(stack, Refusal):
        return stack
    return Decision((StackDeleted(stack, categories_of(view, stack.category_id)),))


def find_stack(view: View, campaign: str, stack_id: str) -> PromotionStack | Refusal:
    """The stack with that id, of that promotion."""
    found = find_promotion(view, campaign)
    if isinstance(found, Refusal):
        return found
    stack = view.get(tables.STACKS, stack_id)
    if stack is None or stack.campaign_id != found.id:
        return not_found("promotion_stack", stack_id)
    return stack


def _check_stack(
    view: View, stack: PromotionStack, added: Sequence[str]
) -> PromotionStack | Refusal:
    """The stack with its category's id; refuses what makes no sense or is not there."""
    if not 1 <= len(stack.name) <= ID_LENGTH_MAX:
        return refuse("invalid_payload", f"name must have 1 to {ID_LENGTH_MAX} characters")
    if not 1 <= len(stack.tier_ids) <= STACK_TIERS_MAX:
        return refuse("invalid_payload", f"A promotion stack has 1 to {STACK_TIERS_MAX} tiers")
    if len(set(stack.tier_ids)) < len(stack.tier_ids):
        return refuse("invalid_payload", "A promotion stack has each tier once")
    for tier_id in added:
        tier = view.get(tables.TIERS, tier_id)
        if tier is None or tier.campaign_id != stack.campaign_id:
            return not_found("promotion_tier", tier_id)
    category_id = category_id_of(view, stack.category_id)
    if isinstance(category_id, Refusal):
        return category_id
    return structs.replace(stack, category_id=category_id)


DECISIONS: Decisions = MappingProxyType(
    {
        CreateStack: create_stack,
        UpdateStack: update_stack,
        DeleteStack: delete_stack,
    }
)
