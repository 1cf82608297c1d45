"""Where a redemption's processor time goes, by stage: which thread, and below which module.

A host is sampled from outside while it works (py-spy), and each sample belongs to the innermost of
its modules that names a stage. Rooms of the engine name none: what they do is part of the hub that
called them. Threads without Python, such as ClickHouse's or the broker's, are told by their names.
Sampling slows what it watches, so it gives shares, and the processor time is measured apart.
"""

import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import psutil

SAMPLES_PER_SECOND: Final = 200
PYTHON: Final = "python"
LOOP: Final = "event loop"
#: The beginnings of modules' paths; the innermost frame that begins so counts.
MODULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "uvicorn/": "HTTP",
        "httptools/": "HTTP",
        "starlette/": "HTTP",
        "fastapi/": "HTTP",
        "runtime/http/": "HTTP",
        "runtime/base/logging.py": "HTTP",
        "structlog/": "HTTP",
        "fronts/": "request",
        "services/redemption/front.py": "request",
        "engine/decide.py": "decide",
        "engine/admission.py": "decide",
        "engine/evaluation/": "decide",
        "engine/fold.py": "fold",
        "engine/evolve.py": "fold",
        "engine/answers/": "answer",
        "runtime/keys/": "records",
        "runtime/log/chain.py": "records",
        "runtime/log/": "Kafka client",
        "runtime/kafka/": "Kafka client",
        "aiokafka/": "Kafka client",
        "runtime/replica/": "protocol",
        "services/redemption/ledger/": "protocol",
        "services/distribution/": "background",
        "runtime/store/": "store",
        "rocksdict/": "store",
        "services/audit/": "rows",
        "services/analytics/": "rows",
        "runtime/clickhouse/": "inserts",
        "clickhouse_connect/": "inserts",
        "chdb/": "inserts",
        "asyncio/": LOOP,
        "uvloop/": LOOP,
    }
)
#: The beginnings of threads' names as the kernel keeps them, fifteen letters long.
THREADS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "rocksdb": "store",
        "ThreadPool": "inserts",
        "MergeMutate": "merges",
        "C1 Comp": "compiler",
        "C2 Comp": "compiler",
        "G1 ": "garbage",
        "GC ": "garbage",
        "VM ": "garbage",
        "data-plane": "requests",
        "kafka-1": "controller",
        "quorum-": "controller",
        "raft-": "controller",
    }
)
_FILE: Final = re.compile(r"\(([^()]*?)(?::\d+)?\)$")


def read_threads(processes: Iterable[psutil.Process]) -> dict[str, float]:
    """Seconds of processor time by stage; of all threads that run Python together, as `PYTHON`."""
    found: defaultdict[str, float] = defaultdict(float)
    for process in processes:
        for thread in process.threads():
            comm = Path(f"/proc/{process.pid}/task/{thread.id}/comm")
            try:
                name = comm.read_text("utf-8").rstrip("\n")
            except OSError:
                continue
            found[name_thread(name)] += thread.user_time + thread.system_time
    return dict(found)


def name_thread(name: str) -> str:
    """The stage of a thread by its name."""
    if name.startswith(PYTHON):
        return PYTHON
    return _find_longest(THREADS, name) or "other threads"


def name_sample(frames: list[str]) -> str:
    """The stage of a sample; frames are `function (file:line)`, the innermost last."""
    for frame in reversed(frames):
        file = _FILE.search(frame)
        stage = _find_longest(MODULES, file.group(1)) if file else None
        if stage is not None:
            return stage
    return LOOP


def count_samples(folded: str) -> Counter[str]:
    """Samples by stage, of lines `frame;frame;frame count`."""
    found: Counter[str] = Counter()
    for line in folded.splitlines():
        frames, _, count = line.rpartition(" ")
        found[name_sample(frames.split(";"))] += int(count)
    return found


def split_time(
    whole: float, threads: Mapping[str, float], samples: Mapping[str, int]
) -> dict[str, float]:
    """The part of each stage in `whole`, which its threads have by what they used.

    What runs Python is shared out as the samples say.
    """
    stages = {name: used for name, used in threads.items() if name != PYTHON and used > 0}
    total = sum(samples.values())
    for name, count in samples.items() if PYTHON in threads else ():
        stages[name] = stages.get(name, 0.0) + threads[PYTHON] * count / total
    scale = whole / (sum(stages.values()) or 1.0)
    return {name: used * scale for name, used in sorted(stages.items(), key=lambda each: -each[1])}


def start_sampling(pid: int, seconds: float, output: Path) -> subprocess.Popen[bytes]:
    """Samples a process for so long, into a file of lines."""
    program = Path(sys.executable).with_name("py-spy")
    options = ("--format", "raw", "--rate", str(SAMPLES_PER_SECOND), "--nonblocking")
    length = ("--duration", str(round(seconds)))
    return subprocess.Popen(
        [program, "record", "--pid", str(pid), *options, *length, "--output", output],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _find_longest(table: Mapping[str, str], name: str) -> str | None:
    """What the longest beginning of a name stands for."""
    known = [beginning for beginning in table if name.startswith(beginning)]
    return table[max(known, key=len)] if known else None
