"""The fetches of all readers of a process: few requests, and none while nothing comes.

A fetch waits at the broker until a record comes, on a connection that is good for nothing else
meanwhile. So all readers that wait for long share one request over all their partitions. One that
comes while it is under way gets a request of its own, which ends no later than the other; those
that then still have nothing to read join it. Whoever reads a stream, or does not want to wait, is
never held up by the others.

A broker gives the first partition of a request what lies there, however large; one that got
nothing although it goes on asks again alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from runtime.kafka.wire import Fetched, Unreadable, Wire
from runtime.log.log import LogError, Place

#: Who waits for less has a request alone.
SHARED_WAIT_MS_MIN = 1000
#: How long those who got nothing wait for one another before they ask again.
COMPANY_SECONDS = 0.01
#: A request that would have to end sooner does not end with another one.
TOGETHER_SECONDS_MIN = 0.1
#: How many connections are kept for the next request.
IDLE_WIRES_MAX = 2


@dataclass(slots=True, eq=False)
class Wanted:
    """What one reader wants, and what becomes of it; `until` is by the loop's clock."""

    place: Place
    offset: int
    bytes_max: int
    until: float
    alone: bool
    found: "asyncio.Future[Fetched]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def tell(self, answer: Fetched | LogError) -> None:
        """Ends the wait, if it has not ended."""
        if self.found.done():
            return
        if isinstance(answer, LogError):
            self.found.set_exception(answer)
        else:
            self.found.set_result(answer)


class Fetches:
    """`open_wire` opens connections, at first to the leader of that partition. Raises LogError."""

    def __init__(self, open_wire: Callable[[Place], Awaitable[Wire]]) -> None:
        self._open_wire = open_wire
        self._wanted: list[Wanted] = []
        self._idle: list[Wire] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        #: When the request ends that waits longest, by the loop's clock.
        self._ends_at = 0.0

    async def fetch(
        self, place: Place, offset: int, *, bytes_max: int, wait_ms: int, patient: bool
    ) -> Fetched:
        """What lies at `offset`; nothing when none came within `wait_ms`, or sooner.

        Raises what `Wire.fetch` does. `patient` says that nothing came last time.
        """
        loop = asyncio.get_running_loop()
        alone = wait_ms < SHARED_WAIT_MS_MIN
        wanted = Wanted(place, offset, bytes_max, loop.time() + wait_ms / 1000, alone)
        self._wanted.append(wanted)
        if not patient or alone:
            self._send()
        elif self._timer is None:
            self._timer = loop.call_later(COMPANY_SECONDS, self._send)
        return await wanted.found

    async def close(self) -> None:
        """Closes every connection; whoever waits is told."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for wanted in self._wanted:
            wanted.tell(LogError(f"{wanted.place}: reading was ended"))
        self._wanted.clear()
        while self._idle:
            await self._idle.pop().close()

    def _send(self) -> None:
        """Sends what is wanted: together what may be, and each partition once in a request."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        wanted = [each for each in self._wanted if not each.found.done()]
        self._wanted.clear()
        together: dict[Place, Wanted] = {}
        for each in wanted:
            if each.alone or each.place in together:
                self._start([each])
            else:
                together[each.place] = each
        if together:
            self._start(list(together.values()))

    def _start(self, wanted: Sequence[Wanted]) -> None:
        task = asyncio.create_task(self._ask(wanted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, wanted: Sequence[Wanted]) -> None:
        left = set(wanted)

        def tell(each: Wanted, answer: Fetched | LogError) -> None:
            left.discard(each)
            if isinstance(answer, Unreadable) and len(wanted) > 1:
                each.alone = True
                self._start([each])
            else:
                each.tell(answer)

        wire: Wire | None = None
        try:
            wire = self._idle.pop() if self._idle else await self._open_wire(wanted[0].place)
            is_sound = await wire.fetch_all(wanted, self._wait_ms(wanted), tell)
            if is_sound and len(self._idle) < IDLE_WIRES_MAX:
                self._idle.append(wire)
                wire = None
        except LogError as fault:
            _tell_all(left, fault)
        finally:
            _tell_all(left, LogError("a fetch was broken off"))
            if wire is not None:
                await wire.close()

    def _wait_ms(self, wanted: Sequence[Wanted]) -> int:
        now = asyncio.get_running_loop().time()
        seconds = max(0.0, min(each.until for each in wanted) - now)
        if not wanted[0].alone:
            left = self._ends_at - now
            if left >= TOGETHER_SECONDS_MIN:
                seconds = min(seconds, left)
            else:
                self._ends_at = now + seconds
        return int(seconds * 1000)


def _tell_all(wanted: Iterable[Wanted], fault: LogError) -> None:
    for each in wanted:
        each.tell(type(fault)(str(fault)))
