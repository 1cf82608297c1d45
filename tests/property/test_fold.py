"""The fold: in pieces or at once, in order or not, the state comes out the same or at all."""

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.fold import StateFold
from engine.kernel import tables
from engine.kernel.state import Table, encode
from runtime.store.store import MemoryStore
from schemas.personal import Personal
from schemas.records import Decided
from schemas.vouchers import DeleteVoucher
from tests.property.play import Play
from tests.property.worlds import CODES, STEPS, VOUCHERS, Step
from tests.unit.engine.world import PROJECT, World, customer, redeem, voucher

RECORDS = Table("record", Decided)


def folded(*batches: list[tuple[int, Decided]]) -> dict[bytes, bytes]:
    """The bytes of the state after some batches of records, a store of its own for them all."""
    store = MemoryStore()
    for batch in batches:
        # a new fold reads back what the one before it wrote
        fold = StateFold(store)
        fold.begin()
        for offset, record in batch:
            fold.apply(record, offset)
        store.write(fold.commit())
    return dict(store.scan(b""))


def played(steps: list[Step], deleted: list[str]) -> tuple[World, list[tuple[int, Decided]]]:
    """A world after the steps, and its records with their offsets."""
    play = Play()
    kept: list[Decided] = []
    fold_in = play.world.fold_in

    def keep(record: Decided) -> None:
        kept.append(record)
        fold_in(record)

    play.world.fold_in = keep  # type: ignore[method-assign]
    first = play.world.offset + 1
    for number, step in enumerate(steps):
        play.step(step)
        if number < len(deleted):
            play.world.when(DeleteVoucher(deleted[number]))
        play.world.when(redeem("FREE", customer=customer(f"c{number % 3}", name=f"n{number}")))
    return play.world, list(enumerate(kept, first))


def opening() -> list[tuple[int, Decided]]:
    """The records with which every played world begins."""
    kept: list[Decided] = []

    class Kept(World):
        def fold_in(self, record: Decided) -> None:
            kept.append(record)
            super().fold_in(record)

    Kept().given(*VOUCHERS.values())
    return list(enumerate(kept))


@settings(max_examples=100)
@given(STEPS, st.lists(st.sampled_from(CODES), max_size=3), st.data())
def test_a_prefix_and_then_the_rest_is_the_same_as_all(
    steps: list[Step], deleted: list[str], data: st.DataObject
) -> None:
    world, records = played(steps, deleted)
    records = opening() + records
    cut = data.draw(st.integers(0, len(records)))
    whole = folded(records)
    assert folded(records[:cut], records[cut:]) == whole
    assert world.bytes == whole


@settings(max_examples=60)
@given(STEPS, st.lists(st.sampled_from(CODES), max_size=3))
def test_a_record_that_was_read_folds_like_the_one_that_was_written(
    steps: list[Step], deleted: list[str]
) -> None:
    _, records = played(steps, deleted)
    records = opening() + records
    read = [(offset, RECORDS.decode(encode(record))) for offset, record in records]
    assert [record for _, record in read] == [record for _, record in records]
    assert folded(read) == folded(records)


@settings(max_examples=100)
@given(STEPS, st.lists(st.sampled_from(CODES), max_size=3), st.randoms(use_true_random=False))
def test_records_fold_in_any_order_repeated_or_missing(
    steps: list[Step], deleted: list[str], chance: random.Random
) -> None:
    _, records = played(steps, deleted)
    mixed = chance.choices(opening() + records, k=len(records) + 10)
    cut = chance.randrange(len(mixed))
    assert folded(mixed[:cut], mixed[cut:]) == folded(mixed)


def test_the_state_of_a_forgotten_customer_folds() -> None:
    world = World().given(voucher("A"))
    record = world.when(redeem("A", customer=customer(name="Alice")))
    raw = msgspec.json.encode(record, enc_hook=lambda personal: {"owner": personal.owner})
    assert b"Alice" not in raw
    forgotten = msgspec.json.decode(
        raw, type=Decided, dec_hook=lambda _, value: Personal(value["owner"], None)
    )
    fold = StateFold(MemoryStore())
    fold.begin()
    fold.apply(forgotten, 1)
    [customer_id] = [each.id for each in fold.view(PROJECT).scan(tables.CUSTOMERS)]
    assert fold.view(PROJECT).get(tables.CUSTOMERS, customer_id) is not None
    assert list(fold.view(PROJECT).scan(tables.CUSTOMER_SOURCES)) == []
