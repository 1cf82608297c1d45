"""Windows: what is in them, what left them, what comes twice, and what is forgotten."""

import msgspec
import pytest

from schemas.rates import CampaignSecond, RatesCounted, SubjectSecond
from services.analytics.live import windows
from services.analytics.live.windows import NOTHING, Minutes, Rates, Sums

#: A second, the first of a minute.
NOW = 1_700_000_040


def counted(*seconds: CampaignSecond, last: int = 0, part: int = 0) -> RatesCounted:
    return RatesCounted("proj", last, last, part, campaigns=seconds)


def succeeded(second: int, count: int = 1, campaign: str = "camp_1") -> CampaignSecond:
    return CampaignSecond(campaign, second, count, 0, 100 * count)


def of(rates: Rates, end: int, campaign: str = "camp_1") -> list[int]:
    """The successes of the three windows."""
    found = rates.shown("proj", end, None).get(campaign, [NOTHING] * 3)
    return [each.succeeded for each in found]


def test_a_second_is_in_a_window_from_when_it_is_over_until_it_is_too_old() -> None:
    rates = Rates()
    rates.take(0, counted(succeeded(NOW)))
    assert of(rates, NOW) == [0, 0, 0]
    assert of(rates, NOW + 1) == [1, 1, 1]
    assert of(rates, NOW + 10) == [1, 1, 1]
    assert of(rates, NOW + 11) == [0, 1, 1]
    assert of(rates, NOW + 60) == [0, 1, 1]
    assert of(rates, NOW + 61) == [0, 0, 1]


def test_an_hour_is_sixty_minutes_with_the_one_that_runs() -> None:
    rates = Rates()
    rates.take(0, counted(succeeded(NOW)))
    assert of(rates, NOW + 3600)[2] == 1
    assert of(rates, NOW + 3601)[2] == 0


def test_everything_of_a_second_adds_up() -> None:
    rates = Rates()
    first = CampaignSecond("camp_1", NOW, 2, 0, 200, {"voucher_expired": 1})
    second = CampaignSecond("camp_1", NOW, 1, 1, -50, {"voucher_expired": 2, "not_found": 1})
    rates.take(0, counted(first, last=1))
    rates.take(0, counted(second, last=2))
    sums = rates.shown("proj", NOW + 1, None)["camp_1"]
    assert sums == [Sums(3, 4, 1, 150)] * 3


def test_what_comes_twice_counts_once() -> None:
    rates = Rates()
    stretch = [counted(succeeded(NOW), last=7, part=n) for n in range(2)]
    for each in (*stretch, *stretch, counted(succeeded(NOW), last=6)):
        rates.take(0, each)
    assert of(rates, NOW + 1) == [2, 2, 2]
    assert rates.taken(0) == 7


def test_a_stretch_that_holds_the_one_before_it_takes_its_place() -> None:
    rates = Rates()
    failed = {"voucher_expired": 2}
    codes, guesses = (SubjectSecond("v_1", NOW, 3),), (SubjectSecond("cust_1", NOW, 2),)
    short = RatesCounted(
        "proj", 5, 9, 0, (CampaignSecond("camp_1", NOW, 3, 1, 300, failed),), codes, guesses
    )
    rest = msgspec.structs.replace(short, part=1, codes=(), guesses=())
    for each in (short, rest):
        rates.take(0, each)
    for each in (short, rest, short):
        rates.take(0, msgspec.structs.replace(each, last=14))
    assert rates.shown("proj", NOW + 1, None)["camp_1"] == [Sums(6, 4, 2, 600)] * 3
    project = rates.take(0, msgspec.structs.replace(counted(), first=15, last=15))
    assert project is not None
    minute = NOW // 60
    assert project.codes.count("v_1", minute) == 3
    assert project.guesses.count("cust_1", minute) == 2
    assert project.failures.count("camp_1/voucher_expired", minute) == 4
    assert project.discounts.count("camp_1", minute) == 600


def test_partitions_are_told_apart() -> None:
    rates = Rates()
    rates.take(0, counted(succeeded(NOW), last=7))
    rates.take(1, counted(succeeded(NOW), last=7))
    assert of(rates, NOW + 1) == [2, 2, 2]


def test_projects_do_not_see_one_another() -> None:
    rates = Rates()
    rates.take(0, msgspec.structs.replace(counted(succeeded(NOW)), project="other"))
    assert rates.shown("proj", NOW + 1, None) == {}


def test_a_mark_counts_nothing() -> None:
    rates = Rates()
    assert rates.take(0, RatesCounted("", 0, 5000)) is None
    assert rates.taken(0) == 5000


def test_one_campaign_is_shown_by_itself() -> None:
    rates = Rates()
    rates.take(0, counted(succeeded(NOW), succeeded(NOW, campaign="camp_2")))
    assert list(rates.shown("proj", NOW + 1, ["camp_2"])) == ["camp_2"]
    assert rates.shown("proj", NOW + 1, ["camp_3"]) == {}


def test_of_too_many_campaigns_the_one_that_is_silent_for_longest_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(windows, "SUBJECTS_MAX", 2)
    rates = Rates()
    for number, campaign in enumerate("abac"):
        rates.take(0, counted(succeeded(NOW + number, campaign=campaign), last=number))
    assert list(rates.shown("proj", NOW + 4, None)) == ["a", "c"]


def test_of_too_many_subjects_the_one_that_is_silent_for_longest_goes() -> None:
    minutes = Minutes(2)
    for subject in ("a", "b", "a", "c"):
        minutes.add(subject, 1, 1)
    assert [minutes.count(each, 1) for each in "abc"] == [2, 0, 1]


def test_a_subject_keeps_an_hour() -> None:
    minutes = Minutes()
    for minute in range(100):
        minutes.add("a", minute, 1)
    assert minutes.total("a", 0, 100) == windows.HOUR_MINUTES + 1
    assert minutes.total("a", 40, 98) == 59


def test_a_project_is_forgotten_after_an_hour_without_anything() -> None:
    rates = Rates()
    rates.take(0, counted(succeeded(NOW)))
    other = RatesCounted("other", 1, 1, campaigns=(succeeded(NOW + 3600),))
    rates.take(0, other)
    assert of(rates, NOW + 1)[1] == 1
    later = RatesCounted("other", 2, 2, campaigns=(succeeded(NOW + 3660),))
    rates.take(0, later)
    assert of(rates, NOW + 1)[1] == 0


def test_codes_and_clients_have_no_rate_of_their_own() -> None:
    rates = Rates()
    subjects = (SubjectSecond("v_1", NOW, 3),)
    rates.take(0, RatesCounted("proj", 0, 0, codes=subjects, guesses=subjects))
    assert rates.shown("proj", NOW + 1, None) == {}
