"""A host of simulations for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.services.analytics.simulations.simulating import Simulating, simulating


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Simulating]:
    async with simulating(tmp_path) as made:
        yield made
