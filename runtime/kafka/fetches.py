"""The fetches of all readers of a process: few requests, and none while nothing comes.

A fetch waits at the broker until a record comes, on connections that are good for nothing else
meanwhile. So all readers to whom nothing came for a while share one request over all their
partitions. Whoever reads a stream, or does not want to wait long, has a request alone, and is
never held up by the others; where nothing comes it ends together with theirs, and they go on as
one.

A broker gives the first partition of a request what lies there, however large; one that got
nothing although it goes on asks again alone. So does one of which no leader is known: nobody else
waits for it to be found.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple

from runtime.kafka.wire import Fetched, Leaderless, Unreadable, Wanted, Wire
from runtime.log.log import Corrupt, LogError, OutOfRange, Place

#: Who waits for no longer has a request alone, a writer without a front for one (IDLE_WAIT_MS).
ALONE_WAIT_MS_MAX = 1000
#: How long those who share a request wait for one another before it is sent.
COMPANY_SECONDS = 0.01
#: A request that would have to end sooner does not end together with the others.
TOGETHER_SECONDS_MIN = 0.1
#: How many connections are kept for the next request.
IDLE_WIRES_MAX = 8


class _Waiting(NamedTuple):
    """One of those who share a request; `until` is by the loop's clock."""

    wanted: Wanted
    until: float
    found: "asyncio.Future[Fetched]"


class Fetches:
    """`open_wire` opens connections to any broker. Raises LogError."""

    def __init__(self, open_wire: Callable[[], Awaitable[Wire]]) -> None:
        self._open_wire = open_wire
        self._waiting: list[_Waiting] = []
        self._idle: list[Wire] = []
        #: Those on which somebody's own request is under way.
        self._alone: set[Wire] = set()
        self._is_closed = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        #: When the shared request ends that is under way, by the loop's clock.
        self._ends_at = 0.0

    async def fetch(self, wanted: Wanted, wait_ms: int, *, patient: bool) -> Fetched:
        """What lies there, or nothing when none came within `wait_ms`, or sooner.

        Raises what `Wire.fetch` does. `patient` says that nothing came for a while.
        """
        if not patient or wait_ms <= ALONE_WAIT_MS_MAX:
            return await self._fetch_alone(wanted, wait_ms)
        loop = asyncio.get_running_loop()
        waiting = _Waiting(wanted, loop.time() + wait_ms / 1000, loop.create_future())
        self._waiting.append(waiting)
        if self._timer is None:
            self._timer = loop.call_later(COMPANY_SECONDS, self._send)
        try:
            return await waiting.found
        except (Leaderless, Unreadable):
            return await self._fetch_alone(wanted, 0)

    async def close(self) -> None:
        """Closes every connection; whoever waits is told."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        _end(self._waiting, LogError("reading was ended"))
        self._waiting.clear()
        # A request alone belongs to its reader's task; it ends when its connection does.
        for wire in (*self._idle, *self._alone):
            await wire.close()
        self._idle.clear()

    async def _fetch_alone(self, wanted: Wanted, wait_ms: int) -> Fetched:
        left_ms = int((self._ends_at - asyncio.get_running_loop().time()) * 1000)
        if wait_ms > ALONE_WAIT_MS_MAX and left_ms >= TOGETHER_SECONDS_MIN * 1000:
            wait_ms = min(wait_ms, left_ms)
        wire = await self._take_wire()
        self._alone.add(wire)
        try:
            found = await wire.fetch(wanted, wait_ms)
        except (OutOfRange, Corrupt, Unreadable):
            await self._give_back(wire)
            raise
        except LogError:
            await self._drop(wire)
            raise
        except BaseException:
            await wire.close()
            raise
        finally:
            self._alone.discard(wire)
        await self._give_back(wire)
        return found

    def _send(self) -> None:
        """Sends what is wanted, each partition once in a request."""
        self._timer = None
        shared: dict[Place, _Waiting] = {}
        left: list[_Waiting] = []
        for each in self._waiting:
            if each.found.done():
                continue
            if shared.setdefault(each.wanted.place, each) is not each:
                left.append(each)
        self._waiting = left
        if shared:
            task = asyncio.create_task(self._ask(shared))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if left:
            self._send()

    async def _ask(self, shared: Mapping[Place, _Waiting]) -> None:
        now = asyncio.get_running_loop().time()
        seconds = max(0.0, min(each.until for each in shared.values()) - now)
        if self._ends_at - now >= TOGETHER_SECONDS_MIN:
            seconds = min(seconds, self._ends_at - now)
        else:
            self._ends_at = now + seconds

        def tell(place: Place, answer: Fetched | LogError) -> None:
            waiting = shared[place]
            if waiting.found.done():
                return
            if isinstance(answer, LogError):
                waiting.found.set_exception(answer)
            else:
                waiting.found.set_result(answer)

        wire: Wire | None = None
        try:
            wire = await self._take_wire()
            wanted = [each.wanted for each in shared.values()]
            is_sound = await wire.fetch_all(wanted, int(seconds * 1000), tell)
            await (self._give_back(wire) if is_sound else self._drop(wire))
            wire = None
        except LogError as fault:
            _end(shared.values(), fault)
        finally:
            _end(shared.values(), LogError("a fetch was broken off"))
            if wire is not None:
                await wire.close()

    async def _take_wire(self) -> Wire:
        wire = self._idle.pop() if self._idle else await self._open_wire()
        if self._is_closed:
            await wire.close()
            raise LogError("reading was ended")
        return wire

    async def _give_back(self, wire: Wire) -> None:
        if len(self._idle) < IDLE_WIRES_MAX and not self._is_closed:
            self._idle.append(wire)
        else:
            await wire.close()

    async def _drop(self, wire: Wire) -> None:
        """Closes it, and those that are kept: what they know of the leaders is no newer."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(each.close() for each in (wire, *idle)))


def _end(all_: Iterable[_Waiting], fault: LogError) -> None:
    for each in all_:
        if not each.found.done():
            # a copy each, so that every caller's traceback is its own
            each.found.set_exception(type(fault)(f"{each.wanted.place}: {fault}"))
