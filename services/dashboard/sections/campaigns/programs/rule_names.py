"""What those things are called that earning rules name by their ids."""

import asyncio
from collections.abc import Sequence

from services.dashboard.parts.show import Row
from services.dashboard.sections.campaigns.programs.naming import LIST_MAX, program_path
from services.dashboard.sections.campaigns.programs.rule_words import named_of
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment


async def find_rule_names(visit: Visit, row: Row, rules: Sequence[Row]) -> dict[str, str]:
    """What is called how that rules name: tiers, segments, products, collections, sets of rules."""
    wanted = named_of(rules)
    asked = [ask_quietly(visit.api.get(f"{program_path(row)}/tiers", {"limit": str(LIST_MAX)}))]
    if wanted["rules"] and visit.may("rules.read"):
        some = [("ids", each) for each in sorted(wanted["rules"])]
        params = [("limit", str(LIST_MAX)), *some]
        asked.append(ask_quietly(visit.api.get("/v1/validation-rules", params)))
    ones = [f"/v1/segments/{escape_segment(each)}" for each in sorted(wanted["segments"])]
    for each in sorted(wanted["items"]):
        kind, _, name = each.partition(":")
        place = {"product": "products", "sku": "skus"}.get(kind, "product-collections")
        ones.append(f"/v1/{place}/{escape_segment(name)}")
    asked += [ask_quietly(visit.api.get(each)) for each in ones[:LIST_MAX]]
    answers = await asyncio.gather(*asked)
    found = [each for answer in answers if answer for each in answer.get("data") or [answer]]
    return {
        str(each["id"]): str(
            each.get("name") or each.get("sku") or each.get("source_id") or each["id"]
        )
        for each in found
        if each.get("id")
    }
