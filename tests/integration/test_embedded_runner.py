"""The commands run, up, down and status, over stand-ins for broker and hosts."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import psutil
import pytest

from deploy.embedded.home import Home
from deploy.embedded.supervision import SupervisorClient, leftovers
from tests.ports import pick_internal_ports, public_port

DRIVER = Path(__file__).with_name("fake_installation.py")
STOP_ORDER = ["api ends", "insight ends", "distribution ends", "broker ends"]
STOP_ORDER_APART = [*STOP_ORDER[:-1], "ledger ends", "broker ends"]
HOSTS = ("api", "distribution", "insight")


class Installation:
    """A data folder, and the commands on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.port = public_port()
        pick_internal_ports(Home(path))
        self.environment = {
            **{key: text for key, text in os.environ.items() if not key.startswith("TESSERA_")},
            "TESSERA_HOME": str(path),
            "TESSERA_PORT": str(self.port),
            "TESSERA_DASHBOARD": "0",
        }

    def command(self, name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._line(name),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def begin(self, name: str) -> subprocess.Popen[str]:
        """Start a command that stays; its output is in `output`."""
        with self.path.with_suffix(".out").open("w") as out:
            return subprocess.Popen(
                self._line(name), env=self.environment, stdout=out, stderr=out, text=True
            )

    @property
    def output(self) -> str:
        return self.path.with_suffix(".out").read_text()

    def shows(self, words: str) -> bool:
        return words in self.output

    @property
    def events(self) -> list[str]:
        file = self.path / "events"
        return file.read_text().splitlines() if file.exists() else []

    def tell(self, host: str, conduct: str) -> None:
        (self.path / f"fake-{host}").write_text(conduct)

    def processes(self) -> dict[str, list[psutil.Process]]:
        return leftovers(Home(self.path))

    @staticmethod
    def _line(name: str) -> tuple[str, ...]:
        return (sys.executable, "-P", str(DRIVER), name)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "a home")
    yield made
    if made.processes():
        made.command("down")
    assert made.processes() == {}


def eventually(condition: Callable[[], bool], seconds_max: float = 120.0) -> bool:
    deadline = time.monotonic() + seconds_max
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_up_starts_all_hosts_after_the_broker_and_down_stops_in_order(
    installation: Installation,
) -> None:
    started = installation.command("up")
    assert started.returncode == 0, started.stderr
    assert f"http://127.0.0.1:{installation.port}" in started.stdout
    assert "t-1" in started.stdout
    assert "curl" in started.stdout
    serves = installation.events
    assert serves[0] == "broker serves"
    assert set(serves[1:]) == {f"{host} serves" for host in HOSTS}
    assert installation.command("status").returncode == 0

    stopped = installation.command("down")
    assert stopped.returncode == 0
    assert installation.events[len(serves) :] == STOP_ORDER
    assert installation.command("status").returncode == 1


def test_a_host_ledger_is_started_and_stopped_where_it_is_to_decide(
    installation: Installation,
) -> None:
    installation.environment["TESSERA_LEDGER"] = "apart"
    installation.command("up")
    assert sorted(installation.processes()) == sorted(("broker", "ledger", "supervisor", *HOSTS))
    (ledger,) = installation.processes()["ledger"]
    assert ledger.environ()["TESSERA_LEDGER"] == "apart"
    assert "ledger" in installation.command("status").stdout
    installation.command("down")
    assert installation.events[-len(STOP_ORDER_APART) :] == STOP_ORDER_APART


def test_what_earlier_code_started_is_told_of_and_stopped_in_order(
    installation: Installation,
) -> None:
    installation.environment["TESSERA_LEDGER"] = "apart"
    installation.command("up")
    file = Home(installation.path).installation_file
    written = json.loads(file.read_text())
    # the code before did not say where commands are decided; and here they are not any more
    del written["ledger"], installation.environment["TESSERA_LEDGER"]
    file.write_text(json.dumps(written))
    status = installation.command("status")
    assert (status.returncode, "ledger" in status.stdout) == (0, True)
    assert installation.command("down").returncode == 0
    assert installation.events[-len(STOP_ORDER_APART) :] == STOP_ORDER_APART
    assert installation.command("up").returncode == 0
    assert "ledger" not in installation.command("status").stdout
    assert "ledger" not in installation.processes()


def test_every_process_tells_its_host_and_its_folder_and_keeps_to_itself(
    installation: Installation,
) -> None:
    installation.environment["TESSERA_APP_TOKEN"] = "secret"
    installation.command("up")
    found = installation.processes()
    assert sorted(found) == sorted(("broker", "supervisor", *HOSTS))
    for name in ("broker", *HOSTS):
        (process,) = found[name]
        assert name in process.cmdline()
        assert process.environ()["TESSERA_HOME"] == str(installation.path)
    (broker,), (api,) = found["broker"], found["api"]
    settings = {key for key in broker.environ() if key.startswith("TESSERA_")}
    assert settings == {"TESSERA_HOME"}
    assert api.environ()["TESSERA_APP_TOKEN"] == "secret"
    assert (installation.path / "events").stat().st_mode & 0o777 == 0o600


def test_up_on_a_healthy_installation_says_so_and_changes_nothing(
    installation: Installation,
) -> None:
    installation.command("up")
    before = installation.events
    again = installation.command("up")
    assert again.returncode == 0
    assert "running already" in again.stdout
    assert installation.events == before


def test_down_without_anything_running_is_no_error(installation: Installation) -> None:
    assert installation.command("down").returncode == 0
    assert "not running" in installation.command("down").stdout


def test_up_names_a_port_that_is_taken(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        refused = installation.command("up")
    assert refused.returncode == 1
    assert f"Port {installation.port}" in refused.stderr
    assert installation.events == []


def test_up_refuses_a_folder_of_a_newer_version(installation: Installation) -> None:
    (installation.path / "version.json").write_text('{"layout": 99, "kafka": "4.3.1"}')
    refused = installation.command("up")
    assert refused.returncode == 1
    assert "newer version" in refused.stderr
    assert json.loads((installation.path / "version.json").read_text())["layout"] == 99


def test_up_fails_with_the_log_of_a_host_that_cannot_start(installation: Installation) -> None:
    installation.tell("insight", "crash")
    failed = installation.command("up")
    assert failed.returncode == 1
    assert "The host insight did not start" in failed.stderr
    assert "the moon is full" in failed.stderr
    assert installation.processes() == {}


def test_up_fails_when_a_broker_cannot_start(installation: Installation) -> None:
    installation.tell("broker", "crash")
    failed = installation.command("up")
    assert failed.returncode == 1
    assert "broker cannot start" in failed.stderr


def test_up_fails_when_a_host_does_not_become_healthy(installation: Installation) -> None:
    installation.tell("api", "sick")
    failed = installation.command("up")
    assert failed.returncode == 1
    assert "The host api is not healthy" in failed.stderr
    assert installation.processes() == {}


def test_down_is_bounded_when_a_host_does_not_listen(installation: Installation) -> None:
    installation.tell("distribution", "deaf")
    installation.command("up")
    began = time.monotonic()
    assert installation.command("down").returncode == 0
    assert time.monotonic() - began < 60
    assert "distribution ends" not in installation.events


def test_a_dead_host_is_started_again(installation: Installation) -> None:
    installation.command("up")
    with closing(SupervisorClient(Home(installation.path))) as client:
        assert eventually(lambda: client.states()["api"].state == "RUNNING")
        killed = client.states()["api"].pid
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: client.states()["api"].pid not in (0, killed))
    assert eventually(lambda: installation.events.count("api serves") == 2)


def test_run_shows_json_lines_and_stops_in_order_however_often_it_is_asked(
    installation: Installation,
) -> None:
    running = installation.begin("run")
    assert eventually(partial(installation.shows, '"ready"')), installation.output
    for _ in range(3):
        running.send_signal(signal.SIGINT)
        time.sleep(0.1)
    assert running.wait(120) == 0
    assert installation.events[-len(STOP_ORDER) :] == STOP_ORDER
    events = [json.loads(line) for line in installation.output.splitlines()]
    assert all(event["host"] and event["event"] for event in events)
    assert events[-1]["event"] == "stopped"


def test_run_tells_of_a_host_that_crashes(installation: Installation) -> None:
    running = installation.begin("run")
    assert eventually(partial(installation.shows, '"ready"')), installation.output
    installation.tell("insight", "crash")
    installation.processes()["insight"][0].kill()
    for sign in ("insight ended soon after its start", "the moon is full"):
        assert eventually(partial(installation.shows, sign))
    running.send_signal(signal.SIGTERM)
    assert running.wait(120) == 0


def test_run_stops_what_it_began_when_it_is_asked_during_the_start(
    installation: Installation,
) -> None:
    installation.tell("api", "sick")
    running = installation.begin("run")
    assert eventually(lambda: "api serves" in installation.events)
    running.send_signal(signal.SIGINT)
    assert running.wait(120) == 0
    assert installation.processes() == {}


def test_run_ends_well_when_another_command_stops_the_installation(
    installation: Installation,
) -> None:
    running = installation.begin("run")
    assert eventually(partial(installation.shows, '"ready"')), installation.output
    assert "running already" in installation.command("run").stderr
    assert installation.command("down").returncode == 0
    assert running.wait(120) == 0


def test_run_leaves_alone_what_another_command_started_anew(installation: Installation) -> None:
    running = installation.begin("run")
    assert eventually(partial(installation.shows, '"ready"')), installation.output
    running.send_signal(signal.SIGSTOP)
    try:
        assert installation.command("down").returncode == 0
        assert installation.command("up").returncode == 0
        running.send_signal(signal.SIGINT)
    finally:
        running.send_signal(signal.SIGCONT)
    assert running.wait(120) == 0
    assert installation.command("status").returncode == 0


def test_run_stops_everything_when_it_fails_itself(installation: Installation) -> None:
    installation.tell("api", "no keys")
    running = installation.begin("run")
    assert running.wait(120) == 1
    assert installation.processes() == {}
    assert installation.events[-len(STOP_ORDER) :] == STOP_ORDER


def test_a_start_clears_away_what_a_killed_run_left(installation: Installation) -> None:
    running = installation.begin("run")
    assert eventually(partial(installation.shows, '"ready"')), installation.output
    running.kill()
    running.wait()
    started = installation.command("up")
    assert started.returncode == 0, started.stderr
    assert all(len(processes) == 1 for processes in installation.processes().values())


def test_down_ends_programs_whose_supervisor_was_killed(installation: Installation) -> None:
    installation.command("up")
    (supervisor,) = installation.processes()["supervisor"]
    supervisor.kill()
    assert eventually(lambda: "supervisor" not in installation.processes())
    assert "left from an earlier run" in installation.command("status").stdout
    assert installation.command("down").returncode == 0
    assert installation.processes() == {}


def test_an_unknown_setting_is_named(installation: Installation) -> None:
    installation.environment["TESSERA_PROT"] = "8001"
    refused = installation.command("up")
    assert refused.returncode == 1
    assert "TESSERA_PROT" in refused.stderr


def test_run_ends_in_order_when_nobody_reads_it(installation: Installation) -> None:
    with subprocess.Popen(
        Installation._line("run"), env=installation.environment, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        running.stdout.readline()
        running.stdout.close()
        assert running.wait(120) == 0
    assert installation.events[-1] == "broker ends"
