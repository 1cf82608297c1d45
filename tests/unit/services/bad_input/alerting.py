"""What is bad about thresholds of alerts, and about their list."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Rows, get, put

_PLAN: Final = {"campaign_id": "Spring", "planned_per_hour": 1}


def _plans(*plans: Any) -> dict[str, Any]:
    return {"budgets": list(plans)}


ALERTS: Final[Rows] = {
    "a threshold that is no whole number, or outside its limits; a plan that lacks something, has a negative amount or an unknown campaign, or is there twice; more than 100 plans": put(
        "analytics/alerts/thresholds", {"quiet_minutes": 1.5}, {"quiet_minutes": "5"},
        {"quiet_minutes": 0}, {"quiet_minutes": 61}, {"budget_percent": -1},
        {"code_times_usual": 0}, {"guesses_per_minute": 1_000_001}, {"budgets": "Spring"},
        _plans({"campaign_id": "Spring"}), _plans({"planned_per_hour": 1}),
        _plans(_PLAN | {"planned_per_hour": -1}), _plans(_PLAN | {"campaign_id": "none"}),
        _plans(_PLAN, _PLAN), _plans(*[_PLAN] * 101),
    ),
    "a list with an unknown type, parameter or order": get(
        "analytics/alerts?type=odd", "analytics/alerts?odd=1", "analytics/alerts?order=type",
    ),
}  # fmt: skip
