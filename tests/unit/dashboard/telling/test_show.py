"""How times, amounts and metadata are told, and read again without losing anything."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.parts.forms import read_metadata, write_metadata
from services.dashboard.parts.period import read_period
from services.dashboard.parts.show import Show, read_minor
from services.dashboard.sections.settings.properties import lines_of, write_properties

ZONES = ("America/New_York", "Asia/Tokyo", "Etc/UTC")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", ["2026-03-31T22:59:59Z", "2026-01-31T12:00:00Z"])
def test_a_time_that_a_form_shows_is_the_same_time_when_it_is_sent(zone: str, text: str) -> None:
    show = Show(zone, "EUR")
    assert show.from_local(show.local(text)) == text


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_the_first_and_the_last_time_of_the_calendar_can_be_told(zone: str, text: str) -> None:
    show = Show(zone, "EUR")
    assert show.local(text)[4] == "-"
    assert show.from_local(text.removesuffix("Z")) is not None
    assert "<time" in str(show.when(text))


def test_a_date_without_a_time_is_that_day_in_every_zone() -> None:
    assert ">1 Mar 2026<" in str(Show("America/New_York", "USD").day("2026-03-01"))


def test_the_period_before_is_as_long_where_clocks_are_changed_between_them() -> None:
    show = Show("Europe/Warsaw", "EUR")
    # the clocks went forward on 29 March
    period = read_period({"period": "7d"}, show, datetime(2026, 4, 2, 10, tzinfo=UTC))
    start, end = period.before
    assert end - start == period.end.astimezone(UTC) - period.start.astimezone(UTC)


def test_a_period_before_there_were_computers_is_the_usual_one() -> None:
    asked = {"period": "own", "from": "0001-01-02T00:00", "to": "0001-03-02T00:00"}
    period = read_period(asked, Show("Asia/Tokyo", "JPY"), datetime(2026, 4, 2, tzinfo=UTC))
    assert period.name == "28d"


def test_no_amount_is_as_long_as_a_book() -> None:
    assert read_minor("9" * 5_000) is None


@given(st.dictionaries(st.text(min_size=1).filter(str.strip), st.text() | st.integers()))
def test_metadata_is_the_same_after_a_form_showed_it(metadata: dict[str, Any]) -> None:
    assert read_metadata(write_metadata(metadata)) == metadata


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", "[" * 100_000])
def test_what_the_api_cannot_be_told_as_a_number_is_text(value: str) -> None:
    assert read_metadata(f"rate = {value}") == {"rate": value}
    assert read_metadata(write_metadata({"rate": value})) == {"rate": value}


def test_values_that_a_schema_allows_may_have_commas_in_them() -> None:
    allowed = ["red, or nearly", 'the "best"', "blue"]
    (line,) = lines_of({"colour": {"type": "string", "eq": allowed}})
    assert write_properties([line], is_event=False)["colour"]["eq"] == allowed
