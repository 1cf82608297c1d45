"""The keys that a request has, of those that sets of rules are kept under."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from engine.formulas.operands import property_of
from engine.kernel import tables
from engine.qualification.keys import (
    AMOUNT,
    ANYTHING,
    IN_COLLECTION,
    ITEM,
    METADATA,
    SEGMENT,
    bucket_of,
    value_keys,
)
from engine.rules.facts import Facts
from schemas.qualifications import CandidateKind, RuleKey, Space


def request_keys(
    facts: Facts, space: Space, kinds: Iterable[CandidateKind]
) -> Iterator[tuple[CandidateKind, RuleKey]]:
    """What may have to be looked at, for each kind: never less than what can be met.

    A collection or a segment costs the question whether the request is in it, whatever else names
    it; everything else a look-up.
    """
    names = tuple(
        dict.fromkeys(
            name for line in facts.lines for name in (*facts.products(line), *facts.skus(line))
        )
    )

    @cache
    def holds_one_of(collection_id: str) -> bool:
        return any(facts.in_collection(collection_id, line) for line in facts.lines)

    is_in = cache(facts.in_segment)
    for kind in kinds:
        yield kind, ANYTHING
        if space != "audience":
            for key in _items(facts, space, kind, names, holds_one_of):
                yield kind, key
        if space != "products":
            for segment_id in facts.view.scan(tables.RULE_SUBJECTS, space, kind, SEGMENT):
                if is_in(segment_id):
                    yield kind, RuleKey(SEGMENT, segment_id)
            for key in _metadata(facts, space, kind):
                yield kind, key
        if space == "all":
            for key in _amounts(facts, kind):
                yield kind, key


def _items(
    facts: Facts,
    space: Space,
    kind: CandidateKind,
    names: tuple[str, ...],
    holds_one_of: Callable[[str], bool],
) -> Iterator[RuleKey]:
    for name in names:
        if facts.view.get(tables.RULE_SUBJECTS, space, kind, ITEM, name) is not None:
            yield RuleKey(ITEM, name)
    if names:
        for collection_id in facts.view.scan(tables.RULE_SUBJECTS, space, kind, IN_COLLECTION):
            if holds_one_of(collection_id):
                yield RuleKey(IN_COLLECTION, collection_id)


def _metadata(facts: Facts, space: Space, kind: CandidateKind) -> Iterator[RuleKey]:
    said = (facts.customer_metadata, facts.basket.initial.metadata, facts.redemption_metadata)
    for named, metadata in zip(METADATA, said, strict=True):
        if not metadata:
            continue
        for name in facts.view.scan(tables.RULE_SUBJECTS, space, kind, named):
            yield from dict.fromkeys(value_keys(named, name, property_of(metadata, name)))


def _amounts(facts: Facts, kind: CandidateKind) -> Iterator[RuleKey]:
    amount = facts.basket.amount
    if not amount:
        return
    last = bucket_of(amount)
    for bucket in facts.view.scan(tables.RULE_SUBJECTS, "all", kind, AMOUNT):
        if bucket > last:
            return
        yield RuleKey(AMOUNT, bucket)
