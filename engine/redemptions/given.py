"""What a card was redeemed for: what is shown of it, and what the state keeps."""

from msgspec import structs

from engine.kernel import tables
from engine.kernel.state import View
from schemas.rewards import RewardGiven, RewardTaken
from schemas.vouchers import Voucher


def given_of(taken: RewardTaken) -> RewardGiven:
    """What the state keeps of it."""
    campaign = taken.reward.campaign
    return RewardGiven(
        id=taken.id,
        reward_id=taken.reward.id,
        assignment_id=taken.assignment_id,
        loyalty_tier_id=taken.loyalty_tier_id,
        voucher_id="" if taken.voucher is None else taken.voucher.id,
        balance=0 if campaign is None else campaign.balance or 0,
        kept=taken.kept,
        expires_at=taken.expires_at,
        began=0 if taken.kept or taken.voucher is None else left_on(taken.voucher),
    )


def left_on(voucher: Voucher) -> int:
    """What is on a card, in points or minor units; 0 of what is none."""
    card = voucher.loyalty_card or voucher.gift
    return 0 if card is None else card.balance


def with_item(view: View, taken: RewardTaken) -> RewardTaken:
    """With the product that the reward is, as it is now."""
    item = taken.reward.product
    if item is None:
        return taken
    sku = None if item.sku_id is None else view.get(tables.SKUS, item.sku_id)
    return structs.replace(taken, product=view.get(tables.PRODUCTS, item.id), sku=sku)
