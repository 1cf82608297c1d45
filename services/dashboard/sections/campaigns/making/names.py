"""What the things that a form names by their ids are called."""

import asyncio
from typing import Final

from services.dashboard.sections.campaigns.making.draft import Draft
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

NAMES_MAX: Final = 100
#: Fields that hold one thing: its list of the API, and the field.
_ONES: Final = (
    ("categories", "category"),
    ("products", "unit"),
    ("products", "try_product"),
    ("customers", "try_customer"),
)


async def find_names(visit: Visit, draft: Draft) -> dict[str, str]:
    """What is chosen is called: rules, the category, products, the customer of the trial."""
    rules = list(draft.all("rule"))[:NAMES_MAX]
    some = [(f"ids[{at}]", each) for at, each in enumerate(rules)]
    lists = [("/v1/validation-rules", [("limit", str(NAMES_MAX)), *some])] if rules else []
    ones = [f"/v1/{kind}/{escape_segment(draft[name])}" for kind, name in _ONES if draft[name]]
    units = {each["tier_unit"] for each in draft.tiers} - {""}
    ones += [f"/v1/products/{escape_segment(each)}" for each in sorted(units)]
    answers = await asyncio.gather(
        *(ask_quietly(visit.api.get(*each)) for each in lists),
        *(ask_quietly(visit.api.get(each)) for each in ones),
    )
    rows = [row for answer in answers if answer for row in answer.get("data") or [answer]]
    return {
        str(row["id"]): str(row.get("name") or row.get("source_id") or row["id"])
        for row in rows
        if "id" in row
    }
