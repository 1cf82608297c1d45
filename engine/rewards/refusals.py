"""Why a reward cannot be given, whoever asks: a code that there is not, a product that is gone."""

from typing import Any

from msgspec import structs

from schemas.errors import Refusal, not_found, refuse
from schemas.rewards import Reward


def out_of_stock(reward: Reward, given: int) -> Refusal | None:
    """The refusal of one more of a product than there is."""
    if reward.stock is None or given < reward.stock:
        return None
    explanation: dict[str, Any] = {"rule": "reward_stock", "stock": reward.stock, "taken": given}
    return refuse("reward_out_of_stock", reward.id, explanation=explanation)


def unknown_campaign(campaign_id: str) -> Refusal:
    """The refusal of a code of a campaign that is not there any more."""
    explanation = {"rule": "exists", "object": "campaign", "id": campaign_id}
    return structs.replace(not_found("campaign", campaign_id), explanation=explanation)


def with_campaign_told(refusal: Refusal, campaign_id: str, given: int) -> Refusal:
    """The refusal of a code, with where it should have come from."""
    explanation: dict[str, Any] = {
        "rule": "reward_code",
        "campaign_id": campaign_id,
        "given_before": given,
    }
    return structs.replace(refusal, explanation=explanation)
