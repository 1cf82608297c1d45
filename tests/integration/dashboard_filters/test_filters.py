"""Each filter of each list gives what its words say, asked as the dashboard asks, of the real lists.

The words are those of the chip; what they mean is written down for themselves (`words.py`), of what
the API tells of each thing where nothing is filtered (`facts.py`).
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from services.dashboard.lists.fields import Condition
from services.dashboard.lists.handlers import query_of
from services.dashboard.lists.resource import Resource, Row
from tests.integration.dashboard_filters.conditions import (
    Chosen,
    Look,
    bundle,
    dividing_conditions,
    undivided,
)
from tests.integration.dashboard_filters.facts import facts_of
from tests.integration.dashboard_filters.lists import every_list, filtered_addresses
from tests.integration.dashboard_filters.shop import SHOW, Shop, shop_open
from tests.integration.dashboard_filters.stock import fill_shop

#: Shows the list of campaigns, and asks for it by the same filters.
SAME_LIST: Final = {"/campaigns/calendar": "/campaigns"}
#: Lists whose present is the machine's own.
BY_OWN_CLOCK: Final = frozenset({"/locations", "/rewards", "/segments"})


async def test_each_filter_gives_what_its_words_say(tmp_path: Path) -> None:
    faults: list[str] = []
    undone: list[str] = []
    async with shop_open(tmp_path) as shop:
        ids = await fill_shop(shop)
        lists = every_list(
            vouchers=ids["Cards"],
            publications=ids["Spring"],
            members=ids["Club"],
            tiers={name: ids[name] for name in ("Silver", "Gold")},
        )
        assert set(lists) == filtered_addresses()
        shop_time = datetime.fromtimestamp(shop.world.ledger.now / 1000, UTC)
        for path, resource in lists.items():
            if path in SAME_LIST:
                assert resource.fields == lists[SAME_LIST[path]].fields
                continue
            now = datetime.now(UTC) if path in BY_OWN_CLOCK else shop_time
            look = Look(await rows_of(shop, resource), facts_of(path, ids, now), now, SHOW)
            chosen, left = choose_filters(resource, look)
            undone += [f"{path}: {each}" for each in left]
            for each in bundle(chosen):
                faults += await filter_faults(shop, resource, look, each)
    assert faults == []
    assert undone == []


def choose_filters(resource: Resource, look: Look) -> tuple[list[list[Chosen]], list[str]]:
    """Filters that divide the rows, of every field and operator; and what none divides, in words."""
    chosen: list[list[Chosen]] = []
    left: list[str] = []
    for field in resource.fields:
        for op in field.operators:
            found = dividing_conditions(look, field, op)
            chosen += found
            left += [f"{field.label} {each}" for each in undivided(field, op, found)]
    return chosen, left


async def rows_of(shop: Shop, resource: Resource, *conditions: Condition) -> list[Row]:
    """All rows that a page of the dashboard would show, page after page."""
    address = urlencode([("size", "100"), *(("f", str(each)) for each in conditions)])
    address = f"{resource.path}?{address}"
    query = query_of(resource, shop.visit(address))
    assert query.conditions == conditions
    rows: list[Row] = []
    while True:
        found = await resource.fetch(shop.visit(address), query)
        rows += found.rows
        if found.has_more and found.cursor:
            query = replace(query, cursor=found.cursor)
        elif found.rows and len(rows) < (found.total or 0):
            query = replace(query, page=query.page + 1)
        else:
            return rows


async def filter_faults(
    shop: Shop, resource: Resource, look: Look, chosen: list[Chosen]
) -> list[str]:
    """Where filters do not give what their words say."""
    conditions = [each.condition for each in chosen]
    held = [all(each.wanted[at] for each in chosen) for at in range(len(look.rows))]
    wanted = sorted(resource.key(row) for row, holds in zip(look.rows, held, strict=True) if holds)
    found = sorted(resource.key(row) for row in await rows_of(shop, resource, *conditions))
    if found == wanted:
        return []
    return [f"{resource.path} {' and '.join(map(str, conditions))}: {found}, not {wanted}"]
