"""What webhooks are told of campaigns, of their tiers and stacks, and of codes as they are made."""

from collections.abc import Callable
from typing import Any, Final

from engine.answers.hook_payload import Told
from engine.background.body import action_with_result
from engine.campaigns.body import campaign_body, promotion_campaign_body
from engine.campaigns.stacks.body import stack_body
from engine.campaigns.tiers.body import tier_body
from engine.codes.generated import generated_vouchers
from engine.kernel.encode import Body
from engine.loyalty_tiers.body import loyalty_tier_body
from engine.vouchers.body import voucher_body
from schemas.actions import ActionProgressed, ActionStarted, AsyncAction, GenerateVouchers
from schemas.campaigns import CampaignCreated, CampaignUpdated, VouchersGenerated
from schemas.loyalty_tiers import LoyaltyTierEvent
from schemas.promotion_events import StackEvent, TierEvent
from schemas.records import Decided

#: How many codes an event names.
CODES_TOLD_MAX: Final = 500
#: The command that does a part of an action.
CHUNK: Final = "run_chunk"
#: Commands that make vouchers of a campaign one at a time, or no more than a publication gives.
_SINGLY: Final = frozenset({"create_voucher", "add_vouchers", "publish"})
_ENDINGS: Final = {
    "DONE": "campaign.vouchers.generation.completed",
    "FAILED": "campaign.vouchers.generation.failed",
}


def tell_campaign(name: str) -> Callable[[Any, Decided], Told]:
    """A campaign as it is, under that name."""

    def tell(event: Any, record: Decided) -> Told:
        yield (
            name,
            {
                "campaign": campaign_body(
                    event.campaign, record.assignments, categories=record.categories
                )
            },
        )

    return tell


def tell_defined_campaign(name: str) -> Callable[[Any, Decided], Told]:
    """A campaign as it is, with the tiers of a promotion."""

    def tell(event: CampaignCreated | CampaignUpdated, record: Decided) -> Told:
        body = promotion_campaign_body(
            event.campaign, event.tiers, event.categories, record.assignments
        )
        yield name, {"campaign": body}

    return tell


def tell_tier(name: str) -> Callable[[Any, Decided], Told]:
    """A tier as it is."""

    def tell(event: TierEvent, record: Decided) -> Told:
        body = tier_body(event.tier, event.campaign, event.categories, record.assignments)
        yield name, {"promotion_tier": body}

    return tell


def tell_loyalty_tier(name: str) -> Callable[[Any, Decided], Told]:
    """A tier of a loyalty program as it is."""

    def tell(event: LoyaltyTierEvent, _: Decided) -> Told:
        yield name, {"loyalty_tier": loyalty_tier_body(event.tier)}

    return tell


def tell_stack(name: str) -> Callable[[Any, Decided], Told]:
    """A stack as it is."""

    def tell(event: StackEvent, _: Decided) -> Told:
        body = stack_body(event.stack, event.categories)
        yield name, {"promotion_stack": body}

    return tell


def tell_added_vouchers(event: VouchersGenerated, record: Decided) -> Told:
    """Vouchers that a request adds; those that an action makes are told of by its end.

    One that a request adds by itself, or that a publication needed, is told of as a voucher, too.
    """
    if record.command_type == CHUNK or not event.ids:
        return
    campaign = campaign_body(event.campaign, record.assignments, categories=record.categories)
    added = {"count": len(event.ids), "codes": event.codes[:CODES_TOLD_MAX]}
    yield "campaign.vouchers.aded", {"campaign": campaign, "vouchers": added}
    if record.command_type in _SINGLY:
        for voucher in generated_vouchers(event):
            yield "voucher.created", {"voucher": voucher_body(voucher)}


def tell_started_generation(event: ActionStarted, _: Decided) -> Told:
    """That codes of a campaign begin to be made."""
    if isinstance(event.action.work, GenerateVouchers):
        yield "campaign.vouchers.generation.started", _generation(event.action)


def tell_ended_generation(event: ActionProgressed, _: Decided) -> Told:
    """That all codes of a campaign are made, or that no more come."""
    ending = _ENDINGS.get(event.action.status)
    if ending is not None and isinstance(event.action.work, GenerateVouchers):
        yield ending, _generation(event.action)


def _generation(action: AsyncAction) -> Body:
    assert isinstance(action.work, GenerateVouchers)
    campaign = {"id": action.work.campaign_id, "object": "campaign"}
    return {"campaign": campaign, "async_action": action_with_result(action)}
