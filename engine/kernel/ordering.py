"""Whether ids put things in an order: all of them, each once."""

from collections.abc import Sequence

from schemas.errors import Refusal, not_found, refuse


def check_order(ids: Sequence[str], known: Sequence[str], kind: str) -> Refusal | None:
    """The refusal of an order that names something twice, something unknown, or not everything."""
    named: set[str] = set()
    for each in ids:
        if each in named:
            return refuse("invalid_payload", f"Property `.ids` names {each} twice")
        named.add(each)
    there = set(known)
    unknown = next((each for each in ids if each not in there), None)
    if unknown is not None:
        return not_found(kind, unknown)
    missing = next((each for each in known if each not in named), None)
    if missing is not None:
        return refuse("invalid_payload", f"Property `.ids` does not name {missing}")
    return None
