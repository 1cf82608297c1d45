"""A load on a system while its hosts are watched: processor time by stage of one redemption."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.load import run_load
from bench.processes import find_system, subtract
from bench.stages import count_samples, read_threads, split_time, start_sampling
from bench.turns import Subject

CONNECTIONS = 64
#: What has no Python in it, or nothing to do with a request.
UNSAMPLED = ("broker", "supervisord")


async def measure_stages(
    home: Path, subject: Subject, cpu_us: Mapping[str, float], seconds: float
) -> dict[str, dict[str, float]]:
    """What each process uses for a request (`cpu_us`), by stage.

    Threads are first measured undisturbed, then sampled. A host that cannot be sampled (that takes the
    right to trace) has its Python in one stage.
    """
    processes = find_system(home)
    before = {name: read_threads(each) for name, each in processes.items()}
    await run_load(subject.port, subject.request, CONNECTIONS, seconds)
    await asyncio.to_thread(subject.settle)
    used = {name: subtract(read_threads(each), before[name]) for name, each in processes.items()}
    with TemporaryDirectory(prefix="tessera-stages-") as folder:
        files = {name: Path(folder) / name for name in processes if name not in UNSAMPLED}
        sampling = [
            start_sampling(processes[name][0].pid, seconds, file) for name, file in files.items()
        ]
        await run_load(subject.port, subject.request, CONNECTIONS, seconds + 1)
        for each in sampling:
            await asyncio.to_thread(each.wait)
        samples = {
            name: count_samples(file.read_text("utf-8")) if file.exists() else Counter()
            for name, file in files.items()
        }
    found = {}
    for name, threads in used.items():
        shares = samples.get(name) or Counter({"Python": 1})
        stages = split_time(cpu_us.get(name, 0.0), threads, shares)
        found[name] = {stage: round(each, 1) for stage, each in stages.items()}
    return found
