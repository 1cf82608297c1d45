"""The hand-written services with their database: started, filled, stopped."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

import asyncpg

from bench.baselines import statements
from bench.baselines.postgres import Postgres, run_postgres
from bench.processes import Processes, find_tree
from deploy.embedded.home import free_port

START_SECONDS_MAX = 30.0
_SERVICE = "bench.baselines.service"
KEY = {"X-App-Id": "bench", "X-App-Token": "0f6c1a52-bench-token"}


@dataclass(frozen=True, slots=True)
class Baseline:
    """The running services."""

    port: int
    postgres: Postgres
    service_pid: int

    @property
    def headers(self) -> dict[str, str]:
        """What each request needs."""
        return {**KEY, "Content-Type": "application/json"}

    def find_processes(self) -> Processes:
        """Those of the service and of the whole server."""
        return {"service": find_tree(self.service_pid), "postgres": find_tree(self.postgres.pid)}


@contextmanager
def run_baseline(codes: list[str], percent_off: int) -> Iterator[Baseline]:
    """The services with vouchers of these codes. Raises PostgresAbsent."""
    with run_postgres() as postgres:
        asyncio.run(_fill(postgres.dsn, codes, percent_off))
        port = free_port()
        options = ("--dsn", postgres.dsn, "--port", str(port))
        service = subprocess.Popen([sys.executable, "-P", "-m", _SERVICE, *options])
        try:
            _await_port(service, port)
            yield Baseline(port, postgres, service.pid)
        finally:
            service.terminate()
            service.wait()


async def _fill(dsn: str, codes: list[str], percent_off: int) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statements.SCHEMA)
    token = sha256(KEY["X-App-Token"].encode()).digest()
    await connection.execute(statements.ADD_KEY, KEY["X-App-Id"], token)
    vouchers = [(f"v_{code}", code, Decimal(percent_off)) for code in codes]
    await connection.executemany(statements.ADD_VOUCHER, vouchers)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def _await_port(service: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and service.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the hand-written service did not start")
