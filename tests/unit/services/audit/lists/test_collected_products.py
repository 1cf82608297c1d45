"""What an AUTO_UPDATE collection holds: the catalogue is read once, and a page of it is kept."""

import json
from typing import Any

import pytest

from engine.kernel.calendar import Moment
from engine.kernel.state import encode
from fronts.query_string import Page
from runtime.clickhouse.database import Query
from schemas.collections import ProductCollection
from schemas.products import Product, Sku
from services.audit.lists import products
from services.audit.lists.products import find_met

PRODUCTS = [Product(f"prod_{n}", 100 - n, updated_at=n % 3 or None) for n in range(7)]
SKUS = [Sku(f"sku_{n}", "prod_1", 50 + n, price=n) for n in range(4)]


class Catalogue:
    """Answers with what comes after an id, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def rows(self, query: Query) -> list[tuple[str, str]]:
        """The next two of a kind, as (id, body)."""
        kind, last = query.parameters["kind"], query.parameters["last"]
        self.asked.append((kind, last))
        assert "OFFSET" not in query.sql and query.sql.endswith("ORDER BY id LIMIT 2")
        kept: list[Product | Sku] = [*PRODUCTS] if kind == "product" else [*SKUS]
        later = [each for each in kept if each.id > last][:2]
        return [(each.id, encode(each).decode()) for each in later]


async def met(
    page: Page, after: int | None = None, **conditions: Any
) -> tuple[list[str], int, list[tuple[str, str]]]:
    """The ids of a page, how many there are, and what was asked for."""
    text = json.dumps({name: {"conditions": each} for name, each in conditions.items()})
    collection = ProductCollection("pc_1", "C", 1, "AUTO_UPDATE", filter=text)
    reads: Any = Catalogue()
    ids, total = await find_met(reads, "proj_1", collection, after, page, Moment(0))
    return ids, total, reads.asked


async def test_the_catalogue_is_read_once_by_its_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "BATCH_MAX", 2)
    ids, total, asked = await met(Page(2, 2, "created_at", descending=True))
    assert (ids, total) == (["prod_2", "prod_3"], 11)
    assert asked == [
        *(("product", last) for last in ("", "prod_1", "prod_3", "prod_5")),
        *(("sku", last) for last in ("", "sku_1", "sku_3")),
    ]


async def test_a_page_is_in_its_order_and_begins_after_the_cursor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(products, "BATCH_MAX", 2)
    ids, total, _ = await met(Page(3, 0, "created_at", descending=False), after=51)
    assert (ids, total) == (["sku_2", "sku_3", "prod_6"], 11)
    ids, total, _ = await met(Page(9, 0, "created_at", descending=True), 96, price={"$is": [2]})
    assert (ids, total) == (["sku_2"], 1)
    ids, _, _ = await met(Page(5, 0, "updated_at", descending=True))
    assert ids == ["prod_5", "prod_2", "prod_4", "prod_1", "sku_3"]
    assert (await met(Page(5, 20, "created_at", descending=True)))[:2] == ([], 11)
