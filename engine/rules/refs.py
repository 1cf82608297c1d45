"""How rules name items, collections and segments."""

from typing import Any, NamedTuple

COLLECTION = "products_collection"


class Ref(NamedTuple):
    """An item or a collection as a rule names it; without an object, a product or a SKU.

    `id` may be a source id.
    """

    id: str
    object: str | None = None
    source_id: str | None = None


def ref_of(value: Any) -> Ref | None:
    """What a condition names: an id, or an object with one or with a source id; None: neither.

    A product or a SKU may be named by its source id alone, which goes for an id then: items are
    known by both. A collection has none.
    """
    if isinstance(value, str) and value:
        return Ref(value)
    if not isinstance(value, dict):
        return None
    named = COLLECTION if value.get("type") == COLLECTION else value.get("object")
    source_id = _text(value.get("source_id"))
    found = _text(value.get("id")) or (None if named == COLLECTION else source_id)
    if found is None:
        return None
    return Ref(found, named if isinstance(named, str) else None, source_id)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
