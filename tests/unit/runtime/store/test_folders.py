"""Folders of state are begun anew when they are damaged, and found whatever host wrote them."""

from pathlib import Path

from runtime.store.folders import StateFolder, open_folder, state_folders


def test_a_damaged_folder_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    store = open_folder(path)
    store.write({b"a": b"1"})
    store.close()
    (path / "CURRENT").write_bytes(b"damaged")
    fresh = open_folder(path)
    assert fresh.get(b"a") is None
    fresh.close()


def test_the_state_of_every_ledger_slot_is_found(tmp_path: Path) -> None:
    for host in ("ledger", "ledger-b-2"):
        StateFolder(tmp_path, host, 3, "f0").open().close()
        open_folder(tmp_path / "state" / host / "keys").close()
    found = [(host, partition) for host, partition, _ in state_folders(tmp_path, "f0")]
    assert found == [("ledger", 3), ("ledger-b-2", 3)]
