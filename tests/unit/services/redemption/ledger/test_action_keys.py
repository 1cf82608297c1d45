"""The key that seals an action's rows is destroyed when the action ends; the log folds as before."""

import time
from collections.abc import Sequence
from typing import cast

import pytest

from engine.fold import StateFold
from engine.kernel import tables
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.sender import Sender
from runtime.replica.replica import Replica
from runtime.store.store import MemoryStore, Store
from schemas.actions import GiveUpAction, ImportCustomers, RunChunk, StageRows, StartAction
from schemas.commands import CommandBody
from schemas.projects import OpenProject
from schemas.topics import CUSTOMER_KEYS
from services.redemption.ledger.eraser import Eraser, EraserOutfit
from services.redemption.ledger.serving import Serving
from tests.unit.services.redemption.ledger.test_writer import PROJECT, Disk, Ledger

ACTION = "aa_1"
WRAPPING = b"k" * 32
BEGUN: tuple[CommandBody, ...] = (
    OpenProject(),
    StageRows(ACTION, 0, ({"do": {"source_id": "ann"}}, {"do": {"source_id": "ben"}})),
    StageRows(ACTION, 1, ({"do": {"source_id": "cid"}},), 3),
    StartAction(ACTION, "CUSTOMERS.IMPORT", ImportCustomers(), 3, 2),
    RunChunk(ACTION, 0),
)


async def ledger_of(*bodies: CommandBody) -> Ledger:
    """A ledger that decided these commands."""
    ledger = Ledger()
    for number, body in enumerate(bodies):
        ledger.ask(body, f"cmd_{number}")
    await ledger.serve()
    return ledger


async def erase(ledger: Ledger) -> None:
    """Destroys what is to be destroyed, and has that decided."""
    sender = Sender(ledger.log)
    keyring = Keyring(ledger.log, MemoryStore(), WRAPPING)

    async def forget(owners: Sequence[str]) -> None:
        await keyring.forget(owners, sender)

    async def keep_commands(_: int, __: int) -> None:
        return

    replica = ledger.writer.replica
    position = replica.position
    fold = cast("StateFold", replica.fold)
    serving = Serving(0, fold, position.command_offset, position.chain.position)
    outfit = EraserOutfit(
        forget=forget,
        delete_commands=keep_commands,
        send=sender.send,
        encode=ledger.codec.encode_command,
        clock_ms=lambda: time.time_ns() // 1_000_000,
    )
    await Eraser(lambda: [serving], outfit).look()
    await sender.close()
    ledger.writer.stopping = False
    await ledger.serve()


def owners(ledger: Ledger) -> set[str]:
    """Who has a key."""
    entries = ledger.log.since(CUSTOMER_KEYS, 0, 0, 10**9)
    latest = {each.key.decode(): each.value for each in entries}
    return {key.rpartition("/")[0] for key, value in latest.items() if value}


def content(store: Store) -> dict[bytes, bytes]:
    """What a state holds, its position aside."""
    return {key: value for key, value in store.scan(b"") if not key.startswith(b"~")}


@pytest.mark.parametrize(
    ("end", "made"),
    [(RunChunk(ACTION, 1), 3), (GiveUpAction(ACTION, 1, "broken"), 2)],
    ids=["done", "given up"],
)
async def test_a_reader_that_begins_anew_after_the_end_has_the_same_state(
    end: CommandBody, made: int
) -> None:
    ledger = await ledger_of(*BEGUN)
    assert f"{PROJECT}/{ACTION}" in owners(ledger)
    ledger = await ledger_of(*BEGUN, end)
    await erase(ledger)
    assert f"{PROJECT}/{ACTION}" not in owners(ledger)
    assert len(owners(ledger)) == made  # the customers

    codec = Codec(Keyring(ledger.log, MemoryStore(), WRAPPING), Sender(ledger.log))
    anew = Replica(ledger.log, 0, Disk(), StateFold, codec)
    await anew.catch_up()
    live = content(ledger.writer.replica.store)
    assert content(anew.store) == live
    assert not [key for key in live if key.startswith((b"staged", b"erasure"))]
    view = cast("StateFold", anew.fold).view(PROJECT)
    people = [each.personal.data for each in view.scan(tables.CUSTOMERS)]
    named = sorted(each.source_id or "" for each in people if each is not None)
    assert named == ["ann", "ben", "cid"][:made]
