"""What is told of how percentages are worked out, where a project has stacking rules of its own."""

import pytest

from engine.evaluation.body import validation_body
from tests.unit.engine.stacking_world import evaluated, row, ruled, rules


@pytest.mark.parametrize(
    ("category", "told"),
    [
        (
            "gold",
            {
                "rule": "initial_amount_mode_categories",
                "discount_calculation_mode": "INITIAL_AMOUNT",
                "category_id": "gold",
            },
        ),
        (
            "silver",
            {
                "rule": "discounted_amount_mode_categories",
                "discount_calculation_mode": "DISCOUNTED_AMOUNT",
                "category_id": "silver",
            },
        ),
        (
            "deal",
            {
                "rule": "discount_calculation_mode",
                "discount_calculation_mode": "INITIAL_AMOUNT",
            },
        ),
    ],
)
def test_the_explanation_tells_of_what_percentages_are_taken(
    category: str, told: dict[str, str]
) -> None:
    world = ruled(
        rules(
            discount_calculation_mode="INITIAL_AMOUNT",
            initial_amount_mode_categories=("gold",),
            discounted_amount_mode_categories=("silver",),
        )
    )
    evaluation = evaluated(world, row(world, f"A:{category}"))
    shown = validation_body("valid_1", evaluation, "server")["redeemables"]
    assert shown[0]["result"]["explanation"] == told
    for_browsers = validation_body("valid_1", evaluation, "client")["redeemables"]
    assert "explanation" not in for_browsers[0]["result"]


def test_without_stacking_rules_of_its_own_a_project_is_told_the_mode_of_the_defaults() -> None:
    world = ruled(None)
    shown = validation_body("valid_1", evaluated(world, row(world, "A")), "server")
    assert shown["redeemables"][0]["result"]["explanation"] == {
        "rule": "discount_calculation_mode",
        "discount_calculation_mode": "DISCOUNTED_AMOUNT",
    }
