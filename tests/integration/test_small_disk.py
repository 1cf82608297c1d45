"""What is written to a disk that is really full: a small one, made for the test."""

import subprocess
import sys
from pathlib import Path

import pytest

SMALL_DISK = r"""
import pathlib, subprocess, sys
folder = pathlib.Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=True)
"""
STORE = (
    SMALL_DISK
    + r"""
import os
from runtime.store.store import RocksStore, StoreFull
store = RocksStore(folder / "state")
try:
    for number in range(100_000):
        store.write({f"{number:08d}".encode(): os.urandom(10_000)})
except StoreFull as fault:
    print(fault)
store.close()
"""
)
DATABASE = (
    SMALL_DISK
    + r"""
import asyncio, os
from runtime.clickhouse.database import Column, Database, DatabaseFault, TableDef
table = TableDef("t", (Column("id", "String"), Column("text", "String")), ("id",), ())
async def fill():
    database = await Database.open(f"chdb://{folder}/clickhouse")
    await database.prepare([table])
    try:
        for number in range(1000):
            await database.insert(table, [(str(number), os.urandom(500_000).hex())])
    except DatabaseFault as fault:
        print(fault)
    sys.stdout.flush()
    os._exit(0)
asyncio.run(fill())
"""
)


@pytest.mark.parametrize("program", [STORE, DATABASE], ids=["RocksDB", "ClickHouse"])
def test_a_small_disk_that_is_really_full(program: str, tmp_path: Path) -> None:
    """On a file system of 24 MiB of its own, where the kernel lets a test mount one."""
    apart = ("unshare", "--user", "--map-root-user", "--mount")
    try:
        probe = (sys.executable, "-c", SMALL_DISK, str(tmp_path))
        if subprocess.run((*apart, *probe), capture_output=True, check=False).returncode:
            pytest.skip("mounting is not permitted here")
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    done = subprocess.run(
        (*apart, sys.executable, "-c", program, str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert "the disk is full, " in done.stdout, done.stdout + done.stderr
    assert f"MiB are left in {tmp_path}/" in done.stdout
