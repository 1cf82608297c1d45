"""A second start of a system against what Python itself takes to import the same packages."""

import subprocess
import sys
import time
from statistics import median
from typing import Final

from bench.figures import Start
from bench.system import System

#: What the hosts stand on; in one fresh Python, with nothing of the project's run.
PACKAGES: Final = (
    "aiokafka",
    "aiokafka.admin",
    "chdb",
    "clickhouse_connect",
    "cramjam",
    "cryptography.hazmat.primitives.ciphers.aead",
    "fastapi",
    "httptools",
    "httpx",
    "lark",
    "msgspec",
    "psutil",
    "pycountry",
    "pydantic",
    "rocksdict",
    "segno",
    "structlog",
    "typer",
    "uvicorn",
    "uvloop",
    "tessera.hosts.api",
    "tessera.hosts.distribution",
    "tessera.hosts.insight",
)


def measure_start(system: System, rounds: int) -> Start:
    """Both by turns; medians, in seconds on the wall."""
    starts, imports = [], []
    for _ in range(rounds):
        imports.append(_import_once())
        starts.append(system.start_again())
    return Start(round(median(starts), 2), round(median(imports), 2))


def _import_once() -> float:
    began = time.perf_counter()
    code = f"import {', '.join(PACKAGES)}"
    subprocess.run([sys.executable, "-P", "-c", code], check=True)
    return time.perf_counter() - began
