"""Stopping an installation in order, whatever is left of it."""

import psutil

from deploy.embedded.console import Console
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.home import Home
from deploy.embedded.start import Look
from deploy.embedded.supervision import (
    PROGRAMS,
    STOP_SECONDS_MAX,
    SupervisorClient,
    stop_leftovers,
)
from deploy.embedded.watch import wait_until

SHUTDOWN_SECONDS_MAX = sum(STOP_SECONDS_MAX.values()) + 10.0


def stop(home: Home, console: Console, look: Look) -> bool:
    """End api, insight, ledger, broker and supervisor; whether anything ran.

    Each has its own bound after which it is killed, so this ends; `look` is called meanwhile.
    """
    client = SupervisorClient(home)
    pid = client.pid()
    # Its absence tells a `run` that attends the installation that the end is wanted.
    home.installation_file.unlink(missing_ok=True)
    if pid is not None:
        _shut_down(client, psutil.Process(pid), console, look)
    left = False
    for program in stop_leftovers(home):
        left = True
        console.say(f"{program} was left without a supervisor; it is ended now", level="warning")
    home.socket.unlink(missing_ok=True)
    return pid is not None or left


def _shut_down(
    client: SupervisorClient, supervisor: psutil.Process, console: Console, look: Look
) -> None:
    running = {
        name: psutil.Process(program.pid)
        for name, program in client.states().items()
        if program.pid and psutil.pid_exists(program.pid)
    }
    try:
        client.shut_down()
    except EmbeddedError:
        supervisor.terminate()

    def tell() -> None:
        look()
        for name in sorted(running, key=PROGRAMS.index, reverse=True):
            if _is_gone(running[name]):
                del running[name]
                console.say(f"{name} stopped")

    # The last look comes after the supervisor's end, since the programs end before it.
    wait_until(lambda: _is_gone(supervisor), SHUTDOWN_SECONDS_MAX, tell)
    tell()


def _is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
