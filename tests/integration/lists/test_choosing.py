"""What a filter lets through: what its list shows, whole, and nobody else's."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from schemas.bin import BinEntry, BinEntryAdded
from schemas.campaigns import CampaignCreated, CampaignDeleted
from schemas.voucher_events import VoucherCreated, VoucherDeleted
from services.audit.bulk.choosing import PATH
from tests.integration.insight_host import Insight, running
from tests.integration.lists.listed import A, B, C, campaign
from tests.unit.services.audit.examples import START, decided


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        gone = structs.replace(A, id="v_D", code="D", campaign_id="camp_2", campaign="name 2")
        found.world.append(
            decided(CampaignCreated(campaign(1)), CampaignCreated(campaign(2))),
            decided(*map(VoucherCreated, (A, B, C, gone))),
            decided(CampaignDeleted(campaign(2))),
        )
        yield found


async def chosen(insight: Insight, filters: dict[str, Any], kind: str = "voucher") -> set[str]:
    answer = await insight.post(PATH, {"kind": kind, "filters": filters})
    return {name for _, name in answer.json()["rows"]}


def conditions(operator: str, *values: Any) -> dict[str, Any]:
    return {"conditions": {operator: list(values)}}


async def test_a_filter_lets_through_what_the_list_shows(insight: Insight) -> None:
    every = {"SUMMER-A", "GIFT-B", "SUMMER-C"}
    assert await chosen(insight, {}) == every
    for filters, names in (
        ({"campaign_id": conditions("$is", "camp_1")}, {"SUMMER-A", "SUMMER-C"}),
        ({"campaign_id": conditions("$is", "camp_2")}, set()),
        ({"metadata.tier": conditions("$in", "gold", "silver")}, {"SUMMER-A", "GIFT-B"}),
        ({"type": conditions("$is", "gift_voucher")}, {"GIFT-B"}),
        (
            {"code": conditions("$is", "GIFT-B"), "id": conditions("$is", "v_A"), "junction": "or"},
            {"SUMMER-A", "GIFT-B"},
        ),
    ):
        assert await chosen(insight, filters) == names, filters
    insight.world.append(decided(VoucherDeleted("v_B", "GIFT-B")))
    assert await chosen(insight, {}) == every - {"GIFT-B"}


async def test_entries_of_the_bin_are_chosen_without_those_that_name_a_person(
    insight: Insight,
) -> None:
    kinds: tuple[Any, ...] = ("voucher", "product", "customer")
    made = [BinEntry(f"tbe_{n}", kind, f"id_{n}", kind, START) for n, kind in enumerate(kinds)]
    insight.world.append(decided(*map(BinEntryAdded, made)))
    assert await chosen(insight, {}, "bin_entry") == {"voucher", "product"}
    only = {"resource_type": conditions("$is", "product")}
    assert await chosen(insight, only, "bin_entry") == {"product"}


REFUSED = (
    ({"odd": conditions("$is", 1)}, ".filters.odd"),
    ({"code": conditions("$odd", 1)}, ".filters.code.conditions.$odd"),
    ({"created_at": conditions("$after", "soon")}, ".filters.created_at"),
    ({"code": "A"}, ".filters.code"),
    ({"code": conditions("$is", "x" * 513)}, ".filters.code"),
    ({"junction": "xor"}, ".filters.junction"),
    ({"code": conditions("$in", *"x" * 1001)}, ".filters"),
)


async def test_what_no_list_would_take_is_refused_by_name(insight: Insight) -> None:
    for filters, told in REFUSED:
        answer = await insight.post(PATH, {"kind": "voucher", "filters": filters}, 400)
        assert answer.json()["key"] == "invalid_payload", filters
        assert f"`{told}" in answer.json()["details"], filters
