"""Simulations of the host `insight`, each in a child process of the least priority.

See tessera/hosts/past.py for what a child is.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from runtime.base.settings import Settings
from schemas.simulations import SimulationResult
from services.analytics.simulations.simulate import Progress, SimulationJob, simulate
from tessera.hosts.past import begin_child, past_parts, run_child


class Line(msgspec.Struct, omit_defaults=True):
    """What a child writes: how far it is, and at the end what it found."""

    progress: Progress | None = None
    result: SimulationResult | None = None


_line: Final = msgspec.json.Decoder(Line)


async def simulate_by_child(job: SimulationJob) -> AsyncIterator[Progress | SimulationResult]:
    """See `services.analytics.simulations.runs.Run`."""
    async for line in run_child("tessera.hosts.simulations", msgspec.json.encode(job)):
        told = _line.decode(line)
        if told.progress is not None:
            yield told.progress
        if told.result is not None:
            yield told.result


async def simulate_in_child(settings: Settings, job: SimulationJob) -> None:
    """Simulates, and says how far it is and what it found. Raises LogError."""
    parts = past_parts(settings, "simulation")
    told = -1

    def tell(progress: Progress) -> None:
        nonlocal told
        percent = 100 * progress.done // max(progress.of, 1)
        if percent != told:
            told = percent
            _write(Line(progress=progress))

    try:
        # whoever was forgotten by now is
        await parts.keyring.catch_up()
        _write(Line(result=await simulate(parts.log, parts.codec, job, tell)))
    finally:
        await parts.close()


def _write(line: Line) -> None:
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _settings, _job = begin_child("simulation")
    asyncio.run(simulate_in_child(_settings, msgspec.json.decode(_job, type=SimulationJob)))
