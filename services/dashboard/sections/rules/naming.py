"""How things that rules name are called, once that was asked."""

from collections.abc import Mapping

#: By `segment:seg_1`, `product:prod_1`.
Names = Mapping[str, str]


def name_of(names: Names, thing: str) -> str:
    """How a thing is called, else its id."""
    return names.get(thing) or thing.partition(":")[2].removeprefix("@")
