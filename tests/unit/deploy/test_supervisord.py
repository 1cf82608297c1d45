"""The supervisor's loop waits, and a signal ends the wait."""

import os
import signal
import time
from collections.abc import Iterator
from threading import Timer

import pytest

from deploy.embedded import supervisord
from deploy.embedded.supervisord import WakingPoller

#: Longer than any test is let.
LONG_SECONDS = 3600.0


@pytest.fixture
def poller(monkeypatch: pytest.MonkeyPatch) -> Iterator[WakingPoller]:
    monkeypatch.setattr(supervisord, "LOOK_SECONDS", 0.01)
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    made = WakingPoller(None)
    yield made
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGUSR1, before)
    made.close()


def _send() -> None:
    os.kill(os.getpid(), signal.SIGUSR1)


def test_a_signal_ends_the_wait_and_is_no_output_of_a_program(poller: WakingPoller) -> None:
    timer = Timer(0.05, _send)
    timer.start()
    assert poller.poll(LONG_SECONDS) == ([], [])
    timer.join()


def test_one_that_came_before_the_wait_ends_it_too(poller: WakingPoller) -> None:
    poller.poll(0)
    _send()
    assert poller.poll(LONG_SECONDS) == ([], [])


def test_after_a_signal_it_looks_often_for_a_while(
    poller: WakingPoller, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller.poll(0)
    _send()
    for _ in range(3):
        assert poller.poll(LONG_SECONDS) == ([], [])
    now = time.monotonic() + supervisord.BUSY_SECONDS
    monkeypatch.setattr("time.monotonic", lambda: now)
    timer = Timer(0.05, _send)
    timer.start()
    # it would have looked by now
    poller.poll(LONG_SECONDS)
    assert timer.finished.is_set()
    timer.join()


def test_output_of_programs_is_told(poller: WakingPoller) -> None:
    readable, writable = os.pipe()
    poller.register_readable(readable)
    os.write(writable, b"x")
    assert poller.poll(LONG_SECONDS) == ([readable], [])
    for each in (readable, writable):
        os.close(each)
