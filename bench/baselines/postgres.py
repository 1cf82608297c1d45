"""A PostgreSQL of its own in a temporary folder: the one of the machine, with what is durable on.

PostgreSQL refuses to run as root, so root starts it as the user that its package made.
"""

import getpass
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

#: Where distributions put each version's programs.
_INSTALLED: Final = Path("/usr/lib/postgresql")
_USER: Final = "postgres"
#: Tuned for a machine of a few GB that serves this alone; an answered commit is on disk.
TUNING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "shared_buffers": "512MB",
        "wal_buffers": "16MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        "max_connections": "50",
        "jit": "off",
        "wal_compression": "lz4",
        "autovacuum_naptime": "10s",
        # Only the socket in its folder is listened on.
        "listen_addresses": "",
    }
)


class PostgresAbsent(Exception):
    """No PostgreSQL can be started on the machine; the message says why."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server: what a client connects to, and the process that all others come from."""

    dsn: str
    pid: int
    version: str


def find_programs() -> Path:
    """The folder of the newest server's programs. Raises PostgresAbsent."""
    versions = [each for each in _INSTALLED.glob("*/bin") if (each / "initdb").exists()]
    if versions:
        return max(versions, key=lambda each: float(each.parent.name))
    found = shutil.which("initdb")
    if found is None:
        raise PostgresAbsent("no PostgreSQL server is installed (apt-get install postgresql)")
    return Path(found).resolve().parent


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    """A new and empty server, stopped and removed at the end. Raises PostgresAbsent."""
    programs = find_programs()
    user = _server_user()
    version = _run([str(programs / "postgres"), "--version"], None).split()[2]
    with TemporaryDirectory(prefix="tessera-pg-") as folder:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = Path(folder) / "data"
        name = getpass.getuser() if user is None else user.pw_name
        _run(
            [str(programs / "initdb"), "-D", str(data), "-A", "trust", "-E", "UTF8", "--no-locale"],
            user,
        )
        options = " ".join(f"-c {key}={value}" for key, value in TUNING.items())
        control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
        started = [*control, "-l", f"{folder}/log", "-o", f"{options} -k {folder}", "start"]
        _run(started, user)
        try:
            pid = int((data / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
            yield Postgres(f"postgresql://{name}@/postgres?host={folder}", pid, version)
        finally:
            _run([*control, "-m", "fast", "stop"], user)


def _server_user() -> pwd.struct_passwd | None:
    """Whom root has to run the server as; None for anybody else."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(_USER)
    except KeyError:
        raise PostgresAbsent(f"root cannot run PostgreSQL, and no user {_USER} is there") from None


def _run(command: Sequence[str], user: pwd.struct_passwd | None) -> str:
    done = subprocess.run(
        command,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        user=None if user is None else user.pw_uid,
        group=None if user is None else user.pw_gid,
    )
    if done.returncode:
        raise PostgresAbsent(f"{Path(command[0]).name} failed: {done.stdout.strip()}")
    return done.stdout
