"""What sets of rules let a campaign's redemptions add up to at most."""

from typing import Any

import msgspec
import pytest

from engine.rules.caps import caps_of

COUNT, MONEY = "campaign.redemptions.count", "campaign.orders.amount_discounted"


def rule(name: str, **conditions: Any) -> dict[str, Any]:
    return {"name": name, "conditions": {f"${key}": [value] for key, value in conditions.items()}}


MANY, MUCH = rule(COUNT, less_than_or_equal=5), rule(MONEY, less_than=1000)


@pytest.mark.parametrize(
    ("rules", "caps"),
    [
        ({}, []),
        ({"1": MANY}, [(COUNT, 5)]),
        ({"1": MUCH}, [(MONEY, 999)]),
        ({"1": rule(MONEY, less_than=0.5)}, [(MONEY, 0)]),
        ({"1": rule(MONEY, less_than_or_equal="99.9")}, [(MONEY, 99)]),
        ({"1": MANY, "2": MUCH}, [(MONEY, 999), (COUNT, 5)]),
        ({"1": MANY, "2": MUCH, "logic": "1 and (2)"}, [(MONEY, 999), (COUNT, 5)]),
        ({"1": MANY, "2": MUCH, "3": MANY, "logic": "1 and (2 or 3)"}, [(COUNT, 5)]),
        ({"1": MANY, "2": MUCH, "logic": "1 or 2"}, []),
        ({"1": MANY, "logic": "not 1"}, []),
        ({"1": MANY, "2": rule(COUNT, less_than=4)}, [(COUNT, 3)]),
        ({"1": rule(COUNT, less_than=9, less_than_or_equal=7, more_than=1)}, [(COUNT, 7)]),
        ({"1": rule(COUNT, more_than=5)}, []),
        ({"1": rule(f"{COUNT}.daily", less_than=5)}, []),
        ({"1": rule("redemption.count.per_customer", less_than=5)}, []),
        ({"1": rule("campaign_redemptions_count", less_than=5)}, [(COUNT, 4)]),
        ({"1": rule("campaign.orders.amount", less_than=5)}, [("campaign.orders.amount", 4)]),
        ({"1": {"name": COUNT, "conditions": {"$less_than": []}}}, []),
        ({"1": MANY, "logic": "1 and 7"}, [(COUNT, 5)]),
    ],
)  # fmt: skip
def test_the_bounds_that_hold_whatever_else_does(
    rules: dict[str, Any], caps: list[tuple[str, int]]
) -> None:
    assert caps_of(msgspec.json.encode(rules).decode()) == caps
