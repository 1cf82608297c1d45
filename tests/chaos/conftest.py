"""A system that these tests may hurt."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.e2e.plain import Plain
from tests.e2e.system import System

if TYPE_CHECKING:
    from tests.e2e.shop import Shop

#: Short, so that clients learn of many outcomes that nobody knows yet, and ask again.
DEADLINE_MS = 3000


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Up at the start of each test, and to be left so; it gives a command up soon."""
    home = tmp_path_factory.mktemp("hurt")
    with System(home, TESSERA_COMMAND_DEADLINE_MS=str(DEADLINE_MS)).running() as started:
        yield started


@pytest.fixture
def shop(system: System) -> "Iterator[Shop]":
    """The official client, which takes seconds to import: not where tests are only handed out."""
    from tests.e2e.shop import Shop  # noqa: PLC0415

    made = Shop(system.url, system.keys)
    yield made
    made.close()


@pytest.fixture
def plain(system: System) -> Iterator[Plain]:
    """Plain HTTP with the server-side key."""
    made = Plain(system.url, system.server_key)
    yield made
    made.close()
