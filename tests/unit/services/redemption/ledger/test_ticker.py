"""The ticker: what is due is swept once, and a state in which nothing changed is not looked through."""

import msgspec
import pytest

from engine.expiry import next_due
from engine.kernel.state import View
from runtime.log.log import Entry, Unsent
from schemas.actions import StageRows
from schemas.base import Millis
from schemas.commands import Command
from schemas.expiry import ExpireDue
from services.redemption.ledger import ticker as module
from services.redemption.ledger.serving import Serving
from services.redemption.ledger.ticker import Ticker
from tests.unit.engine.background.test_actions import new
from tests.unit.engine.world import PROJECT, World

PARTITION = 3


class Ticking:
    """A world and its ticker, by a clock that a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = World()
        self.world.when(StageRows("aa_1", 0, (new("a"),), 1))
        self.due = next_due(self.world.view)
        self.now = self.world.now
        self.looks = 0
        #: The topic's last command that was decided, if the last records decided none of them.
        self.decided: int | None = None
        self.fault: Unsent | None = None
        self.sent: list[Command] = []
        monkeypatch.setattr(module, "next_due", self._count)
        self.ticker = Ticker(
            self._serving,
            self._send,
            msgspec.json.encode,
            clock_ms=lambda: self.now,
        )

    def _serving(self) -> list[Serving]:
        decided = self.world.offset if self.decided is None else self.decided
        return [Serving(PARTITION, self.world.fold, decided, self.world.offset)]

    def _count(self, view: View) -> Millis:
        self.looks += 1
        return next_due(view)

    async def _send(self, topic: str, partition: int, entry: Entry) -> int:
        if self.fault is not None:
            raise self.fault
        assert (topic, partition) == ("commands", PARTITION)
        self.sent.append(msgspec.json.decode(entry.value, type=Command))
        return self.world.offset + len(self.sent)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Ticking:
    return Ticking(monkeypatch)


async def test_what_is_due_is_swept_once_it_is_and_once(ticking: Ticking) -> None:
    ticking.now = ticking.due - 1
    assert not await ticking.ticker.look()
    assert ticking.sent == []
    ticking.now = ticking.due
    assert await ticking.ticker.look()
    # it is on its way
    assert await ticking.ticker.look()
    (command,) = ticking.sent
    assert (command.project, command.body) == (PROJECT, ExpireDue())
    ticking.world.now = ticking.due
    ticking.world.when(command.body, key_kind="system")
    assert not await ticking.ticker.look()
    assert len(ticking.sent) == 1


async def test_a_sweep_that_was_not_sent_is_sent_again(ticking: Ticking) -> None:
    ticking.now = ticking.due
    ticking.fault = Unsent("down")
    assert await ticking.ticker.look()
    ticking.fault = None
    assert await ticking.ticker.look()
    assert len(ticking.sent) == 1


async def test_a_state_is_looked_through_when_something_was_decided(ticking: Ticking) -> None:
    await ticking.ticker.look()
    looks = ticking.looks
    for _ in range(3):
        await ticking.ticker.look()
    assert ticking.looks == looks
    ticking.world.when(StageRows("aa_2", 0, (new("b"),), 1))
    await ticking.ticker.look()
    assert ticking.looks == 2 * looks


async def test_also_when_that_was_handed_over(ticking: Ticking) -> None:
    ticking.decided = ticking.world.offset
    await ticking.ticker.look()
    looks = ticking.looks
    ticking.world.when(StageRows("aa_2", 0, (new("b"),), 1))
    await ticking.ticker.look()
    assert ticking.looks == 2 * looks


async def test_what_is_decided_and_then_dropped_is_not_looked_at(ticking: Ticking) -> None:
    ticking.now = ticking.world.now = ticking.due
    fold, sweep = ticking.world.fold, ticking.world.command(ExpireDue(), key_kind="system")
    fold.begin()
    fold.apply(ticking.world.outcome(sweep), ticking.world.offset + 1)
    assert next_due(fold.view(PROJECT)) > ticking.due
    assert await ticking.ticker.look()
