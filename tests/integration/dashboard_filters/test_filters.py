"""Each filter of each list gives what its words say, asked as the dashboard asks, of the real lists."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest

from services.dashboard.lists.fields import Condition, Field
from services.dashboard.lists.handlers import query_of
from services.dashboard.lists.resource import Resource, Row
from tests.integration.dashboard_filters.conditions import (
    Look,
    dividing_conditions,
    undivided,
    wanted_rows,
)
from tests.integration.dashboard_filters.facts import facts_of
from tests.integration.dashboard_filters.lists import every_list, filtered_addresses
from tests.integration.dashboard_filters.shop import SHOW, Shop, shop_open
from tests.integration.dashboard_filters.stock import fill_shop


async def rows_of(shop: Shop, resource: Resource, *conditions: Condition) -> list[Row]:
    """All rows that a page of the dashboard would show, page after page."""
    address = f"{resource.path}?" + urlencode([("size", "100"), *(("f", str(each)) for each in conditions)])
    query = query_of(resource, shop.visit(address))
    assert query.conditions == conditions
    rows: list[Row] = []
    while True:
        found = await resource.fetch(shop.visit(address), query)
        rows += found.rows
        if not found.rows:
            return rows
        if found.has_more and found.cursor:
            query = replace(query, cursor=found.cursor)
        elif len(rows) < (found.total or 0):
            query = replace(query, page=query.page + 1)
        else:
            return rows


async def filter_faults(shop: Shop, resource: Resource, look: Look, field: Field) -> list[str]:
    """Where a filter of a field does not give what its words say."""
    faults = [f"{look.path}: {field.label} {each}: divides nothing" for each in undivided(look, field)]
    for op in field.operators:
        for condition in dividing_conditions(look, field, op):
            wanted = wanted_rows(look, field, condition)
            names = sorted(
                resource.key(row) for row, wants in zip(look.rows, wanted, strict=True) if wants
            )
            found = sorted(resource.key(row) for row in await rows_of(shop, resource, condition))
            if found != names:
                faults.append(f"{look.path}?f={condition}: {found} instead of {names}")
    return faults


async def test_each_filter_gives_what_its_words_say(tmp_path: Path) -> None:
    async with shop_open(tmp_path) as shop:
        ids = await fill_shop(shop)
        lists = every_list(vouchers=ids["Cards"], publications=ids["Spring"])
        assert set(lists) == filtered_addresses()
        now = datetime.fromtimestamp(shop.world.ledger.now / 1000, UTC)
        faults = []
        import time
        T=time.process_time()
        for path, resource in lists.items():
            if path == "/campaigns/calendar": continue
            t=time.process_time(); print(path, flush=True)
            look = Look(path, await rows_of(shop, resource), facts_of(path, ids, now), now, SHOW)
            for field in resource.fields:
                try:
                    faults += await filter_faults(shop, resource, look, field)
                except Exception as e:
                    faults.append(f"{path} {field.name} EXC {type(e).__name__} {e} {getattr(e,'body','')}")
            print(path, len(look.rows), round(time.process_time()-t,2), flush=True)
        print("\n".join(faults))
        assert not faults
