"""When points expire, as data (`expiration.json`), and which rules of it are none."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from engine.kernel.calendar import iso, parse_iso
from engine.kernel.zones import zone_named
from engine.points.expiration import expires_at_of, invalid_expiration_rules
from schemas.points import PointsExpirationRules


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """What is earned `now` under these rules, and the last millisecond of it."""

    name: str
    rules: PointsExpirationRules
    zone: str
    now: str
    expires: str


CASES = msgspec.json.decode(
    (Path(__file__).parent / "expiration.json").read_bytes(), type=list[Case]
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_points_expire_with_the_last_millisecond_of_a_day_of_the_zone(case: Case) -> None:
    expires = expires_at_of(case.rules, parse_iso(case.now), zone_named(case.zone))

    assert expires is not None
    assert iso(expires) == case.expires


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rules_of_the_table_are_rules(case: Case) -> None:
    assert invalid_expiration_rules(case.rules) is None


def test_without_rules_points_never_expire() -> None:
    assert expires_at_of(None, 0, None) is None


@pytest.mark.parametrize(
    ("rules", "details"),
    [
        ({"period_type": "MONTH"}, "period_value` is required for the period_type MONTH"),
        ({"period_type": "DAY"}, "period_value` is required for the period_type DAY"),
        ({"period_type": "MONTH", "period_value": 0}, "period_value` should be from 1 to 1200"),
        ({"period_type": "MONTH", "period_value": 1201}, "period_value` should be from 1 to 1200"),
        ({"period_type": "DAY", "period_value": 36501}, "period_value` should be from 1 to 36500"),
        (
            {"period_type": "MONTH", "period_value": 1, "fixed_day": 1},
            "fixed_day` is not for the period_type MONTH",
        ),
        (
            {"period_type": "DAY", "period_value": 1, "rounding_type": "END_OF_MONTH"},
            "rounding_type` is not for the period_type DAY",
        ),
        (
            {"period_type": "MONTH", "period_value": 1, "rounding_type": "PARTICULAR_MONTH"},
            "rounding_value` is required for the rounding_type PARTICULAR_MONTH",
        ),
        (
            {"period_type": "MONTH", "period_value": 1, "rounding_value": 3},
            "rounding_value` is for the rounding_type PARTICULAR_MONTH",
        ),
        (
            {
                "period_type": "MONTH",
                "period_value": 1,
                "rounding_type": "PARTICULAR_MONTH",
                "rounding_value": 13,
            },
            "rounding_value` should be from 1 to 12",
        ),
        (
            {"period_type": "FIXED_DAY_OF_YEAR", "fixed_month": 1},
            "fixed_day` is required for the period_type FIXED_DAY_OF_YEAR",
        ),
        (
            {"period_type": "FIXED_DAY_OF_YEAR", "fixed_month": 13, "fixed_day": 1},
            "fixed_month` should be from 1 to 12",
        ),
        (
            {"period_type": "FIXED_DAY_OF_YEAR", "fixed_month": 4, "fixed_day": 31},
            "fixed_day` should be from 1 to 30",
        ),
        (
            {"period_type": "FIXED_DAY_OF_YEAR", "fixed_month": 2, "fixed_day": 30},
            "fixed_day` should be from 1 to 29",
        ),
        (
            {"period_type": "DAY", "period_value": 1, "notice_days": 0},
            "notice_days` should be from 1 to 365",
        ),
    ],
)
def test_what_is_wrong_with_rules_names_the_member(rules: dict[str, Any], details: str) -> None:
    refusal = invalid_expiration_rules(msgspec.convert(rules, PointsExpirationRules), ".rules")

    assert refusal is not None
    assert (refusal.key, refusal.details) == ("invalid_payload", f"Property `.rules.{details}")
