"""A dashboard beside the API, over stand-ins for broker and hosts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.test_embedded_runner import STOP_ORDER, Installation
from tests.ports import public_port


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "home")
    made.environment["TESSERA_DASHBOARD"] = "1"
    made.environment["TESSERA_DASHBOARD_PORT"] = str(public_port())
    yield made
    if made.processes():
        made.command("down")
    assert made.processes() == {}


def address_of(installation: Installation) -> str:
    return f"http://127.0.0.1:{installation.environment['TESSERA_DASHBOARD_PORT']}"


def test_it_is_started_with_the_others_shown_with_a_sign_in_and_stopped_first(
    installation: Installation,
) -> None:
    started = installation.command("up")
    assert started.returncode == 0, started.stderr
    for shown in (address_of(installation), "first@people.test", "first password    p-1"):
        assert shown in started.stdout
    assert "dashboard_password" not in started.stdout
    status = installation.command("status")
    assert (status.returncode, address_of(installation) in status.stdout) == (0, True)
    assert installation.command("down").returncode == 0
    assert installation.events[-len(STOP_ORDER) - 1 :] == ["dashboard ends", *STOP_ORDER]


def test_files_that_cannot_be_had_are_told_of_and_stop_nothing(installation: Installation) -> None:
    installation.tell("dashboard", "incomplete")
    for command in ("up", "status"):
        done = installation.command(command)
        assert (done.returncode, "browser files missing" in done.stdout) == (0, True), done.stderr


def test_a_port_that_is_the_api_s_is_refused_by_name(installation: Installation) -> None:
    installation.environment["TESSERA_DASHBOARD_PORT"] = str(installation.port)
    refused = installation.command("up")
    assert refused.returncode == 1
    assert "TESSERA_DASHBOARD_PORT" in refused.stderr
