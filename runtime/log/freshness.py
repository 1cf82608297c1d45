"""How fresh the fold of a partition is: asked when somebody needs to know, never by the clock.

Where does the partition end? The broker's answer proves something about the moment at which the
question was sent: all that was acknowledged before lies before that end, so once everything up to
there is folded, it is known here. How long the answer and the fold took does not matter. A process
that did not run for a while answers late; it does not take what it knows for old.

All who wait share a question, and one at most is under way. Whoever has to see what was there when
it came shares the next one, since the one under way may have been sent before. Whoever is content
with knowledge of an age may use that, or an answer given earlier.

Fetches name an end, too. That costs nothing, but a leader that has just taken over may name one
that is too low in a fetch, though never to a question (KIP-207). So fetches say how far behind a
fold is, and prove nothing to a request.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from runtime.log.log import LogError

#: Before every time, and after it.
NEVER = float("-inf")
ALWAYS_LATER = float("inf")
#: What the lag of a fold that was never fresh is called.
LAG_MS_UNKNOWN = 1e9
#: How long a question that nobody waits for yet may take.
AHEAD_SECONDS_MAX = 10.0


class Heard:
    """Since when a fold may be behind, by the ends that fetches name."""

    def __init__(self, at: float) -> None:
        #: All that was acknowledged before that moment is folded.
        self.at = at
        self._awaited: tuple[float, int] | None = None

    def note(self, position: int, asked_at: float, end: int | None) -> None:
        """Notes where the fold stands, and the end that a fetch sent after `asked_at` named.

        Where another one fetched and handed on what came, the fetch may be older, by as long as it
        lay there: so much smaller the lag is called, and that is all that follows from it.
        """
        # Under load a fold is never at the end, but soon beyond where the end was.
        if self._awaited is None and end is not None:
            self._awaited = asked_at, end
        if self._awaited is not None and position >= self._awaited[1] - 1:
            self.at, self._awaited = self._awaited[0], None


class _Question:
    """Where the partition ends, as of when that was asked."""

    __slots__ = ("asked_at", "end")

    end: "asyncio.Task[int]"

    def __init__(self) -> None:
        self.asked_at = NEVER


class Freshness:
    """Of one partition's fold.

    `ask_end` asks for the next offset to be written; `clock` is monotonic, in seconds.
    """

    def __init__(
        self, ask_end: Callable[[], Awaitable[int]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        #: Set once the fold has stood at the end of the log.
        self.complete = asyncio.Event()
        self._ask_end = ask_end
        self._clock = clock
        #: Everything up to there is folded; None while it may be of another log.
        self._position: int | None = None
        #: Whether the log was found to have lost what is folded; until that is compared with it.
        self._doubted = False
        #: Where the log ended when that was last asked, since it was compared with the fold.
        self._ended_at = 0
        self._moved = asyncio.Event()
        self._heard = Heard(NEVER)
        self._proven_at = NEVER
        self._asking = asyncio.Lock()
        self._under_way: _Question | None = None
        self._next: _Question | None = None
        self._ahead: asyncio.Task[None] | None = None

    def lag_ms(self) -> float:
        """How old what is folded may be, as far as anybody asked or fetched."""
        known_at = max(self._proven_at, self._heard.at)
        return min((self._clock() - known_at) * 1000, LAG_MS_UNKNOWN)

    @property
    def is_astray(self) -> bool:
        """Whether the log, when it was last asked, ended elsewhere than the fold stands now."""
        behind = self._position is not None and self._ended_at > self._position + 1
        return self._doubted or behind

    def note(self, position: int, asked_at: float, end: int | None) -> None:
        """Notes what is folded, and the end that was fetched after `asked_at`, if one was."""
        if self._doubted:
            return
        moved, self._position = position != self._position, position
        before = self._heard.at
        self._heard.note(position, asked_at, end)
        if self._heard.at != before:
            self.complete.set()
        if moved:
            self._moved.set()

    def suspend(self) -> None:
        """The fold is being compared with the log: nothing is proven until the next `note`."""
        self._position = None
        self._doubted = False
        self._ended_at = 0
        # An end that this log may never reach again is not waited for.
        self._heard = Heard(self._heard.at)

    def forget(self) -> None:
        """The fold was of another log: nothing is known."""
        self._position = None
        self._heard = Heard(NEVER)
        self._proven_at = NEVER
        self.complete.clear()

    async def prove_age(self, seconds_max: float, timeout_seconds: float) -> bool:
        """Whether what is folded is at most so old, as of now; False if that takes too long.

        Does not wait where a question was answered lately; asks the next one in time for those who
        come after. Raises LogError.
        """
        now = self._clock()
        if self._proven_at >= now - seconds_max / 2:
            return True
        if self._proven_at >= now - seconds_max:
            self._ask_ahead()
            return True
        return await self._prove(now - seconds_max, timeout_seconds)

    async def prove_current(self, timeout_seconds: float) -> bool:
        """Whether all is folded that was in the log on arrival; False if that takes too long.

        Raises LogError.
        """
        return await self._prove(ALWAYS_LATER, timeout_seconds)

    async def await_position(self, position: int) -> None:
        """Returns when everything up to there is folded."""
        while self._position is None or self._position < position:
            self._moved.clear()
            await self._moved.wait()

    async def _prove(self, since: float, timeout_seconds: float) -> bool:
        """Waits for the answer to a question that was sent since then, and for the fold."""
        try:
            async with asyncio.timeout(timeout_seconds):
                question = self._question(since)
                end = await asyncio.shield(question.end)
                await self.await_position(end - 1)
        except TimeoutError:
            return False
        self._proven_at = max(self._proven_at, question.asked_at)
        self.complete.set()
        return True

    def _question(self, since: float) -> _Question:
        """The one under way if it was sent since then, else the next one."""
        if self._under_way is not None and self._under_way.asked_at >= since:
            return self._under_way
        if self._next is None:
            self._next = _Question()
            self._next.end = asyncio.create_task(self._ask(self._next))
            # Those who waited may have gone by the time it fails.
            self._next.end.add_done_callback(lambda done: done.cancelled() or done.exception())
        return self._next

    async def _ask(self, question: _Question) -> int:
        async with self._asking:
            # Whoever comes from here on may have written after it is sent; the next one is theirs.
            self._next, self._under_way = None, question
            question.asked_at, known = self._clock(), self._position
            try:
                end = await self._ask_end()
            finally:
                self._under_way = None
            self._ended_at = end
        if known is not None and end <= known:
            # The log lost records that are folded. Its reader will find out and fold anew.
            self.forget()
            self._doubted = True
        return end

    def _ask_ahead(self) -> None:
        if self._ahead is None:
            self._ahead = asyncio.create_task(self._prove_ahead())

    async def _prove_ahead(self) -> None:
        try:
            await self.prove_current(AHEAD_SECONDS_MAX)
        except LogError:
            # Whoever needs the answer asks again, and is told.
            pass
        finally:
            self._ahead = None
