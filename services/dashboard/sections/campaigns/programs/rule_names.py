"""What those things are called that earning rules name by their ids."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from services.dashboard.parts.show import Row
from services.dashboard.sections.campaigns.programs.naming import LIST_MAX, program_path
from services.dashboard.sections.campaigns.programs.rule_words import ITEMS_MAX, named_of
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

#: What lists tell by their ids. There is no list of SKUs: they are asked for one by one.
_LISTS: Final = (
    ("product", "/v1/products"),
    ("products_collection", "/v1/product-collections"),
)


def _of(ids: Sequence[str]) -> list[tuple[str, str]]:
    return [("limit", str(LIST_MAX)), *(("ids", each) for each in ids)]


def _rows(answer: Any) -> list[Row]:
    """The rows of a list; of what is none, itself."""
    found: list[Row] = answer.get("data") or answer.get("products") or [answer]
    return found


async def find_rule_names(
    visit: Visit, row: Row, rules: Sequence[Row], items_max: int = ITEMS_MAX
) -> dict[str, str]:
    """What is called how that rules name: tiers, segments, products, collections, sets of rules.

    `items_max`: how many items of a rule are shown, so that no others are asked for.
    """
    wanted = named_of(rules, items_max)
    asked = [ask_quietly(visit.api.get(f"{program_path(row)}/tiers", {"limit": str(LIST_MAX)}))]
    if wanted["rules"] and visit.may("rules.read"):
        params = _of(sorted(wanted["rules"])[:LIST_MAX])
        asked.append(ask_quietly(visit.api.get("/v1/validation-rules", params)))
    if wanted["segments"] and visit.may("segments.read"):
        params = _of(sorted(wanted["segments"])[:LIST_MAX])
        asked.append(ask_quietly(visit.api.get("/v1/segments", params)))
    items: dict[str, list[str]] = {}
    for each in sorted(wanted["items"]):
        kind, _, name = each.partition(":")
        items.setdefault(kind, []).append(name)
    ones = [f"/v1/skus/{escape_segment(each)}" for each in items.get("sku", ())]
    asked += [ask_quietly(visit.api.get(each)) for each in ones[:LIST_MAX]]
    asked += [
        ask_quietly(visit.api.get(place, _of(items[kind][:LIST_MAX])))
        for kind, place in _LISTS
        if kind in items
    ]
    answers = await asyncio.gather(*asked)
    found = [each for answer in answers if answer for each in _rows(answer)]
    return {
        str(each["id"]): str(
            each.get("name") or each.get("sku") or each.get("source_id") or each["id"]
        )
        for each in found
        if each.get("id")
    }
