"""The running system that the stories share, and who speaks with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deploy.npm import packages_folder
from tests.e2e.javascript import SOURCES, JavaScript
from tests.e2e.plain import Plain
from tests.e2e.system import System

if TYPE_CHECKING:
    from tests.e2e.shop import Shop

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the stories with a system of their own first: what takes longest is not left for last."""
    places = [at for at, item in enumerate(items) if HERE in item.path.parents]
    stories = sorted((items[at] for at in places), key=lambda item: not _has_own_system(item))
    for at, story in zip(places, stories, strict=True):
        items[at] = story


def _has_own_system(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and hasattr(item.module, "system")


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Up for the stories, down after the last of them."""
    with System(tmp_path_factory.mktemp("system")).running() as started:
        yield started


@pytest.fixture(scope="package")
def shop(system: System) -> "Iterator[Shop]":
    """The official client, which takes seconds to import: not where tests are only handed out."""
    from tests.e2e.shop import Shop  # noqa: PLC0415

    made = Shop(system.url, system.keys)
    yield made
    made.close()


@pytest.fixture(scope="package")
def plain(system: System) -> Iterator[Plain]:
    """Plain HTTP with the server-side key."""
    keys = system.keys
    secrets = (keys["app_token"], keys["client_token"], keys["management_token"])
    made = Plain(system.url, system.server_key, secrets)
    yield made
    made.close()


@pytest.fixture(scope="package")
def js(system: System) -> Iterator[JavaScript]:
    """The official JavaScript client."""
    with JavaScript(system.url, system.keys, packages_folder("javascript", SOURCES)) as made:
        yield made
