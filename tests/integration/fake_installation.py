"""The command `tessera` with `fake_host.py` for every process, broker included, and short bounds."""

import sys
from pathlib import Path
from unittest.mock import patch

from deploy.embedded import start, stop, supervision, watch
from deploy.embedded.home import Home
from deploy.embedded.kafka import BrokerProcess
from tessera.cli import app

FAKE = (sys.executable, "-P", str(Path(__file__).with_name("fake_host.py")))
STOP_SECONDS = dict.fromkeys(supervision.PROGRAMS, 2)


def prepare_broker(home: Home, port: int, *_arguments: object) -> BrokerProcess:
    return BrokerProcess((*FAKE, str(port), "kafka.Kafka", "broker"), home.kafka)


def broker_is_ready(port: int) -> bool:
    return watch.health("127.0.0.1", port)[0]


async def ensure_topics(*_arguments: object) -> tuple[str, ...]:
    return ()


with (
    patch.object(supervision, "host_command", lambda name: (*FAKE, "tessera", "host", name)),
    patch.object(supervision, "STOP_SECONDS_MAX", STOP_SECONDS),
    patch.object(stop, "STOP_SECONDS_MAX", STOP_SECONDS),
    patch.object(start, "prepare_broker", prepare_broker),
    patch.object(start, "broker_is_ready", broker_is_ready),
    patch.object(start, "ensure_topics", ensure_topics),
    patch.object(start, "HOST_SECONDS_MAX", 8.0),
):
    app()
