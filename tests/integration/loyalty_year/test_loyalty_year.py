"""A year of a program is what SQL makes of it, of what its members did alone."""

from pathlib import Path

from runtime.clickhouse.database import Database
from tests.integration.insight_world import opened
from tests.integration.loyalty_year.recount import (
    stands_at,
    store_acts,
    wrongly_let,
    wrongly_taken_back,
)
from tests.integration.loyalty_year.year import Stand, Year

MEMBERS = 60
#: How many members SQL reckons at once: a query may take so much memory only.
AT_ONCE = 500


async def test_a_year_of_a_program_equals_what_sql_makes_of_it(tmp_path: Path) -> None:
    year = Year(MEMBERS, seed=7)
    year.play()
    await compare(year, tmp_path, at_once=40)


async def compare(year: Year, folder: Path, at_once: int = AT_ONCE) -> None:
    """Fails where the engine and SQL differ about any member."""
    members = year.names
    for begin in range(0, len(members), at_once):
        part = folder / f"from-{begin}"
        part.mkdir()
        async with opened(part) as database:
            await _compare_some(database, year, set(members[begin : begin + at_once]))
    assert {each.tier for stands in year.stands.values() for each in stands} >= {"Bronze", "Silver"}
    last = list(year.stands.values())[-1]
    assert sum(each.expired for each in last) and sum(each.pending for each in last)
    assert {each.told for each in year.acts if each.kind == "spend"} == {0, 1}


async def _compare_some(database: Database, year: Year, members: set[str]) -> None:
    await store_acts(database, [each for each in year.acts if each.member in members])
    assert await wrongly_let(database) == 0
    assert await wrongly_taken_back(database) == 0
    for at, stands in year.stands.items():
        reckoned = await stands_at(database, at)
        wrong = [
            (stand, told)
            for stand in stands
            if stand.member in members
            and stand != (told := reckoned.get(stand.member, Stand(stand.member, 0, 0, 0, "")))
        ]
        assert not wrong, (at, len(wrong), wrong[:5])
