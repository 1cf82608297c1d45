"""The real broker that tests share, and topics of their own on it."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from deploy.embedded.kafka import EmbeddedBroker
from runtime.base.settings import Settings
from runtime.kafka.admin import client_options, ensure_topics
from runtime.kafka.log import KafkaLog
from runtime.log.log import LogError
from schemas.topics import BATCH_BYTES_MAX, Topic
from tests.contract.answers import CHECKED, ROUTES
from tests.ports import keep_ports_apart
from tests.spreading import import_a_part, make_scheduler

#: Makes a topic with this configuration; its name.
NewTopic = Callable[..., Awaitable[str]]

_numbers = count()

# No example has a time limit: a machine may be slow.
settings.register_profile("tessera", deadline=None)
settings.load_profile("tessera")


def pytest_configure() -> None:
    """Has what several processes of one run pick not meet."""
    keep_ports_apart()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: object, log: object) -> object:
    """See tests/spreading.py, for what is spread by files."""
    return make_scheduler(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """What is imported stays: the collector would look through it in vain, again and again."""
    gc.disable()
    try:
        import_a_part(session.config)
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
        gc.set_threshold(10_000)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that runs a part of the tests tells what their answers were held to."""
    told: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["checked"] = [(*each, times) for each, times in CHECKED.items()]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Adds what such a process told; one that crashed tells nothing."""
    told: Mapping[str, list[tuple[str, int, int]]] = getattr(node, "workeroutput", {})
    for route, status, times in told.get("checked", ()):
        CHECKED[route, status] += times


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much of the contract the answers of these tests were held to."""
    if CHECKED:
        seen = {route for route, _ in CHECKED} & ROUTES.keys()
        told = f"{CHECKED.total()} answers held to the contract, of {len(seen)} routes"
        terminalreporter.write_line(f"{told} of {len(ROUTES)}")


@pytest.fixture(scope="session")
def broker_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shared broker keeps its data."""
    return tmp_path_factory.mktemp("broker")


@pytest.fixture(scope="session")
def broker(broker_home: Path) -> Iterator[EmbeddedBroker]:
    """A broker that lives as long as the tests; none of them may stop it."""
    with EmbeddedBroker(broker_home) as started:
        yield started


@pytest.fixture
async def kafka_log(broker: EmbeddedBroker) -> AsyncIterator[KafkaLog]:
    """The log on the shared broker."""
    log = KafkaLog(client_options(Settings(kafka=broker.bootstrap)))
    yield log
    await log.close()


@pytest.fixture
def new_topic(broker: EmbeddedBroker) -> NewTopic:
    """Makes topics on the shared broker."""
    return topic_maker(broker.bootstrap)


def topic_maker(bootstrap: str) -> NewTopic:
    """Makes topics on a broker, each with a name of its own; settings as keyword arguments."""

    async def make(*, partitions: int = 1, **config: str) -> str:
        name = f"test-{next(_numbers)}"
        dotted = {key.replace("_", "."): value for key, value in config.items()}
        settings = {"max.message.bytes": str(2 * BATCH_BYTES_MAX)} | dotted
        await ensure_topics(Settings(kafka=bootstrap), topics=[Topic(name, partitions, settings)])
        log = KafkaLog({"bootstrap_servers": bootstrap})
        await led(log, name, partitions)
        await log.close()
        return name

    return make


async def led(log: KafkaLog, topic: str, partitions: int = 1) -> None:
    """Returns when the partitions' leaders know that they lead; Kafka names them before that."""
    async with asyncio.timeout(120):
        for partition in range(partitions):
            while True:
                try:
                    await log.bounds(topic, partition)
                except LogError:
                    await asyncio.sleep(0.02)
                else:
                    break
