"""Where a Faust application keeps its folders."""

from pathlib import Path

import pytest

from runtime.kafka.streaming import make_app

OPTIONS = {"bootstrap_servers": "127.0.0.1:1", "security_protocol": "PLAINTEXT"}


@pytest.mark.parametrize("name", ["home", "{odd} home"])
def test_an_application_leaves_no_more_folders_with_each_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    working = tmp_path / "working"
    working.mkdir()
    monkeypatch.chdir(working)
    folder = tmp_path / name / "live"
    for _ in range(2):
        app = make_app("name", OPTIONS, folder)
        # what Faust calls at a start
        app._create_directories()
        assert app.conf.datadir == folder
        app.conf.tabledir.joinpath("left").write_text("")
        assert len(list(folder.rglob("left"))) == 1
    assert list(working.iterdir()) == []
