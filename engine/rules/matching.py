"""Whether a line of an order is a product, a SKU or one of a collection, however it is named."""

from collections.abc import Callable, Iterable, Iterator

from engine.pricing.basket import Line
from engine.rules.facts import Facts, is_plain
from engine.rules.refs import COLLECTION, Ref

#: Whether a line is one of the items that are asked for.
Match = Callable[[Facts, Line], bool]


def match_of(refs: Iterable[Ref]) -> Match:
    """Whether a line is any of these. A product is also meant by its SKUs."""
    products: set[str] = set()
    skus: set[str] = set()
    collections: list[str] = []
    by_id = True
    for ref in refs:
        names = {name for name in (ref.id, ref.source_id) if name}
        by_id = by_id and _has_own_id(ref)
        if ref.object == COLLECTION:
            collections.append(ref.id)
            continue
        if ref.object != "sku":
            products |= names
        if ref.object != "product":
            skus |= names

    def match(facts: Facts, line: Line) -> bool:
        item = line.item
        if item.product_id in products or item.sku_id in skus:
            return True
        if not (by_id and is_plain(item)) and (
            not products.isdisjoint(facts.products(line)) or not skus.isdisjoint(facts.skus(line))
        ):
            return True
        return bool(collections) and any(facts.in_collection(each, line) for each in collections)

    return match


def _has_own_id(ref: Ref) -> bool:
    """Whether it is named by an id of this system's, so that the catalogue need not be asked."""
    return ref.object == COLLECTION or ref.id.startswith(("prod_", "sku_"))


class Numbered:
    """Which of many references a line is, by their numbers from 0.

    Names are looked up, so a thousand of them cost a line no more than a few; only collections are
    asked one by one.
    """

    __slots__ = ("_by_id", "_collections", "_products", "_skus")

    def __init__(self, refs: Iterable[Ref]) -> None:
        self._products: dict[str, list[int]] = {}
        self._skus: dict[str, list[int]] = {}
        self._collections: list[tuple[int, str]] = []
        self._by_id = True
        for number, ref in enumerate(refs):
            self._by_id = self._by_id and _has_own_id(ref)
            if ref.object == COLLECTION:
                self._collections.append((number, ref.id))
                continue
            for name in {name for name in (ref.id, ref.source_id) if name}:
                if ref.object != "sku":
                    self._products.setdefault(name, []).append(number)
                if ref.object != "product":
                    self._skus.setdefault(name, []).append(number)

    def first(self, facts: Facts, line: Line) -> int | None:
        """The number of the first reference that the line is; None: it is none."""
        found = min(self._numbers_named(facts, line), default=None)
        for number, collection in self._collections:
            if found is not None and found < number:
                break
            if facts.in_collection(collection, line):
                return number
        return found

    def every(self, facts: Facts, line: Line) -> set[int]:
        """The numbers of all references that the line is."""
        within = (n for n, each in self._collections if facts.in_collection(each, line))
        return {*self._numbers_named(facts, line), *within}

    def _numbers_named(self, facts: Facts, line: Line) -> Iterator[int]:
        item = line.item
        yield from self._products.get(item.product_id or "", ())
        yield from self._skus.get(item.sku_id or "", ())
        if not (self._by_id and is_plain(item)):
            for name in facts.products(line):
                yield from self._products.get(name, ())
            for name in facts.skus(line):
                yield from self._skus.get(name, ())
