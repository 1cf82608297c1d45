"""How rules name items, collections and segments."""

from typing import Any, NamedTuple

COLLECTION = "products_collection"


class Ref(NamedTuple):
    """An item or a collection as a rule names it; without an object, a product or a SKU."""

    id: str
    object: str | None = None
    source_id: str | None = None


def ref_of(value: Any) -> Ref | None:
    """What a condition names: an id, or an object with one; None: neither."""
    if isinstance(value, str) and value:
        return Ref(value)
    if not isinstance(value, dict) or not isinstance(value.get("id"), str) or not value["id"]:
        return None
    named = value.get("object")
    if value.get("type") == COLLECTION:
        named = COLLECTION
    source_id = value.get("source_id")
    return Ref(
        value["id"],
        named if isinstance(named, str) else None,
        source_id if isinstance(source_id, str) else None,
    )
