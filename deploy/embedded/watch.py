"""Keeping an eye on a running installation: signals to this command, programs that end, health."""

import http.client
import json
import signal
import time
from collections import Counter
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

from deploy.embedded.console import Console
from deploy.embedded.supervision import ProgramState, SupervisorClient

HEALTH_SECONDS_MAX = 3.0
POLL_SECONDS = 0.1


class StopRequestedError(Exception):
    """A signal asked this command to end what it does."""


class StopSignal:
    """Turns Ctrl-C, SIGTERM and a closed terminal into a request that is looked at between steps.

    However often a signal comes, it stays one request, so an ordered stop is never cut short.
    """

    _SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[signal.Signals, Any] = {}

    def check(self) -> None:
        """Raise StopRequestedError if a signal has come."""
        if self.requested:
            raise StopRequestedError

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._note) for number in self._SIGNALS}
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


class Watch:
    """Tells of each program that ends by itself; `ends` counts them by program."""

    _ENDED = ("BACKOFF", "EXITED", "FATAL")

    def __init__(
        self, client: SupervisorClient, console: Console, space_hint: Callable[[], str] = str
    ) -> None:
        self._space_hint = space_hint
        self.ends: Counter[str] = Counter()
        self._client = client
        self._console = console
        self._known: dict[str, ProgramState] = {}
        self._told: set[tuple[str, int]] = set()

    def look(self) -> dict[str, ProgramState]:
        """The programs now; raises EmbeddedError when the supervisor is gone."""
        states = self._client.states()
        for name, now in states.items():
            before = self._known.get(name, now)
            # By the time of its start, since a process may come and go between two looks.
            if before.started_at != now.started_at:
                self._tell_of_end(before, now)
            if now.state in self._ENDED:
                self._tell_of_end(now, now)
            if now.state == "FATAL" != before.state:
                self._console.say(f"{name} is given up", level="error")
        self._known = states
        return states

    def _tell_of_end(self, ended: ProgramState, now: ProgramState) -> None:
        start = (ended.name, ended.started_at)
        if ended.started_at and start not in self._told:
            self._told.add(start)
            self.ends[ended.name] += 1
            hint = self._space_hint()
            self._console.say(f"{ended.name} {_how_it_ended(now)}{hint}", level="warning")


def _how_it_ended(now: ProgramState) -> str:
    if now.state == "BACKOFF":
        return "ended soon after its start; it is started again in a moment"
    return "was killed" if now.exit_status < 0 else f"ended with exit status {now.exit_status}"


def health(address: str, port: int) -> tuple[bool, dict[str, Any]]:
    """What `GET /health` on this port says: whether the status is 200, and the body's object."""
    connection = http.client.HTTPConnection(address, port, timeout=HEALTH_SECONDS_MAX)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        body = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return False, {}
    finally:
        connection.close()
    return answer.status == http.client.OK, body if isinstance(body, dict) else {}


def wait_until(condition: Callable[[], bool], seconds_max: float, look: Callable[[], None]) -> bool:
    """Whether `condition` came true in time; `look` is called before each try and may raise."""
    deadline = time.monotonic() + seconds_max
    while True:
        look()
        if condition():
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
