"""Of several budgets of a campaign the one that is told."""

from engine.rules.caps import Cap
from services.analytics.measures.budgets import Budget, first_of_each


def budget(campaign: str, used: int) -> Budget:
    cap = Cap("campaign.redemptions.count", 10)
    return Budget(campaign, campaign, "val_1", "Rule", cap, 0, None, used)


def test_of_each_campaign_it_is_the_first_and_they_stay_in_their_order() -> None:
    a, b = budget("a", 9), budget("b", 8)
    assert first_of_each([a, b, budget("a", 1), budget("b", 0)]) == [a, b]
    assert first_of_each([a, budget("a", 1), b]) == [a, b]
    assert first_of_each([]) == []
