"""What ids in rules are called: segments, places, products, SKUs and collections."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Final

from services.dashboard.sections.rules.catalogue import Catalogue
from services.dashboard.sections.rules.naming import Names
from services.dashboard.sections.rules.tree import RuleSet, every_rule
from services.dashboard.sections.rules.values import THINGS, show_values
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

#: How many products, SKUs and collections are asked for on one page; the rest stand by their ids.
ASKED_MAX: Final = 40
#: Kinds that are asked for by one list each; a page of it holds as many.
_LISTS: Final = {"segment": "/v1/segments", "location": "/v1/locations"}
_LIST_MAX: Final = 100
_PATHS: Final = {
    "product": "/v1/products/{}",
    "sku": "/v1/skus/{}",
    "products_collection": "/v1/product-collections/{}",
}


def things_in(rules: RuleSet, catalogue: Catalogue, visit: Visit) -> Iterator[str]:
    """What the rules name: `segment:seg_1`, `product:prod_1`."""
    for rule in every_rule(rules):
        kind = catalogue.field(rule.name).kind
        for condition in rule.conditions:
            operator = catalogue.operator(kind, condition.operator)
            if operator.takes == "flag" or operator.value not in THINGS:
                continue
            first = catalogue.first_object(kind)
            for text in show_values(condition.values, operator, first, visit.show):
                is_said = operator.value not in _LISTS
                yield text if is_said else f"{operator.value}:{text}"


async def name_things(visit: Visit, things: Iterable[str]) -> Names:
    """The name of each thing that has one and may be seen."""
    wanted = list(dict.fromkeys(things))
    names: dict[str, str] = {}
    for kind, path in _LISTS.items():
        ids = [each.partition(":")[2] for each in wanted if each.startswith(f"{kind}:")]
        names |= await _name_listed(visit, kind, path, ids[:_LIST_MAX])
    single = [each for each in wanted if each.partition(":")[0] in _PATHS and ":@" not in each]
    found = await asyncio.gather(*(_name_one(visit, each) for each in single[:ASKED_MAX]))
    return names | {each: name for each, name in zip(single, found, strict=False) if name}


async def _name_listed(visit: Visit, kind: str, path: str, ids: list[str]) -> dict[str, str]:
    if not ids:
        return {}
    wanted = [(f"filters[id][conditions][$in][{at}]", each) for at, each in enumerate(ids)]
    body = await ask_quietly(visit.api.get(path, [("limit", str(_LIST_MAX)), *wanted])) or {}
    rows = body.get("data") or ()
    return {f"{kind}:{each['id']}": str(each.get("name") or each["id"]) for each in rows}


async def _name_one(visit: Visit, thing: str) -> str:
    kind, _, name = thing.partition(":")
    body = await ask_quietly(visit.api.get(_PATHS[kind].format(escape_segment(name))))
    if body is None:
        return ""
    return str(body.get("name") or body.get("sku") or body.get("source_id") or name)
