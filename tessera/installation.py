"""How the operator's commands reach an installation's log, whether it runs or not.

A running system is used as it is. For one that is stopped, the broker alone is started for as long
as the command lasts, so that the log can be read.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from deploy.embedded.home import Home, read_json
from deploy.embedded.kafka import EmbeddedBroker, broker_is_ready
from runtime.base.settings import Settings


class NoInstallation(Exception):
    """There is nothing at this place yet; the message says where."""


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation whose log can be read. `running` is false when only its broker is up."""

    settings: Settings
    running: bool


@asynccontextmanager
async def reach_installation(settings: Settings) -> AsyncIterator[Installation]:
    """The installation at `settings.home`, or the one whose Kafka the settings name."""
    home = Home(settings.home)
    ports_file = home.run / "ports.json"
    if "kafka" in settings.model_fields_set:
        yield Installation(settings, running=True)
        return
    if not ports_file.exists():
        raise NoInstallation(f"There is no installation at {home.path}.")
    ports = {name: int(str(port)) for name, port in read_json(ports_file).items()}
    named = {
        "insight_port": ports["insight"],
        "ledger_port": ports["ledger"],
    }
    if broker_is_ready(ports["kafka"]):
        kafka = f"127.0.0.1:{ports['kafka']}"
        yield Installation(settings.model_copy(update={**named, "kafka": kafka}), running=True)
        return
    with home.held(), EmbeddedBroker(home.path) as broker:
        update = {**named, "kafka": broker.bootstrap}
        yield Installation(settings.model_copy(update=update), running=False)
