"""A disk that fills up is named: by who looks in time, and by whatever it stops."""

import errno
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs
from typer.testing import CliRunner

from deploy.embedded import runner
from deploy.embedded.errors import DiskFullError
from deploy.embedded.start import require_space, space_hint
from runtime.base.disk import MIB, free_bytes, is_full, reason_of, space_left
from runtime.base.settings import Settings
from runtime.http.disk_watch import FRESH_SECONDS, REPEAT_LOOKS, DiskWatch
from tessera.cli import app


class Disk:
    """A disk whose free space is what a test says."""

    def __init__(self, free_mib: float) -> None:
        self.free_mib = free_mib

    def free(self, _: Path) -> int:
        return int(self.free_mib * MIB)


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def looked(watch: DiskWatch) -> list[Mapping[str, object]]:
    with capture_logs() as logs:
        watch.look()
    return list(logs)


def test_it_warns_in_time_and_is_not_well_below_the_least(tmp_path: Path) -> None:
    disk = Disk(1000)
    watch = DiskWatch([tmp_path, tmp_path / "missing"], 100 * MIB, disk.free)
    assert looked(watch) == []
    disk.free_mib = 399
    (warned,) = looked(watch)
    assert (warned["log_level"], warned["folder"]) == ("warning", str(tmp_path))
    assert warned["free_mib"] == 399.0
    assert watch.health()["disk"].state == "ok"
    disk.free_mib = 99.5
    (worse,) = looked(watch)
    assert worse["log_level"] == "error"
    assert watch.health()["disk"].state == f"only 99.5 MiB are left in {tmp_path}"
    assert sum(len(looked(watch)) for _ in range(REPEAT_LOOKS)) == 1
    disk.free_mib = 500
    assert looked(watch) == []
    assert watch.health()["disk"].state == "ok"


def test_below_a_quarter_of_the_least_nothing_is_written_until_there_is_more(
    tmp_path: Path,
) -> None:
    disk = Disk(25)
    watch = DiskWatch([tmp_path], 100 * MIB, disk.free)
    looked(watch)
    assert watch.shortage() is None
    disk.free_mib = 24.9
    said = [each for each in looked(watch) if "nothing is written" in str(each["event"])]
    assert [each["log_level"] for each in said] == ["error"]
    assert watch.shortage() == f"only 24.9 MiB are left in {tmp_path}"
    assert looked(watch) == []
    disk.free_mib = 25
    assert [each["event"] for each in looked(watch)] == ["there is disk space again"]
    assert watch.shortage() is None


def test_whether_something_may_be_written_is_known_at_once(tmp_path: Path) -> None:
    """Not with the next look: another may fill the disk between two of them."""
    disk = Disk(1000)
    watch = DiskWatch([tmp_path], 100 * MIB, disk.free)
    assert watch.shortage() is None
    disk.free_mib = 1
    watch._measured_at -= FRESH_SECONDS
    assert watch.shortage() == f"only 1.0 MiB are left in {tmp_path}"
    assert watch.health()["disk"].state == f"only 1.0 MiB are left in {tmp_path}"


def test_folders_on_one_disk_are_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    watch = DiskWatch([tmp_path / "a", tmp_path], 100 * MIB, Disk(50).free)
    assert len(looked(watch)) == 1


def test_a_folder_that_is_made_later_is_watched_from_the_next_look_on(tmp_path: Path) -> None:
    watch = DiskWatch([tmp_path / "later"], 100 * MIB, Disk(1).free)
    assert looked(watch) == []
    (tmp_path / "later").mkdir()
    warned = looked(watch)
    assert str(tmp_path / "later") in {each.get("folder") for each in warned}
    assert watch.shortage() is not None


def test_nothing_is_started_on_a_disk_that_is_too_full(tmp_path: Path) -> None:
    require_space(tmp_path, 256, Disk(256).free)
    with pytest.raises(DiskFullError, match=f"255.5 MiB are left in {tmp_path}, 256 MiB are"):
        require_space(tmp_path, 256, Disk(255.5).free)
    assert space_hint(tmp_path, 256, Disk(256).free) == ""
    assert space_hint(tmp_path, 256, Disk(3).free) == f"; 3.0 MiB are left in {tmp_path}"


def test_a_start_that_meets_a_full_disk_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_: Settings) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(runner, "up", no_space)
    monkeypatch.setenv("TESSERA_HOME", str(tmp_path))
    said = CliRunner().invoke(app, ["up"])
    assert said.exit_code == 1
    assert said.stderr.startswith("tessera: the disk is full, ")
    assert f"left in {tmp_path}: " in said.stderr


def test_the_space_of_a_folder_that_is_yet_to_be_made_is_its_parent_s(tmp_path: Path) -> None:
    assert abs(free_bytes(tmp_path / "a" / "b") - free_bytes(tmp_path)) < 100 * MIB
    assert f"left in {tmp_path}" in space_left(tmp_path)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_fault_for_want_of_space_is_known(code: int, tmp_path: Path) -> None:
    outer = RuntimeError("could not")
    outer.__cause__ = OSError(code, os.strerror(code))
    assert is_full(outer)
    assert reason_of(outer, tmp_path).startswith("the disk is full, ")
    other = OSError(errno.EIO, "Input/output error")
    assert reason_of(other, tmp_path) == str(other)


def test_writing_to_a_full_device_is_known() -> None:
    with pytest.raises(OSError, match="No space") as caught, open("/dev/full", "wb", 0) as full:  # noqa: PTH123
        full.write(b"x")
    assert is_full(caught.value)
