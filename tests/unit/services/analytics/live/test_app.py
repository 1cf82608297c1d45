"""However the application stops, what ended it is what its task ends with."""

import asyncio
from typing import Any

import pytest
from mode import Service

from runtime.kafka.lag import Behind
from services.analytics.live import app as live_app
from services.analytics.live.app import running


class Stopping(Service):
    """Starts as an application does, and does not stop: it hangs, or fails."""

    conf = None

    def __init__(self, fault: Exception | None = None) -> None:
        super().__init__()
        self._fault = fault

    def finalize(self) -> None:
        """It needs nothing."""

    async def on_stop(self) -> None:
        if self._fault is not None:
            raise self._fault
        await asyncio.Event().wait()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_app, "STOP_SECONDS_MAX", 0.01)


@pytest.mark.parametrize("fault", [None, OSError("no broker")])
async def test_one_that_does_not_stop_in_order_hides_no_lag(fault: Exception | None) -> None:
    app: Any = Stopping(fault)
    with pytest.raises(Behind, match="far"):
        async with running(app):
            raise Behind("far")


@pytest.mark.parametrize("fault", [None, OSError("no broker")])
async def test_one_that_does_not_stop_in_order_is_cancelled(fault: Exception | None) -> None:
    app: Any = Stopping(fault)
    runs = asyncio.Event()

    async def run() -> None:
        async with running(app):
            runs.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    await runs.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
