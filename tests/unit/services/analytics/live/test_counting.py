"""What records add up to, by campaign, code, client and second."""

import pytest
from msgspec import structs

from schemas.errors import refuse
from schemas.evaluations import Evaluation, ItemTaken, Outcome, Taken
from schemas.rates import CampaignSecond, RatesCounted, SubjectSecond
from schemas.records import Decided
from schemas.redemptions import RedemptionFailed
from services.analytics.live import counting
from services.analytics.live.counting import Counts
from tests.unit.services.audit.examples import (
    START,
    applicable,
    created,
    decided,
    failed,
    rolled_back,
    succeeded,
)

NOW = START // 1000


def counted(*records: Decided) -> list[RatesCounted]:
    counts = Counts()
    for each in records:
        counts.add(each)
    return counts.records(3, 9)


def test_a_redemption_counts_for_its_campaign_and_its_code() -> None:
    (told,) = counted(decided(succeeded(applicable("A", 100, "camp_1"))))
    assert told == RatesCounted(
        "proj_1",
        3,
        9,
        campaigns=(CampaignSecond("camp_1", NOW, 1, 0, 100),),
        codes=(SubjectSecond("v_A", NOW, 1),),
    )


def test_each_of_a_stack_counts_for_its_own() -> None:
    stack = succeeded(applicable("A", 100, "camp_1"), applicable("B", 50), applicable("C", 7))
    (told,) = counted(decided(stack))
    assert told.campaigns == (
        CampaignSecond("camp_1", NOW, 1, 0, 100),
        CampaignSecond("", NOW, 2, 0, 57),
    )
    assert [each.subject for each in told.codes] == ["v_A", "v_B", "v_C"]


def test_seconds_and_projects_are_told_apart() -> None:
    event = succeeded(applicable("A", 100, "camp_1"))
    told = counted(
        decided(event),
        decided(event, at=START + 999),
        decided(event, at=START + 1000),
        decided(event, project="other"),
        decided(event, at=START + 500),
    )
    assert [(each.project, each.part) for each in told] == [("proj_1", 0), ("other", 1)]
    assert [(each.second, each.succeeded) for each in told[0].campaigns] == [
        (NOW, 3),
        (NOW + 1, 1),
    ]


def test_failures_count_by_their_reason() -> None:
    (told,) = counted(
        decided(failed("A", campaign="camp_1")),
        decided(failed("B", campaign="camp_1")),
        decided(failed("B", "quantity_exceeded", campaign="camp_1")),
    )
    reasons = {"voucher_expired": 2, "quantity_exceeded": 1}
    assert told.campaigns == (CampaignSecond("camp_1", NOW, failed=reasons),)
    assert told.codes == told.guesses == ()


def test_a_code_that_nobody_knows_is_a_guess_of_the_customer_or_else_of_the_key() -> None:
    guess = structs.replace(failed("X", "not_found"), channel_id="app_1")
    (told,) = counted(decided(guess), decided(structs.replace(guess, customer_id="cust_1")))
    assert told.guesses == (SubjectSecond("app_1", NOW, 1), SubjectSecond("cust_1", NOW, 1))
    assert told.campaigns == (CampaignSecond("", NOW, failed={"not_found": 2}),)


def test_a_tier_that_nobody_knows_is_no_guess() -> None:
    refusal = refuse("not_found", "promo_1")
    outcome = Outcome("promotion_tier", "promo_1", "INAPPLICABLE", refusal=refusal)
    (told,) = counted(decided(RedemptionFailed(Evaluation((outcome,)), ("rf_1",))))
    assert told.guesses == ()


def test_a_rollback_takes_its_discount_back() -> None:
    (told,) = counted(
        decided(succeeded(applicable("A", 100))), decided(rolled_back("A", discount=30))
    )
    assert told.campaigns == (CampaignSecond("", NOW, 1, 1, 70),)


def test_what_redeems_nothing_is_not_counted() -> None:
    assert counted(decided(created("A", "camp_1"))) == []


def test_many_campaigns_are_several_records_of_one_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "ENTRIES_MAX", 2)
    told = counted(
        *(decided(succeeded(applicable(f"{n}", 1, f"camp_{n}")), project="p") for n in range(5))
    )
    assert [(each.first, each.last, each.part) for each in told] == [(3, 9, n) for n in range(3)]
    assert [each.campaign for part in told for each in part.campaigns] == [
        f"camp_{n}" for n in range(5)
    ]


def test_of_very_many_codes_those_with_most_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SUBJECTS_MAX", 1)
    (told,) = counted(
        decided(succeeded(applicable("A", 1))),
        *(decided(succeeded(applicable("B", 1))) for _ in range(2)),
    )
    assert told.codes == (SubjectSecond("v_B", NOW, 2),)


def test_a_discount_of_items_counts() -> None:
    outcome = structs.replace(
        applicable("A", 0, "camp_1"), taken=Taken(5, (ItemTaken(0, 7), ItemTaken(1, 8)))
    )
    (told,) = counted(decided(succeeded(outcome, amount=None)))
    assert told.campaigns[0].discount == 20
