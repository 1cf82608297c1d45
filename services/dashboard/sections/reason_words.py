"""What the ids and fields of reasons are called, so that whoever reads why need not look them up."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from services.dashboard.sections.rules.names import name_things
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit

#: How many sets of rules are asked for; of an answer that names more, the rest stand by their ids.
SETS_MAX: Final = 30
#: What ids begin with, and the kind of thing that they are of.
_KINDS: Final = {
    "seg_": "segment",
    "loc_": "location",
    "prod_": "product",
    "sku_": "sku",
    "pc_": "products_collection",
}


async def find_reason_words(
    visit: Visit, told: Iterable[Mapping[str, Any] | None]
) -> Mapping[str, str]:
    """Names of sets, things and fields in explanations, as far as they may be seen.

    `told`: members `explanation` as the API gives them with errors. Nothing is asked for where no
    rule refused.
    """
    violations = [
        each
        for explanation in told
        for each in (explanation or {}).get("violations") or ()
        if isinstance(each, Mapping)
    ]
    if not violations or not visit.may("rules.read"):
        return {}
    sets = {
        str(each["validation_rule_id"]) for each in violations if each.get("validation_rule_id")
    }
    things = {f"{_KINDS[start]}:{each}": each for start, each in _ids(violations)}
    fields, named, called = await asyncio.gather(
        ask_quietly(visit.api.get("/v1/validation-rules/fields")),
        _name_sets(visit, sorted(sets)[:SETS_MAX]),
        name_things(visit, things),
    )
    words = {each["name"]: each["label"] for each in (fields or {}).get("fields") or ()}
    return words | named | {things[each]: name for each, name in called.items() if each in things}


async def _name_sets(visit: Visit, ids: list[str]) -> dict[str, str]:
    if not ids:
        return {}
    wanted = [(f"filters[id][conditions][$in][{at}]", each) for at, each in enumerate(ids)]
    asked = visit.api.get("/v1/validation-rules", [("limit", str(len(ids))), *wanted])
    rows = ((await ask_quietly(asked)) or {}).get("data") or ()
    return {str(each["id"]): str(each.get("name") or each["id"]) for each in rows}


def _ids(value: Any) -> Iterator[tuple[str, str]]:
    """Texts within that are ids of things, with what they begin with."""
    if isinstance(value, str):
        start = f"{value.partition('_')[0]}_"
        if start in _KINDS:
            yield start, value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _ids(each)
    elif isinstance(value, list):
        for each in value:
            yield from _ids(each)
