"""A whole installation in one process: clients, writers, readers and everything that goes wrong.

Every choice comes from one seed, so a failing seed replays exactly. The writers and the readers are
the real ones; only the log, the network and the processes around them are simulated.
"""

from collections.abc import Coroutine, Sequence
from random import Random
from typing import Any

import msgspec

from engine.kernel.ids import new_id
from runtime.log.log import Entry, StoredEntry
from schemas.api import GiftSpend, OrderInput, Redeemable, SessionInput
from schemas.base import Millis
from schemas.commands import Command, CommandBody
from schemas.discounts import Discount
from schemas.expiry import ExpireDue
from schemas.projects import OpenProject
from schemas.redemptions import RedeemStack, RollBackRedemption
from schemas.sessions import LockSession, ReleaseSession
from schemas.topics import COMMANDS, LEDGER
from schemas.vouchers import CreateVoucher, Gift, Voucher
from services.redemption.ledger.writer import Writer
from tests.simulation.fronts import DRAWN, Handover, Reading
from tests.simulation.machines import Host, ReaderHost
from tests.simulation.network import SimLog
from tests.simulation.scheduler import Scheduler, Task, pause

PROJECT = "p"
QUANTITIES = {"A": 2, "B": 4, "C": 7}
GIFT, GIFT_AMOUNT = "G", 1000
ORDER = OrderInput(amount=10_000)
START_MS = 1_700_000_000_000
DEADLINE_MS = 10_000
HOSTS = 3
READERS = 2


class World:
    """See the module. `stormy` is whether things go wrong."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.stormy = True
        self.clock_ms = START_MS
        self.starts = 0
        self.scheduler = Scheduler(self.random)
        self.log = SimLog(self)
        self.hosts = [Host(self, f"h{n}") for n in range(HOSTS)]
        self.buried = 0
        self.sent: list[Command] = []
        #: Every command that reached the log, with its offset and the time of its arrival.
        self.appended: list[tuple[int, Millis, Command]] = []
        self.handovers: list[Handover] = []
        self.readings: list[Reading] = []
        self.disasters = self.random.random() < 0.4
        self.readers = [ReaderHost(self) for _ in range(READERS)]
        self._seed_entities()

    def spawn(self, coroutine: Coroutine[Any, Any, int]) -> Task:
        return self.scheduler.spawn("append", coroutine)

    async def bury(self, entries: Sequence[Entry]) -> None:
        await pause()
        self.buried += len(entries)

    def draw_fate(self) -> str:
        if not self.stormy or self.random.random() < 0.8:
            return "well"
        return self.random.choice(("lost", "late", "unacknowledged", "without offset"))

    def command(self, body: CommandBody, *, command_id: str | None = None) -> Command:
        number = len(self.sent)
        command = Command(
            id=command_id or f"idem_{number}",
            project=PROJECT,
            sent_at=self.clock_ms,
            deadline=self.clock_ms + DEADLINE_MS,
            seed=f"{self.random.getrandbits(128):032x}",
            key_kind="server",
            fingerprint=f"f{number}",
            body=body,
        )
        self.sent.append(command)
        return command

    def append(self, command: Command) -> None:
        entry = Entry(PROJECT.encode(), msgspec.json.encode(command))
        offset = self.log.append(COMMANDS, 0, [entry])
        self.appended.append((offset, self.clock_ms, command))

    def _seed_entities(self) -> None:
        self.append(self.command(OpenProject()))
        for code, quantity in QUANTITIES.items():
            voucher = Voucher(
                id="",
                code=code,
                type="DISCOUNT_VOUCHER",
                created_at=0,
                discount=Discount(type="AMOUNT", amount_off=100),
                quantity=quantity,
            )
            self.append(self.command(CreateVoucher(voucher)))
        gift = Voucher(
            id="",
            code=GIFT,
            type="GIFT_VOUCHER",
            created_at=0,
            gift=Gift(amount=GIFT_AMOUNT, balance=GIFT_AMOUNT),
        )
        self.append(self.command(CreateVoucher(gift)))

    # What happens, one thing at a time.

    def tick(self) -> None:
        """One thing happens."""
        draw = self.random.random()
        if draw < 0.82:
            self.scheduler.step()
        elif draw < 0.885:
            self.client_acts()
        elif draw < 0.92:
            self.front_acts()
        elif draw < 0.955:
            self.process_acts()
        elif draw < 0.97:
            self.clock_ms += self.random.choice((1, 100, 3000, 9000))
        elif draw < 0.985:
            self.network_acts()
        elif self.disasters and draw > 0.993:
            self.disaster()

    def client_acts(self) -> None:
        draw = self.random.random()
        chosen = [each for each in self.sent[6:] if not each.id.startswith(DRAWN)]
        if draw < 0.12 and chosen:
            again = self.random.choice(chosen)
            changed = {"fingerprint": "other"} if self.random.random() < 0.3 else {}
            now = self.clock_ms
            self.submit(
                msgspec.structs.replace(again, sent_at=now, deadline=now + DEADLINE_MS, **changed)
            )
            return
        if draw < 0.16:
            self.log.append(COMMANDS, 0, [Entry(b"p", self.random.choice((b"\xff", b"{", b"[]")))])
            return
        drawn = f"{DRAWN}{len(self.sent)}" if self.random.random() < 0.5 else None
        command = self.command(self._any_body(), command_id=drawn)
        if self.random.random() < 0.08:
            self.clock_ms += DEADLINE_MS + 1
        self.submit(command)

    def submit(self, command: Command) -> None:
        """Sends a command, from a front beside a writer or from another."""
        made = self.random.choice(self.hosts).hand_over(command)
        is_once = command.id.startswith(DRAWN)
        if made is None or (not is_once and self.random.random() < 0.1):
            self.append(command)
        if made is not None:
            self.handovers.append(made)

    def front_acts(self) -> None:
        """A client gives up, or reads."""
        waiting = [each for each in self.handovers if each.is_waiting]
        if waiting and self.random.random() < 0.3:
            self.random.choice(waiting).give_up()
            return
        reading = self.random.choice(self.hosts).read()
        if reading is not None:
            self.readings.append(reading)

    def _any_body(self) -> CommandBody:
        draw = self.random.random()
        codes = self.random.sample(sorted(QUANTITIES), self.random.choice((1, 1, 2)))
        redeemables = tuple(Redeemable("voucher", code) for code in codes)
        session = SessionInput(key=self.random.choice("st"), ttl=5.0, ttl_unit="SECONDS")
        if draw < 0.15:
            return LockSession(self._with_gift(redeemables), order=ORDER, session=session)
        if draw < 0.18:
            return ReleaseSession(codes[0], "s")
        if draw < 0.20:
            return ExpireDue()
        if draw < 0.28:
            victim = self.random.choice(self.sent)
            return RollBackRedemption(new_id(victim.seed, "r_", 0))
        own = session if self.random.random() < 0.2 else None
        return RedeemStack(self._with_gift(redeemables), order=ORDER, session=own)

    def _with_gift(self, redeemables: tuple[Redeemable, ...]) -> tuple[Redeemable, ...]:
        if self.random.random() < 0.6:
            return redeemables
        spend = GiftSpend(self.random.randrange(1, GIFT_AMOUNT // 2))
        return (*redeemables, Redeemable("voucher", GIFT, gift=spend))

    def process_acts(self) -> None:
        host = self.random.choice(self.hosts)
        draw = self.random.random()
        if not host.running:
            if draw < 0.15 and host.backups:
                host.disk.put_back(self.random.choice(host.backups))
            host.start()
        elif draw < 0.35:
            host.crash()
        elif draw < 0.5:
            assert host.writer is not None
            host.writer.stopping = True
        elif draw < 0.7:
            host.backups.append(host.disk.store.copy())
        for reader in self.readers:
            reader.revive()

    def network_acts(self) -> None:
        if self.log.late:
            topic, partition, entries = self.log.late.pop(self.random.randrange(len(self.log.late)))
            self.log.append(topic, partition, entries)

    def disaster(self) -> None:
        draw = self.random.random()
        if draw < 0.4:
            end = len(self.ledger())
            lost = self.random.choice((0, 1, 2, 5))
            self.log.restart_broker(ledger_end=max(0, end - lost))
        elif draw < 0.7:
            self.log.reset_commands()
        else:
            start, end = self.command_bounds()
            self.log.drop_before(COMMANDS, 0, self.random.randint(start, end))

    def ledger(self) -> Sequence[StoredEntry]:
        return self.log.since(LEDGER, 0, 0, 10**9)

    def command_bounds(self) -> tuple[int, int]:
        found = self.log._partition(COMMANDS, 0)
        return found.start, found.end

    # The calm after.

    def settle(self) -> Writer:
        """Ends the storm; one writer decides everything that is left, the readers catch up."""
        self.stormy = False
        while self.log.late:
            self.network_acts()
        for host in self.hosts:
            host.check()
            if host.running:
                host.crash()
        host = self.random.choice(self.hosts)
        host.start()
        writer = host.writer
        assert writer is not None and host.task is not None
        task = host.task

        def decided() -> bool:
            if task.fault is not None:
                raise AssertionError(f"the last writer failed: {task.fault!r}")
            return writer.serving and (
                writer.replica.position.command_offset + 1 == self.command_bounds()[1]
            )

        assert self.scheduler.run_until(decided, 40_000), "commands were left undecided"
        self._end_at_front(host)
        end = len(self.ledger())

        def caught_up() -> bool:
            for reader in self.readers:
                reader.revive()
            return all(each.followed.position + 1 == end for each in self.readers)

        assert self.scheduler.run_until(caught_up, 40_000), "a reader did not reach the end"
        return writer

    def _end_at_front(self, host: Host) -> None:
        """In the calm, whoever hands over is answered, and whoever reads sees it."""
        for _ in range(3):
            made = host.hand_over(self.command(self._any_body()))
            assert made is not None
            self.handovers.append(made)

        def answered() -> bool:
            return all(each.told is not None for each in self.handovers[-3:])

        assert self.scheduler.run_until(answered, 40_000), "a client was left without an answer"
        if host.reading is not None:
            self.scheduler.run_until(lambda: host.reading is None or host.reading.done, 40_000)
        reading = host.read()
        assert reading is not None, "a reader waits for ever"
        self.readings.append(reading)
        assert self.scheduler.run_until(lambda: reading.is_proven, 40_000), "nothing is fresh"
        self._depose(host)

    def _depose(self, host: Host) -> None:
        """Another writer takes over from an idle one, whose front must not wait for ever."""
        other = self.random.choice([each for each in self.hosts if each is not host])
        other.start()
        successor = other.writer
        assert successor is not None
        assert self.scheduler.run_until(lambda: successor.serving, 40_000), "nobody takes over"
        reading = host.read()

        def ended() -> bool:
            return not host.running or (reading is not None and reading.is_proven)

        assert self.scheduler.run_until(ended, 40_000), "a deposed front waits for ever"
        host.check()
