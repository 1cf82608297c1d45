"""The first project: made once, whatever is cut off, and kept in step with the environment."""

import json
import stat
from pathlib import Path

import msgspec
import pytest

from engine.kernel import tables
from runtime.base.faults import NotSent
from runtime.http.session_uses import SessionUses
from schemas.keys import EndKey, RenameKey
from schemas.projects import CONTROL_PROJECT, CreateProject, OpenProject, ReplaceKey, UpdateProject
from schemas.user_commands import CreateUser
from services.catalog.projects.bootstrap import Bootstrap, Installation
from services.catalog.projects.directory import KeyDirectory
from services.catalog.projects.keys import Keys, KeysError, Presets
from tests.unit.services.ledger import Ledger
from tests.unit.services.world import hash_token


async def _start(ledger: Ledger, home: Path, presets: Presets | None = None) -> Keys:
    installation = Installation(
        home / "keys.json", presets or Presets(), ("http://localhost",), partitions=4
    )
    bootstrap = Bootstrap(installation, ledger, ledger.fresh, hash_token, retry_seconds=0)
    await bootstrap.run()
    assert bootstrap.keys is not None
    return bootstrap.keys


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def _is_younger(_: float) -> bool:
    return True


def _works(ledger: Ledger, key_id: str, token: str) -> bool:
    known = KeyDirectory(ledger.view, _is_younger, SessionUses()).key(key_id)
    return known is not None and known.token_hash == hash_token(token)


async def test_the_first_start_makes_a_project_whose_keys_work(tmp_path: Path) -> None:
    ledger = Ledger()
    keys = await _start(ledger, tmp_path)
    file = tmp_path / "keys.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == msgspec.to_builtins(keys)
    for key_id, token in (
        (keys.app_id, keys.app_token),
        (keys.client_app_id, keys.client_token),
        (keys.management_id, keys.management_token),
    ):
        assert _works(ledger, key_id, token)
        assert token not in repr(ledger.records)
    assert _names(tmp_path) == ["keys.json"]


async def test_a_second_start_sends_nothing(tmp_path: Path) -> None:
    ledger = Ledger()
    first = await _start(ledger, tmp_path)
    sent = len(ledger.commands)
    assert await _start(ledger, tmp_path) == first
    assert len(ledger.commands) == sent


@pytest.mark.parametrize("cut_after", [0, 1])
async def test_a_start_that_was_cut_off_is_completed(tmp_path: Path, cut_after: int) -> None:
    ledger = Ledger()
    whole = ledger.send
    sent = 0

    async def cut(*args: object, **named: object) -> object:
        nonlocal sent
        sent += 1
        if sent > cut_after:
            raise KeysError("cut off")
        return await whole(*args, **named)  # type: ignore[arg-type]

    ledger.send = cut  # type: ignore[assignment, method-assign]
    with pytest.raises(KeysError):
        await _start(ledger, tmp_path)
    written = (tmp_path / "keys.json").read_bytes()
    ledger.send = whole  # type: ignore[method-assign]
    keys = await _start(ledger, tmp_path)
    assert (tmp_path / "keys.json").read_bytes() == written
    assert _works(ledger, keys.app_id, keys.app_token)
    kinds = [type(each.body) for each in ledger.commands]
    assert kinds == [CreateProject, OpenProject, CreateUser]


async def test_it_waits_for_a_ledger_that_is_not_up(tmp_path: Path) -> None:
    ledger = Ledger()
    whole = ledger.send
    attempts = 0

    async def late(*args: object, **named: object) -> object:
        nonlocal attempts
        attempts += 1
        if attempts < 4:
            raise NotSent("not up")
        return await whole(*args, **named)  # type: ignore[arg-type]

    ledger.send = late  # type: ignore[assignment, method-assign]
    keys = await _start(ledger, tmp_path)
    assert _works(ledger, keys.app_id, keys.app_token)


async def test_presets_win_and_a_changed_one_revokes_the_old(tmp_path: Path) -> None:
    ledger = Ledger()
    preset = Presets(project_id="proj_mine", app_id="one", app_token="t1")
    keys = await _start(ledger, tmp_path, preset)
    assert (keys.project_id, keys.app_id, keys.app_token) == ("proj_mine", "one", "t1")
    await _start(ledger, tmp_path, Presets(app_id="two", app_token="t2"))
    assert not _works(ledger, "one", "t1")
    assert _works(ledger, "two", "t2")
    await _start(ledger, tmp_path, Presets(app_id="two", app_token="t3"))
    assert not _works(ledger, "two", "t2")
    assert _works(ledger, "two", "t3")
    await _start(ledger, tmp_path, preset)
    assert _works(ledger, "one", "t1")
    assert not _works(ledger, "two", "t3")
    assert isinstance(ledger.commands[-1].body, ReplaceKey)


async def test_a_lost_file_means_new_keys_for_the_same_project(tmp_path: Path) -> None:
    ledger = Ledger()
    old = await _start(ledger, tmp_path)
    (tmp_path / "keys.json").unlink()
    new = await _start(ledger, tmp_path)
    assert new.project_id == old.project_id
    assert not _works(ledger, old.app_id, old.app_token)
    assert _works(ledger, new.app_id, new.app_token)


async def test_preset_origins_replace_the_stored_ones(tmp_path: Path) -> None:
    ledger = Ledger()
    keys = await _start(ledger, tmp_path)
    origins = ("https://shop.test",)
    await _start(ledger, tmp_path, Presets(trusted_origins=origins))
    await _start(ledger, tmp_path)
    project = ledger.view(CONTROL_PROJECT).get(tables.PROJECTS, keys.project_id)
    assert project is not None
    assert project.trusted_origins == origins


async def test_a_zone_that_did_not_reach_its_project_does_with_the_next_start(
    tmp_path: Path,
) -> None:
    """As one that was said before projects reckoned in their zones."""
    ledger = Ledger()
    project = (await _start(ledger, tmp_path)).project_id
    for zone in ("Mars/Olympus", "Pacific/Auckland"):
        settings = msgspec.Raw(msgspec.json.encode({"timezone": zone}))
        body = UpdateProject(project, settings=settings)
        await ledger.send(CONTROL_PROJECT, body, key_kind="system")
        await _start(ledger, tmp_path)
        known = zone if zone == "Pacific/Auckland" else "Etc/UTC"
        opened = ledger.view(project).get(tables.OPENED, project)
        assert opened is not None
        assert opened.timezone == known
    sent = len(ledger.commands)
    await _start(ledger, tmp_path)
    assert len(ledger.commands) == sent


async def test_what_cannot_be_is_said_without_secrets(tmp_path: Path) -> None:
    ledger = Ledger()
    await _start(ledger, tmp_path)
    with pytest.raises(KeysError, match="TESSERA_PROJECT_ID"):
        await _start(ledger, tmp_path, Presets(project_id="other"))
    (tmp_path / "keys.json").write_text('{"app_token": "secret"')
    with pytest.raises(KeysError, match=r"keys\.json is damaged") as raised:
        await _start(ledger, tmp_path)
    assert "secret" not in str(raised.value)


async def test_a_start_brings_back_no_key_that_was_ended_over_the_api(tmp_path: Path) -> None:
    ledger = Ledger()
    keys = await _start(ledger, tmp_path)
    end = EndKey(keys.project_id, keys.app_id, keys.management_id)
    await ledger.send(CONTROL_PROJECT, end, key_kind="management")
    await ledger.send(
        CONTROL_PROJECT,
        RenameKey(keys.project_id, keys.client_app_id, "Shop window"),
        key_kind="management",
    )
    sent = len(ledger.commands)
    assert await _start(ledger, tmp_path) == keys
    assert len(ledger.commands) == sent
    assert not _works(ledger, keys.app_id, keys.app_token)
    # until another token is preset
    await _start(ledger, tmp_path, Presets(app_token="another"))
    assert _works(ledger, keys.app_id, "another")
