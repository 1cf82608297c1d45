"""The supervisor of an installation: its configuration, its process, and questions to it.

`supervisord` starts the programs when it is told to, starts one again that ended by itself, and
ends all in reverse order of priority, each within its own bound, when it is told to shut down or
gets SIGTERM. It is asked over a Unix socket in the data folder. It does not belong to the process
group of the terminal, so Ctrl-C reaches the runner alone, which then ends the rest in order.
"""

import http.client
import os
import pwd
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport

from deploy.embedded.errors import EmbeddedError
from deploy.embedded.home import Home
from deploy.embedded.kafka import BrokerProcess
from deploy.embedded.storage import broker_environment
from runtime.base.settings import PRIVATE_UMASK

SUPERVISOR = "supervisor"
BROKER = "broker"
#: The hosts; they stop in the reverse order, the broker last.
HOSTS = ("ledger", "distribution", "insight", "api", "dashboard")
PROGRAMS = (BROKER, *HOSTS)
#: How long each program may take to stop before it is killed.
STOP_SECONDS_MAX: Mapping[str, int] = {
    "dashboard": 15,
    "api": 15,
    "insight": 15,
    "distribution": 15,
    "ledger": 15,
    BROKER: 30,
}
#: A program that ends sooner than this after its start is started again with growing delays.
STEADY_AFTER_SECONDS = 3
#: With a delay that grows by a second each time, about an hour and a half of attempts.
RESTARTS_MAX = 100
LOG_BYTES_MAX = 10 * 1024 * 1024
LOG_FILES_MAX = 4
ANSWER_SECONDS_MAX = 10.0


@dataclass(frozen=True, slots=True)
class ProgramState:
    """What the supervisor says about one program; `pid` 0 means it has no process."""

    name: str
    state: str
    pid: int
    exit_status: int
    started_at: int
    problem: str

    @property
    def is_up(self) -> bool:
        return self.state in ("STARTING", "RUNNING")


class SupervisorClient:
    """The supervisor of one installation, over its socket."""

    def __init__(self, home: Home) -> None:
        transport = SupervisorTransport(serverurl=f"unix://{home.socket}")
        proxy: Any = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        self._transport = transport
        self._rpc = proxy.supervisor

    def pid(self) -> int | None:
        """The supervisor's process id, or None when none answers."""
        try:
            return int(self._call("getPID"))
        except EmbeddedError:
            return None

    def start(self, program: str) -> None:
        """Begin to start a program; `states` tells how that goes on."""
        self._call("startProcess", program, False)

    def states(self) -> dict[str, ProgramState]:
        """All programs by name."""
        found = {}
        for info in self._call("getAllProcessInfo"):
            state = str(info["statename"])
            found[str(info["name"])] = ProgramState(
                name=str(info["name"]),
                state=state,
                pid=int(info["pid"]) if state in ("STARTING", "RUNNING", "STOPPING") else 0,
                exit_status=int(info["exitstatus"]),
                started_at=int(info["start"]),
                problem=str(info["spawnerr"]),
            )
        return found

    def close(self) -> None:
        """Close the connection; the next question opens one again."""
        self._transport.close()

    def _call(self, method: str, *arguments: object) -> Any:
        try:
            return getattr(self._rpc, method)(*arguments)
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            # The connection is kept between calls; after a fault a new one is needed.
            self._transport.close()
            raise EmbeddedError(f"The supervisor did not answer {method}: {error}") from error


def start_supervisor(
    home: Home, broker: BrokerProcess, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a supervisor with no program running yet; every host gets `environment`.

    The broker gets what `broker_environment` leaves of it.
    """
    config = home.run / "supervisord.conf"
    hidden = sorted(environment.keys() - broker_environment(home, environment).keys())
    config.write_text(_configuration(home, broker, hidden), "utf-8")
    config.chmod(0o600)
    home.socket.unlink(missing_ok=True)
    process = subprocess.Popen(
        _supervisor_command(home),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        umask=PRIVATE_UMASK,
    )
    client = SupervisorClient(home)
    deadline = time.monotonic() + ANSWER_SECONDS_MAX
    while client.pid() != process.pid:
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            _, complaint = process.communicate()
            raise EmbeddedError(f"The supervisor did not start. {complaint.decode().strip()}")
        time.sleep(0.02)
    return process


def leftovers(home: Home) -> dict[str, list[psutil.Process]]:
    """Running processes of this installation by program, found by command line and environment."""
    found: dict[str, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        try:
            if process.uids().real != os.getuid():
                continue
            program = _program_of(process.cmdline(), home)
            if program and process.environ().get("TESSERA_HOME") == str(home.path):
                found.setdefault(program, []).append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def host_command(name: str) -> tuple[str, ...]:
    """The command line of a host; -P keeps the current folder out of the import path."""
    return (sys.executable, "-P", "-m", "tessera", "host", name)


def _supervisor_command(home: Home) -> tuple[str, ...]:
    config = str(home.run / "supervisord.conf")
    return (sys.executable, "-P", "-m", "deploy.embedded.supervisord", "-n", "-c", config)


def _program_of(command: Sequence[str], home: Home) -> str | None:
    words = tuple(command)
    if words[1:] == _supervisor_command(home)[1:]:
        return SUPERVISOR
    if words[-2:] == ("kafka.Kafka", BROKER):
        return BROKER
    if len(words) > 3 and words[-3:-1] == ("tessera", "host") and words[-1] in HOSTS:
        return words[-1]
    return None


def _configuration(home: Home, broker: BrokerProcess, hidden: Sequence[str]) -> str:
    sections = [
        f"""\
[supervisord]
nodaemon=true
silent=true
logfile={_value(home.log(SUPERVISOR))}
logfile_maxbytes={LOG_BYTES_MAX}
logfile_backups=1
pidfile={_value(home.run / "supervisord.pid")}
strip_ansi=false
umask={PRIVATE_UMASK:03o}
user={pwd.getpwuid(os.getuid()).pw_name}

[unix_http_server]
file={_value(home.socket)}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    ]
    # A program gets the supervisor's environment; only `env` takes something away from it.
    unset = [word for name in hidden for word in ("-u", name)]
    commands = {BROKER: ("env", *unset, *broker.command)} | {
        name: host_command(name) for name in HOSTS
    }
    for priority, name in enumerate(PROGRAMS, 1):
        folder = f"directory={_value(broker.directory)}\n" if name == BROKER else ""
        sections.append(
            f"""\
[program:{name}]
command={_value(shlex.join(commands[name]))}
{folder}priority={priority}
autostart=false
autorestart=true
startsecs={STEADY_AFTER_SECONDS}
startretries={RESTARTS_MAX}
stopsignal=TERM
stopwaitsecs={STOP_SECONDS_MAX[name]}
redirect_stderr=true
stdout_logfile={_value(home.log(name))}
stdout_logfile_maxbytes={LOG_BYTES_MAX}
stdout_logfile_backups={LOG_FILES_MAX - 1}
"""
        )
    return "\n".join(sections)


def _value(text: object) -> str:
    """A value as the configuration file wants it, where % begins an expansion."""
    return str(text).replace("%", "%%")
