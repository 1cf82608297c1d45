from collections.abc import AsyncIterator

import pytest

from tests.unit.services.world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World() as made:
        yield made
