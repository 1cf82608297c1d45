"""The parts of the embedded installation that need no process: folder, ports, jars, terminal."""

import errno
import io
import json
import logging
import os
import socket
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

import pytest
import structlog

from deploy.embedded import jars
from deploy.embedded.console import Console, LogFollower, log_tail
from deploy.embedded.errors import DataFolderError, PortTakenError
from deploy.embedded.home import (
    LAYOUT_VERSION,
    Home,
    check_port,
    free_port,
    internal_ports,
    read_json,
)
from deploy.embedded.jars import Jar
from deploy.embedded.start import (
    Installation,
    environment,
    reachable,
    remove_left_states,
    require_ports,
    with_internal_ports,
)
from deploy.embedded.storage import broker_environment
from deploy.embedded.supervision import HOSTS
from runtime.base.logging import configure_logging
from runtime.base.settings import Settings, load_settings
from tessera.cli import HostName


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.prepare()
    return made


def test_a_new_folder_gets_the_version_and_is_private(tmp_path: Path) -> None:
    home = Home(tmp_path / "new")
    home.prepare()
    assert read_json(home.version_file)["layout"] == LAYOUT_VERSION
    assert home.path.stat().st_mode & 0o077 == 0


def test_a_folder_that_was_there_before_becomes_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Home(tmp_path).prepare()
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_only_one_command_holds_a_folder(home: Home) -> None:
    with home.held(), pytest.raises(DataFolderError, match="Another command"), home.held():
        pass
    with home.held():
        pass


def test_a_damaged_file_is_an_error_that_names_it(home: Home) -> None:
    home.version_file.write_text("[]")
    with pytest.raises(DataFolderError, match=r"version\.json is damaged"):
        home.prepare()


def test_a_socket_path_that_would_be_too_long_is_replaced(tmp_path: Path) -> None:
    assert len(os.fsencode(Home(tmp_path / ("x" * 150)).socket)) <= 100


def test_ports_are_kept_and_chosen_again_when_taken(home: Home) -> None:
    first = internal_ports(home)
    assert internal_ports(home) == first
    with socket.create_server(("127.0.0.1", first.insight)):
        second = internal_ports(home)
    assert second.insight != first.insight
    assert (second.kafka, second.ledger) == (first.kafka, first.ledger)
    assert len(set(asdict(second).values())) == 5


def test_a_taken_port_is_named_and_another_reason_told() -> None:
    port = free_port()
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(PortTakenError, match=f"Port {port} on 127.0.0.1 is taken"),
    ):
        check_port("127.0.0.1", port)
    with pytest.raises(PortTakenError, match="cannot be used"):
        check_port("192.0.2.1", port)


def test_hosts_get_the_chosen_ports_unless_the_operator_chose(home: Home) -> None:
    ports = internal_ports(home)
    chosen = load_settings({"TESSERA_HOME": str(home.path), "TESSERA_LEDGER_PORT": "9999"})
    settings = with_internal_ports(chosen, ports)
    assert (settings.kafka, settings.insight_port) == (ports.bootstrap, ports.insight)
    assert settings.ledger_port == 9999
    given = environment(settings)
    assert given["TESSERA_HOME"] == str(home.path)
    assert given["TESSERA_LOG_FORMAT"] == "json"
    assert given["TESSERA_LEDGER"] == "inside"
    names = [name for name in given if name.startswith("TESSERA_")]
    assert load_settings({name: given[name] for name in names}).kafka == ports.bootstrap


@pytest.mark.parametrize(
    ("bind", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
    ],
)
def test_the_url_is_one_that_answers_here(bind: str, url: str) -> None:
    assert Installation(bind, 8000, 1, 2, None).url == url
    assert reachable(bind) in url


def test_a_host_ledger_is_among_the_hosts_where_commands_are_decided_apart() -> None:
    earlier = Installation("127.0.0.1", 8000, 1, 2, None)
    assert earlier.hosts == ("ledger", "distribution", "insight", "api")
    assert replace(earlier, ledger="inside").hosts == ("distribution", "insight", "api")


def test_a_dashboard_is_among_the_hosts_where_it_has_a_port() -> None:
    without = Installation("::", 8000, 1, 2, None)
    assert without.dashboard_url is None
    assert "dashboard" not in without.hosts
    there = replace(without, dashboard_port=8080)
    assert there.hosts == HOSTS
    assert there.dashboard_url == "http://[::1]:8080"


def test_a_port_of_the_dashboard_that_cannot_be_had_is_told_by_its_variable() -> None:
    port = free_port()
    same = Settings(port=port, dashboard_port=port)
    with pytest.raises(
        PortTakenError, match="TESSERA_DASHBOARD_PORT and TESSERA_PORT are the same"
    ):
        require_ports(same)
    require_ports(same.model_copy(update={"dashboard": False}))
    other = Settings(port=free_port((port,)), dashboard_port=port)
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(PortTakenError, match=r"TESSERA_DASHBOARD_PORT \(or TESSERA_DASHBOARD=0\)"),
    ):
        require_ports(other)


def test_what_a_host_ledger_left_is_removed_and_nothing_else(home: Home) -> None:
    for host in ("ledger", "ledger-1", "api", "distribution"):
        (home.path / "state" / host / "keys").mkdir(parents=True)
    remove_left_states(home)
    remove_left_states(home)
    assert {each.name for each in (home.path / "state").iterdir()} == {"api", "distribution"}


def test_the_command_line_and_the_supervisor_know_the_same_hosts() -> None:
    assert {host.value for host in HostName} == set(HOSTS)


def test_a_jar_that_does_not_have_its_hash_is_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"a jar"
    jar = Jar(sha256(content).hexdigest(), "org.example", "thing", "1.0")
    path = jar.path_in(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half of")
    fetched: list[Jar] = []

    def download(missing: list[Jar], cache: Path, _fetched: object) -> None:
        fetched.extend(missing)
        missing[0].path_in(cache).write_bytes(content)

    monkeypatch.setattr(jars, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(jars, "locked_jars", lambda: [jar])
    monkeypatch.setattr(jars, "_download", download)
    assert jars.class_path() == [path]
    assert jars.class_path() == [path]
    assert fetched == [jar]


def test_a_follower_gives_whole_lines_also_across_a_rotation(home: Home) -> None:
    log = home.log("api")
    log.write_text("old\n")
    follower = LogFollower(home, "api")
    with log.open("a") as file:
        file.write("one\ntw")
    assert list(follower.lines()) == ["one"]
    with log.open("a") as file:
        file.write("o\nthree\n")
    log.rename(log.with_name("api.log.1"))
    log.write_text("four\n")
    assert list(follower.lines()) == ["two", "three", "four"]
    assert list(follower.lines()) == []


def test_the_log_is_json_lines_where_no_person_reads(home: Home) -> None:
    out = io.StringIO()
    console = Console("auto", out)
    console.log_line("api", '{"level":"info","event":"redeemed","code":"A"}')
    console.log_line("broker", "WARN Log - something")
    console.say("stopped")
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(event["host"], event["level"]) for event in events] == [
        ("api", "info"),
        ("broker", "warning"),
        ("runner", "info"),
    ]


def test_the_log_is_readable_lines_on_a_terminal() -> None:
    out = io.StringIO()
    Console("console", out).log_line(
        "api", '{"timestamp":"2026-01-02T03:04:05.6Z","level":"info","event":"redeemed","code":"A"}'
    )
    line = out.getvalue()
    assert line.startswith("03:04:05 api")
    assert "redeemed" in line
    assert "code=A" in line


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EIO])
def test_a_reader_that_went_away_is_noticed(tmp_path: Path, number: int) -> None:
    class Gone(io.TextIOWrapper):
        def write(self, text: str) -> int:
            raise OSError(number, "gone")

    with (tmp_path / "out").open("wb") as file, Gone(file) as out:
        console = Console("console", out)
        console.say("hello")
    assert console.is_closed


def test_a_broker_gets_no_setting_but_its_folder(home: Home) -> None:
    given = {"PATH": "/bin", "TESSERA_APP_TOKEN": "secret", "TESSERA_HOME": "elsewhere"}
    assert broker_environment(home, given) == {"PATH": "/bin", "TESSERA_HOME": str(home.path)}


def test_the_end_of_a_log_is_told_in_words(home: Home) -> None:
    home.log("api").write_text('{"level":"error","event":"boom","exception":"Trace"}\nplain\n')
    assert log_tail(home, "api") == "error boom Trace\nplain"
    assert log_tail(home, "ledger") == ""


def test_logs_are_json_lines_with_host_and_fields() -> None:
    out = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        configure_logging("json", "api", out)
        structlog.get_logger("test").info("redeemed", code="A")
        logging.getLogger("library").warning("slow %d", 3)
    finally:
        root.handlers, root.level = before
    mine, library = (json.loads(line) for line in out.getvalue().splitlines())
    assert (mine["event"], mine["host"], mine["code"]) == ("redeemed", "api", "A")
    assert (library["event"], library["level"]) == ("slow 3", "warning")
