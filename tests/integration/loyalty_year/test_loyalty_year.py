"""A year of a program is what SQL makes of it, of what its members did alone."""

from pathlib import Path

from tests.integration.insight_world import opened
from tests.integration.loyalty_year.recount import (
    stands_at,
    store_acts,
    wrongly_let,
    wrongly_taken_back,
)
from tests.integration.loyalty_year.year import Stand, Year

MEMBERS = 60


async def test_a_year_of_a_program_equals_what_sql_makes_of_it(tmp_path: Path) -> None:
    year = Year(MEMBERS, seed=7)
    year.play()
    await compare(year, tmp_path)


async def compare(year: Year, folder: Path) -> None:
    """Fails where the engine and SQL differ about any member."""
    async with opened(folder) as database:
        await store_acts(database, year.acts)
        assert await wrongly_let(database) == 0
        assert await wrongly_taken_back(database) == 0
        for at, stands in year.stands.items():
            reckoned = await stands_at(database, at)
            wrong = [
                (stand, told)
                for stand in stands
                if stand != (told := reckoned.get(stand.member, Stand(stand.member, 0, 0, 0, "")))
            ]
            assert not wrong, (at, len(wrong), wrong[:5])
    assert {each.tier for stands in year.stands.values() for each in stands} >= {"Bronze", "Silver"}
    last = list(year.stands.values())[-1]
    assert sum(each.expired for each in last) and sum(each.pending for each in last)
    assert {each.told for each in year.acts if each.kind == "spend"} == {0, 1}
