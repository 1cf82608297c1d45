"""A system of its own, started and stopped by the commands that its users run."""

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx
import psutil

from deploy.embedded.home import Home
from tests.contract.answers import client
from tests.ports import pick_internal_ports, public_port

T = TypeVar("T")

HOSTS = ("api", "insight", "distribution", "ledger", "dashboard")
START_SECONDS_MAX = 240.0
COMMAND_SECONDS_MAX = 120.0
POLL_SECONDS = 0.05
PAUSE_SECONDS_MAX = 1.0


def eventually(ask: Callable[[], T], seconds_max: float = 120.0) -> T:
    """What `ask` gives as soon as that is true; fails with the last it gave.

    It waits between two tries as long as one takes, so that what is waited for is not held up.
    """
    began = time.monotonic()
    deadline = began + seconds_max
    while not (found := ask()):
        now = time.monotonic()
        assert now < deadline, f"after {seconds_max} s it is still {found!r}"
        time.sleep(min(max(POLL_SECONDS, now - began), PAUSE_SECONDS_MAX))
        began = time.monotonic()
    return found


def _read_written(file: Path) -> bytes:
    """The content without its holes, which nobody ever wrote to."""
    found: list[bytes] = []
    with file.open("rb", buffering=0) as opened:
        end, place = opened.seek(0, os.SEEK_END), 0
        while place < end:
            try:
                place = opened.seek(place, os.SEEK_DATA)
                hole = opened.seek(place, os.SEEK_HOLE)
            except OSError as fault:
                if fault.errno != errno.ENXIO:
                    raise
                # nothing follows, or it was cut meanwhile
                break
            opened.seek(place)
            found.append(opened.read(hole - place))
            place = hole
    return b"".join(found)


class System:
    """An installation in a folder, started with these settings; `running` holds it up."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        #: Where this process finds the files of `home`, and what stands before a command's words.
        self.files = home
        self.before_commands: tuple[str, ...] = ()
        self.port = public_port()
        #: A dashboard is started where a story wants one: the others are quicker without.
        self._settings = {"TESSERA_DASHBOARD": "0"} | settings
        self._settings |= {"TESSERA_HOME": str(home), "TESSERA_PORT": str(self.port)}
        self.url = f"http://127.0.0.1:{self.port}"
        self.dashboard_url = f"http://127.0.0.1:{settings.get('TESSERA_DASHBOARD_PORT', 0)}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that run when it is up."""
        is_there = {
            "ledger": self._settings.get("TESSERA_LEDGER") == "apart",
            "dashboard": self._settings["TESSERA_DASHBOARD"] == "1",
        }
        return tuple(host for host in HOSTS if is_there.get(host, True))

    @contextmanager
    def apart(self) -> Iterator["System"]:
        """With a host `ledger`; what runs is started anew for it, and again afterwards."""
        self._move_ledger("apart")
        try:
            yield self
        finally:
            self._move_ledger("inside")

    def _move_ledger(self, where: str) -> None:
        runs = bool(self.processes("broker"))
        if runs:
            self.down()
        self._settings["TESSERA_LEDGER"] = where
        if runs:
            self.up()

    def command(
        self, *words: str, seconds_max: float = COMMAND_SECONDS_MAX
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command of `tessera` on this installation to its end."""
        return self.module("tessera", *words, seconds_max=seconds_max)

    def module(
        self, module: str, *words: str, seconds_max: float = COMMAND_SECONDS_MAX
    ) -> subprocess.CompletedProcess[str]:
        """Runs one of the project's modules on this installation to its end."""
        plain = {name: text for name, text in os.environ.items() if not name.startswith("TESSERA_")}
        return subprocess.run(
            (*self.before_commands, sys.executable, "-P", "-m", module, *words),
            env=plain | self._settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds_max,
            check=False,
        )

    def contents(self) -> Iterator[tuple[Path, bytes]]:
        """Every file with what was written to it; those that go meanwhile are left out.

        Of the 10 MB of an index of Kafka's hardly anything is, while it runs.
        """
        for folder, _, names in os.walk(self.home):
            for name in names:
                file = Path(folder, name)
                try:
                    if file.is_file():
                        yield file, _read_written(file)
                except FileNotFoundError:
                    continue

    def up(self) -> None:
        """Starts it; it is healthy afterwards."""
        pick_internal_ports(Home(self.files))
        started = self.command("up", seconds_max=START_SECONDS_MAX)
        assert started.returncode == 0, started.stdout + started.stderr

    def down(self) -> None:
        """Stops it; nothing of it runs afterwards."""
        stopped = self.command("down")
        assert stopped.returncode == 0, stopped.stdout + stopped.stderr
        left = [process for host in HOSTS for process in self.processes(host)]
        assert left == []

    @contextmanager
    def running(self) -> Iterator["System"]:
        """Up, and down again whatever happens."""
        try:
            self.up()
            yield self
        finally:
            self.down()

    @property
    def keys(self) -> dict[str, str]:
        """The first project's keys."""
        found: dict[str, str] = json.loads((self.files / "keys.json").read_text("utf-8"))
        return found

    @property
    def server_key(self) -> dict[str, str]:
        """The headers of the server-side key."""
        keys = self.keys
        return {"X-App-Id": keys["app_id"], "X-App-Token": keys["app_token"]}

    @property
    def bootstrap(self) -> str:
        """Where its Kafka is."""
        ports = json.loads((self.files / "run" / "ports.json").read_text("utf-8"))
        return f"127.0.0.1:{ports['kafka']}"

    def logs(self) -> dict[str, str]:
        """What its processes have logged so far, by name."""
        return {
            file.stem: file.read_text("utf-8", errors="replace")
            for file in (self.files / "logs").glob("*.log*")
        }

    def processes(self, host: str) -> list[psutil.Process]:
        """Its processes with that word in their command line, as an operator finds them."""
        found = []
        for process in psutil.process_iter():
            try:
                if host in process.cmdline() and (
                    process.environ().get("TESSERA_HOME") == str(self.home)
                ):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        return found

    def process(self, host: str) -> psutil.Process:
        """The one process of a host."""
        (found,) = self.processes(host)
        return found

    def is_healthy(self) -> bool:
        """Whether `/health` says that every part is well."""
        try:
            with client(base_url=self.url, timeout=5.0) as http:
                answer = http.get("/health")
        except httpx.TransportError:
            return False
        return answer.status_code == 200 and answer.json()["status"] == "ok"
