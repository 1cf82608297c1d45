"""Each kind of alert at its threshold, below it and beyond; and how often it is told."""

from typing import Any

import pytest

from schemas.alerts import AlertThresholds, BudgetPlan, RaiseAlert
from schemas.rates import CampaignSecond, RatesCounted, SubjectSecond
from services.analytics.live.watching import MINUTE_MS, Watch
from services.analytics.live.windows import Rates

#: A minute, as it is counted.
NOW = 28_000_000


class Story:
    """Counts as they come, and what is told of them."""

    def __init__(self, **thresholds: Any) -> None:
        self.thresholds = AlertThresholds(**thresholds)
        self.rates = Rates()
        self.watch = Watch(lambda _: self.thresholds)
        self.offset = -1
        self.room = 100

    def counted(self, since: int = 0, **counts: Any) -> list[RaiseAlert]:
        self.offset += 1
        record = RatesCounted("proj", self.offset, self.offset, **counts)
        project = self.rates.take(0, record)
        assert project is not None
        return self.watch.look(project, record, since, self.room)

    def codes(self, count: int, minute: int = NOW, code: str = "v_1") -> list[RaiseAlert]:
        return self.counted(codes=(SubjectSecond(code, minute * 60 + 7, count),))

    def guesses(self, count: int, minute: int = NOW, who: str = "cust_1") -> list[RaiseAlert]:
        return self.counted(guesses=(SubjectSecond(who, minute * 60 + 59, count),))

    def failures(self, count: int, minute: int = NOW, campaign: str = "camp_1") -> list[RaiseAlert]:
        second = CampaignSecond(campaign, minute * 60, failed={"voucher_expired": count})
        return self.counted(campaigns=(second,))

    def given(self, discount: int, minute: int = NOW) -> list[RaiseAlert]:
        return self.counted(campaigns=(CampaignSecond("camp_1", minute * 60, 1, 0, discount),))


@pytest.mark.parametrize(("count", "alerts"), [(299, 0), (300, 1)])
def test_a_code_that_is_redeemed_so_often_in_a_minute(count: int, alerts: int) -> None:
    assert len(Story().codes(count)) == alerts


def test_what_adds_up_within_the_minute_counts() -> None:
    story = Story(code_redemptions_per_minute=10)
    assert story.codes(9) == []
    (told,) = story.codes(1)
    assert told == RaiseAlert("code.rate", "v_1", NOW * MINUTE_MS, 10, 10)


def test_what_there_is_no_room_for_is_told_when_there_is() -> None:
    story = Story(code_redemptions_per_minute=10)
    story.room = 0
    assert story.codes(10) == []
    story.room = 1
    assert [each.value for each in story.codes(1)] == [11]
    assert story.codes(1) == []


def test_two_minutes_are_two_counts() -> None:
    story = Story(code_redemptions_per_minute=10)
    assert story.codes(9) == []
    assert story.codes(9, NOW + 1) == []


@pytest.mark.parametrize(("before", "alerts"), [(120, 0), (119, 1)])
def test_a_code_that_is_always_redeemed_so_often_is_none(before: int, alerts: int) -> None:
    # five times two a minute, which is the mean of an hour with 120, is ten
    story = Story(code_redemptions_per_minute=10)
    for minute in range(NOW - 60, NOW):
        story.codes(2 if minute > NOW - 60 else before - 118, minute)
    assert len(story.codes(10)) == alerts


def test_what_was_before_that_hour_is_not_usual() -> None:
    story = Story(code_redemptions_per_minute=10)
    story.codes(9, NOW - 61)
    assert len(story.codes(10)) == 1


@pytest.mark.parametrize(("count", "alerts"), [(49, 0), (50, 1)])
def test_failures_of_one_reason(count: int, alerts: int) -> None:
    told = Story().failures(count)
    assert [(each.kind, each.subject, each.campaign_id) for each in told] == (
        [("failures.rising", "camp_1/voucher_expired", "camp_1")] * alerts
    )


def test_failures_of_several_campaigns_do_not_add_up() -> None:
    story = Story()
    assert story.failures(30) == []
    assert story.failures(30, campaign="camp_2") == []


def test_failures_that_are_as_usual_are_none() -> None:
    story = Story(failures_per_minute=10, failures_times_usual=2)
    for minute in range(NOW - 60, NOW):
        story.failures(5, minute)
    assert story.failures(10) == []
    assert len(story.failures(1)) == 1


@pytest.mark.parametrize(("count", "alerts"), [(19, 0), (20, 1)])
def test_a_client_that_guesses(count: int, alerts: int) -> None:
    told = Story().guesses(count)
    assert [(each.kind, each.subject) for each in told] == [("codes.guessed", "cust_1")] * alerts


def test_clients_are_told_apart() -> None:
    story = Story()
    assert story.guesses(19) == story.guesses(19, who="cust_2") == []


@pytest.mark.parametrize(("discount", "alerts"), [(15_000, 0), (15_001, 1)])
def test_a_budget_that_burns_faster_than_planned(discount: int, alerts: int) -> None:
    story = Story(budgets=(BudgetPlan("camp_1", 10_000),))
    told = story.given(discount)
    assert [(each.kind, each.subject, each.threshold) for each in told] == (
        [("budget.burning", "camp_1", 15_000)] * alerts
    )


def test_a_budget_is_that_of_the_last_hour() -> None:
    story = Story(budgets=(BudgetPlan("camp_1", 10_000),), budget_percent=100)
    assert story.given(5_000, NOW - 60) == []
    assert story.given(5_000, NOW - 59) == []
    assert story.given(5_000) == []
    assert len(story.given(1)) == 1


def test_what_is_taken_back_burns_nothing() -> None:
    story = Story(budgets=(BudgetPlan("camp_1", 10_000),), budget_percent=100)
    story.given(10_000)
    story.given(-500)
    assert story.given(500) == []


def test_a_campaign_without_a_plan_has_no_budget() -> None:
    assert Story().given(10**12) == []


@pytest.mark.parametrize(
    "off",
    ["code_redemptions_per_minute", "failures_per_minute", "guesses_per_minute", "budget_percent"],
)
def test_a_threshold_of_nothing_is_never_met(off: str) -> None:
    story = Story(budgets=(BudgetPlan("camp_1", 1),), **{off: 0})
    kinds = {
        each.kind
        for told in (story.codes(10**6), story.failures(10**6), story.guesses(10**6))
        for each in told
    } | {each.kind for each in story.given(10**6)}
    assert len(kinds) == 3


def test_a_minute_is_told_once() -> None:
    story = Story()
    assert len(story.guesses(20)) == 1
    assert story.guesses(20) == []


def test_what_goes_on_is_told_at_half_the_quiet_time() -> None:
    story = Story(quiet_minutes=10)
    told = [len(story.guesses(20, NOW + n)) for n in range(12)]
    assert told == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]


def test_it_says_when_it_was_so_before() -> None:
    story = Story(quiet_minutes=10)
    story.guesses(20)
    story.guesses(20, NOW + 3)
    (told,) = story.guesses(20, NOW + 12)
    assert told.previous == (NOW + 3) * MINUTE_MS
    (told,) = story.guesses(20, NOW + 40)
    assert told.previous is None


def test_minutes_that_are_long_over_are_not_told() -> None:
    story = Story()
    count = (SubjectSecond("cust_1", NOW * 60, 20),)
    assert story.counted(NOW + 1, guesses=count) == []
