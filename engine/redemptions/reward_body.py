"""What a card was redeemed for, as a redemption and its rollback show it. Source: the API contract."""

from engine.customers.body import simple_customer_body
from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from engine.products.body import product_body, sku_body
from engine.rewards.body import parameters_body
from schemas.customers import Customer
from schemas.evaluations import Outcome
from schemas.rewards import RewardTaken


def paid_reward_body(outcome: Outcome) -> Body:
    """The reward by which a loyalty card paid for an order; it gives nothing else."""
    return {
        "id": outcome.reward_id,
        "customer": None,
        "assignment_id": outcome.assignment_id,
        "voucher": None,
        "product": None,
        "sku": None,
        "loyalty_tier_id": None,
        "reward": {"id": outcome.reward_id, "name": outcome.reward_name},
        "object": "reward",
    }


def taken_reward_body(taken: RewardTaken, customer: Customer | None, voucher: Body | None) -> Body:
    """What the customer got: a code, as `voucher` shows it, or a product or SKU."""
    reward = taken.reward
    parameters = parameters_body(reward)
    if reward.product is not None and reward.product.sku_id is None:
        parameters = {"product": {"id": reward.product.id}}
    body: Body = {
        "id": taken.id,
        "customer": simple_customer_body(customer) if customer else None,
        "assignment_id": taken.assignment_id,
        "voucher": voucher,
        "product": None if taken.product is None else product_body(taken.product),
        "sku": None if taken.sku is None else sku_body(taken.sku),
        "loyalty_tier_id": taken.loyalty_tier_id,
        "reward": {"id": reward.id, "name": reward.name},
        "name": reward.name,
        "type": reward.type,
        "parameters": parameters,
        "metadata": reward.metadata,
        "created_at": iso(reward.created_at),
        "object": "reward",
    }
    if reward.updated_at is not None:
        body["updated_at"] = iso_or_none(reward.updated_at)
    return body
