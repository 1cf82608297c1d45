"""The log that keyrings follow, and who sends to it."""

import pytest

from runtime.log.memory_log import MemoryLog
from tests.unit.runtime.keys.keyrings import MemorySender


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog(lambda: 0)


@pytest.fixture
def sender(log: MemoryLog) -> MemorySender:
    return MemorySender(log)
