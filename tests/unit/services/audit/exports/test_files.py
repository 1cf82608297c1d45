"""Files come to their place whole, are read by their owner alone, and go without a trace."""

from pathlib import Path

import pytest

from services.audit.exports.files import ExportFiles, FileName

NAME = FileName("proj", "exp_1", 2)


def written(files: ExportFiles, name: FileName = NAME, content: bytes = b"code\r\n") -> Path:
    with files.open_partial(name) as file:
        file.write(content)
        files.complete(name, file)
    return files.place(name)


def test_a_file_is_in_its_place_once_it_is_complete(tmp_path: Path) -> None:
    files = ExportFiles(tmp_path / "exports")
    with files.open_partial(NAME) as file:
        file.write(b"half")
        assert not files.place(NAME).exists()
        assert list(files.names()) == [NAME]
        files.complete(NAME, file)
    assert files.place(NAME).read_bytes() == b"half"
    assert files.place(NAME) == tmp_path / "exports" / "proj" / "exp_1.2.csv"


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = written(ExportFiles(tmp_path / "exports"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_begun_again_has_nothing_of_before(tmp_path: Path) -> None:
    files = ExportFiles(tmp_path)
    with files.open_partial(NAME) as file:
        file.write(b"much of it")
    assert written(files, content=b"new").read_bytes() == b"new"


def test_what_is_removed_leaves_nothing(tmp_path: Path) -> None:
    files = ExportFiles(tmp_path / "exports")
    written(files)
    with files.open_partial(NAME) as file:
        file.write(b"half")
    files.remove(NAME)
    files.remove(NAME)
    assert list((tmp_path / "exports").rglob("*")) == []
    assert list(files.names()) == []


@pytest.mark.parametrize("project", ["..", ".", "a/b", "../../x", "%2E%2E", "ä b", "p.csv"])
def test_no_project_leads_out_of_the_folder(tmp_path: Path, project: str) -> None:
    root = tmp_path / "exports"
    files = ExportFiles(root)
    name = FileName(project, "exp_1", 0)
    assert written(files, name).resolve().parent.parent == root.resolve()
    assert list(files.names()) == [name]


def test_other_files_are_nobodys(tmp_path: Path) -> None:
    (tmp_path / "proj").mkdir()
    for name in ("notes.txt", "exp_1.csv", "exp_1.x.csv"):
        (tmp_path / "proj" / name).write_text("x")
    assert list(ExportFiles(tmp_path).names()) == []
