"""Items that a discount is for, with their limits, and the items that make up a bundle."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import FormData

from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.show import read_minor, write_minor
from services.dashboard.sections.rules.form_text import read_json, text_of

#: Members of an entry that are amounts in minor units, and that are counts.
MONEY: Final = ("price", "amount_limit", "aggregated_amount_limit")
COUNTS: Final = ("quantity_limit", "aggregated_quantity_limit", "repeat", "skip_initially")
CHOICES: Final = ("effect", "target")
_FORMULA: Final = "price_formula"
_DEFAULTS: Final[Mapping[str, Any]] = {
    "effect": "APPLY_TO_EVERY",
    "target": "ITEM",
    "repeat": 1,
    "skip_initially": 0,
}
#: Members that tell of the item, and go when it is another one.
_OF_ITEM: Final = ("source_id", "product_id", "product_source_id")
ENTRIES_MAX: Final = 500


@dataclass(slots=True)
class Entry:
    """An item in one of the two lists; `raw` is what the API gave."""

    id: int
    where: str
    #: `product:prod_1`, `sku:@red-shirt` by its source id; empty: none chosen yet.
    item: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)
    #: What was typed, by member.
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Bundle:
    """Items with quantities, how often the bundle counts, and what else the API gave."""

    parts: list[tuple[str, int]] = field(default_factory=list)
    limit: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


def item_of(body: Mapping[str, Any]) -> str:
    """How an item is named in a form."""
    name = body.get("id") or (f"@{body['source_id']}" if body.get("source_id") else "")
    return f"{body.get('object') or 'product'}:{name}" if name else ""


def item_body(item: str) -> dict[str, Any]:
    """The same as the API takes it."""
    named, _, name = item.partition(":")
    if name.startswith("@"):
        return {"object": named, "source_id": name[1:]}
    return {"object": named, "id": name}


def text_members() -> Iterable[str]:
    """The members of an entry that a form has."""
    return (*MONEY, *COUNTS, *CHOICES, _FORMULA)


def read_entry_lists(items: Mapping[str, Any]) -> list[Entry]:
    """The entries of both lists."""
    found: list[Entry] = []
    for where in ("included", "excluded"):
        listed = items.get(where) or []
        for body in listed.get("data", []) if isinstance(listed, Mapping) else listed:
            found.append(Entry(len(found) + 1, where, item_of(body), body, _texts_of(body)))
    return found


def _texts_of(body: Mapping[str, Any]) -> dict[str, str]:
    texts = {name: write_minor(body.get(name)) for name in MONEY}
    for name in (*COUNTS, *CHOICES, _FORMULA):
        value = body.get(name, _DEFAULTS.get(name))
        texts[name] = "" if value is None else str(value)
    return texts


def read_entries(form: FormData) -> list[Entry]:
    """The entries that a form holds."""
    found: list[Entry] = []
    for said in form.getlist("entry")[:ENTRIES_MAX]:
        where, _, number = str(said).partition(":")
        if read_whole(number) is None or where not in ("included", "excluded"):
            continue
        raw = read_json(form, f"entry_raw-{number}")
        texts = _texts_of(raw) | {
            name: text_of(form, f"{name}-{number}")
            for name in text_members()
            if f"{name}-{number}" in form
        }
        found.append(Entry(int(number), where, text_of(form, f"item-{number}"), raw, texts))
    return found


def write_entries(entries: Iterable[Entry], *, includes_all: bool) -> dict[str, Any]:
    """`applicable_to` as the API takes it; nothing where no item is named."""
    body: dict[str, Any] = {}
    for entry in entries:
        if entry.item:
            body.setdefault(entry.where, []).append(_write_entry(entry))
    return body | {"included_all": includes_all} if body or includes_all else {}


def _write_entry(entry: Entry) -> dict[str, Any]:
    is_same = item_of(entry.raw) == entry.item
    body = {name: value for name, value in entry.raw.items() if is_same or name not in _OF_ITEM}
    if not is_same:
        body.pop("id", None)
        body |= item_body(entry.item)
    before = _texts_of(entry.raw)
    for name, text in entry.texts.items():
        if text == before.get(name) and name in entry.raw:
            continue
        if text == before.get(name) or not text:
            body.pop(name, None)
        else:
            body[name] = _value_of(name, text)
    return body


def _value_of(name: str, text: str) -> Any:
    if name in MONEY:
        minor = read_minor(text)
        return text if minor is None else minor
    if name in COUNTS:
        count = read_whole(text)
        return text if count is None else count
    return text


def read_bundle(rules: Mapping[str, Any]) -> Bundle:
    """A bundle as the API shows it."""
    parts = []
    for number, rule in rules.items():
        if number in ("limit", "logic") or not isinstance(rule, Mapping):
            continue
        (asked, *_) = (rule.get("conditions") or {}).get("$is") or [{}]
        named = asked if isinstance(asked, Mapping) else {"id": asked, "object": "product"}
        within = [each for name, each in (rule.get("rules") or {}).items() if name != "logic"]
        said = (within[0].get("conditions") or {}).get("$is") if within else [1]
        parts.append((item_of(named), int((said or [1])[0])))
    limit = rules.get("limit")
    return Bundle(parts, "" if limit is None else str(limit), rules)


def take_bundle(form: FormData, raw: Mapping[str, Any]) -> Bundle:
    """The bundle that a form holds."""
    count = text_of(form, "bundle_parts")
    parts = []
    for at in range(min(read_whole(count) or 0, 200)):
        quantity = text_of(form, f"bundle_quantity-{at}")
        pieces = read_whole(quantity)
        parts.append((text_of(form, f"bundle_item-{at}"), 1 if pieces is None else pieces))
    return Bundle(parts, text_of(form, "bundle_limit"), raw)


def write_bundle(bundle: Bundle) -> dict[str, Any]:
    """`bundle_rules` as the API takes it; as it was, where nothing was changed."""
    before = read_bundle(bundle.raw)
    if (before.parts, before.limit) == (bundle.parts, bundle.limit):
        return dict(bundle.raw)
    body: dict[str, Any] = {}
    for number, (item, quantity) in enumerate((each for each in bundle.parts if each[0]), 1):
        body[str(number)] = {
            "name": "order.items.any",
            "conditions": {"$is": [item_body(item)]},
            "rules": {
                "1": {
                    "name": "order.items.aggregated_quantity",
                    "conditions": {"$is": [quantity]},
                },
                "logic": "1",
            },
        }
    if body:
        body["logic"] = " and ".join(body)
        if bundle.limit:
            limit = read_whole(bundle.limit)
            body["limit"] = bundle.limit if limit is None else limit
    return body


def keep(value: Any) -> str:
    """What a hidden field keeps of what the API gave."""
    return json.dumps(value, ensure_ascii=False)
