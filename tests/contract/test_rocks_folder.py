"""What RocksDB's folder promises beyond what every store does."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from textwrap import dedent

import pytest

from runtime.store.store import BLOCK_CACHE_BYTES, RocksStore, StoreBusy, StoreDamaged, StoreError


def test_a_folder_holds_what_was_written_before(tmp_path: Path) -> None:
    store = RocksStore(tmp_path / "deep" / "store")
    store.write({b"a": b"1"})
    store.close()
    again = RocksStore(tmp_path / "deep" / "store")
    assert again.get(b"a") == b"1"
    again.close()


def test_a_killed_process_loses_nothing_that_it_wrote(tmp_path: Path) -> None:
    child = _start(
        tmp_path,
        """
        for number in range(1, 100_000):
            store.write({b"last": b"%d" % number, b"x/%d" % number: bytes(200)})
            print(number, flush=True)
        """,
    )
    assert child.stdout is not None
    acknowledged = 0
    for _ in range(2000):
        acknowledged = int(child.stdout.readline())
    child.kill()
    child.wait()
    child.stdout.close()
    store = RocksStore(tmp_path / "store")
    last = int(store.get(b"last") or b"0")
    assert last >= acknowledged
    assert sum(1 for _ in store.scan(b"x/")) == last
    store.close()


def test_two_processes_cannot_write_to_one_folder(tmp_path: Path) -> None:
    store = RocksStore(tmp_path / "store")
    with pytest.raises(StoreBusy):
        RocksStore(tmp_path / "store")
    with pytest.raises(StoreBusy):
        RocksStore.destroy(tmp_path / "store")
    store.close()


def test_a_reader_beside_a_writer_sees_one_moment(tmp_path: Path) -> None:
    child = _start(
        tmp_path,
        """
        import random, time
        until, number = time.monotonic() + 3, 0
        while time.monotonic() < until:
            number += 1
            noise = {b"k/%d" % random.randrange(5000): bytes(400) for _ in range(20)}
            window = {b"n/%08d" % number: b"", b"n/%08d" % (number - 100): None}
            store.write(noise | window | {b"last": b"%d" % number})
            time.sleep(0.0005)
        """,
    )
    _await_store(tmp_path / "store")
    looks = 0
    while child.poll() is None:
        store = RocksStore(tmp_path / "store", read_only=True)
        last = int(store.get(b"last") or b"0")
        numbers = [int(key[2:]) for key, _ in store.scan(b"n/")]
        store.close()
        assert numbers == list(range(max(1, last - 99), last + 1))
        looks += 1
    child.communicate()
    assert looks >= 3


def test_a_reader_keeps_its_moment_while_the_writer_goes_on(tmp_path: Path) -> None:
    writer = RocksStore(tmp_path / "store")
    writer.write({b"a": b"1"})
    reader = RocksStore(tmp_path / "store", read_only=True)
    writer.write({b"a": b"2", b"b": b"2"})
    assert list(reader.scan(b"")) == [(b"a", b"1")]
    with pytest.raises(StoreError):
        reader.write({b"c": b"3"})
    reader.close()
    writer.close()


def test_a_missing_folder_is_not_made_to_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RocksStore(tmp_path / "absent", read_only=True)
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("pattern", ["MANIFEST-*", "*.sst", "CURRENT"])
def test_a_damaged_folder_says_so_and_can_be_destroyed(tmp_path: Path, pattern: str) -> None:
    path = tmp_path / "store"
    store = RocksStore(path)
    store.write({b"%d" % number: bytes(100) for number in range(50_000)})
    store.close()
    for file in path.glob(pattern):
        damaged = bytearray(file.read_bytes())
        for at in range(0, len(damaged), 64):
            damaged[at] ^= 0xFF
        file.write_bytes(damaged)
    with pytest.raises(StoreDamaged):
        _read_all(path)
    RocksStore.destroy(path)
    assert not path.exists()
    fresh = RocksStore(path)
    assert fresh.get(b"1") is None
    fresh.close()


def test_destroying_nothing_is_no_error(tmp_path: Path) -> None:
    RocksStore.destroy(tmp_path / "absent")


def _read_all(path: Path) -> None:
    store = RocksStore(path)
    try:
        list(store.scan(b""))
    finally:
        store.close()


def _start(tmp_path: Path, script: str) -> "subprocess.Popen[bytes]":
    head = f"""
        from pathlib import Path
        from runtime.store.store import RocksStore
        store = RocksStore(Path({str(tmp_path / "store")!r}))
    """
    code = dedent(head) + dedent(script)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)


def _await_store(path: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if (path / "CURRENT").exists():
            store = RocksStore(path, read_only=True)
            begun = store.get(b"last")
            store.close()
            if begun is not None:
                return
        time.sleep(0.05)
    raise AssertionError("the writer did not begin")


def test_a_folder_that_is_opened_again_has_this_codes_cache(tmp_path: Path) -> None:
    path = tmp_path / "store"
    RocksStore(path).close()
    (path / "LOG").unlink()
    store = RocksStore(path)
    told = (path / "LOG").read_text("utf-8")
    store.close()
    assert f"capacity : {BLOCK_CACHE_BYTES}" in told
    assert "cache_index_and_filter_blocks: 0" in told


def test_no_file_has_what_was_removed_once_it_is_compacted(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = RocksStore(path)
    people = (b"Ann Lovelace", b"Ben Franklin", b"Eve Curie")
    for number, name in enumerate(people):
        store.write({f"a/{number}".encode(): name, b"x": b"kept"})
        store.compact()
    store.write({b"a/1": None})

    def found(text: bytes) -> bool:
        return any(text in file.read_bytes() for file in path.iterdir() if file.is_file())

    assert found(people[1])
    store.compact()
    assert not found(people[1])
    assert found(people[2])
    store.close()


def test_a_store_that_is_being_compacted_can_be_closed_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = RocksStore(path)
    for number in range(60):
        content = {f"{number}/{n}".encode(): os.urandom(500) for n in range(1000)}
        store.write(content)
    faults: list[Exception] = []
    begun = threading.Event()

    def compact() -> None:
        begun.set()
        try:
            # again and again, so that it is not over before the store is closed
            while True:
                store.compact()
        except StoreError as fault:
            faults.append(fault)

    thread = threading.Thread(target=compact)
    thread.start()
    begun.wait()
    time.sleep(0.05)
    store.close()
    thread.join()
    assert len(faults) == 1
    again = RocksStore(path)
    assert sum(1 for _ in again.scan(b"")) == 60_000
    again.close()
