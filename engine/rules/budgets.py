"""Budgets: what redemptions add up to, counted as if the redeemable were redeemed already.

So `campaign.redemptions.count` of at most 5 lets five redemptions happen, and amounts include this
order and this discount. Those of the same request that apply before it are counted, too.
`campaign.*` is about the campaign, `redemption.count.*` about the tier, or else the campaign; a
voucher without a campaign is counted for itself.
"""

from collections.abc import Callable
from typing import Any, Literal

from engine.counters.pending import TallyScope
from engine.pricing.sums import budget_amount
from engine.rules.facts import Facts
from schemas.tallies import Period


def campaign_scope(facts: Facts) -> TallyScope | None:
    """Where the campaign is counted, or a voucher that has none; None: there is neither."""
    return facts.scopes[0] if facts.scopes else None


def own_scope(facts: Facts) -> TallyScope | None:
    """Where the tier is counted, else the campaign, else the voucher."""
    return facts.scopes[-1] if facts.scopes else None


def orders_amount(facts: Facts, _: str | None) -> int | None:
    """What the campaign's orders come to before discounts, this one included."""
    scope = campaign_scope(facts)
    if scope is None:
        return None
    return facts.read_sums(scope).amount + budget_amount(facts.basket.initial)


def orders_amount_discounted(facts: Facts, _: str | None) -> int | None:
    """What the campaign took off orders, this discount included."""
    scope = campaign_scope(facts)
    if scope is None or facts.taken is None:
        return None
    before = facts.read_sums(scope).discounted + facts.pending.discounted(scope)
    return before + facts.taken.total


def redemption_count(
    scope_of: Callable[[Facts], TallyScope | None], period: Period | None
) -> Callable[[Facts, str | None], Any]:
    """A count of the redemptions in a period."""

    def count(facts: Facts, _: str | None) -> int | None:
        """How many redemptions there are in the period, this one included."""
        scope = scope_of(facts)
        if scope is None:
            return None
        return facts.read_sums(scope, (), period).count + facts.pending.count(scope) + 1

    return count


def customer_count(period: Period | None) -> Callable[[Facts, str | None], Any]:
    """A count of the customers in a period."""

    def count(facts: Facts, _: str | None) -> int | None:
        """How many customers redeemed in the campaign, this one included."""
        scope = campaign_scope(facts)
        if scope is None:
            return None
        known = facts.read_sums(scope, (), period).customers
        if facts.customer is None:
            return known
        who = ("customer", facts.customer.id)
        own_sums = facts.read_sums(scope, who, period)
        return known if own_sums.count else known + 1

    return count


def redemption_count_of(
    kind: Literal["customer", "key", "user"], period: Period | None
) -> Callable[[Facts, str | None], Any]:
    """A count of the redemptions of a customer, or by a key or a user, in a period."""

    def count(facts: Facts, _: str | None) -> int | None:
        """How many of the redemptions are this one's, whoever it is, this one included."""
        scope = own_scope(facts)
        if kind == "customer":
            who_id = None if facts.customer is None else facts.customer.id
        else:
            asks = "key" if facts.user is None else "user"
            who_id = facts.key_id if facts.key_id and asks == kind else None
        if scope is None or who_id is None:
            return None
        counted = "customer" if kind == "customer" else "key"
        sums = facts.read_sums(scope, (counted, who_id), period)
        return sums.count + facts.pending.count(scope) + 1

    return count
