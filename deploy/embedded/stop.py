"""Stopping an installation in order, whatever is left of it."""

from contextlib import suppress

import psutil

from deploy.embedded.console import Console
from deploy.embedded.home import Home
from deploy.embedded.start import Look
from deploy.embedded.supervision import PROGRAMS, STOP_SECONDS_MAX, SUPERVISOR, leftovers
from deploy.embedded.watch import wait_until

SHUTDOWN_SECONDS_MAX = sum(STOP_SECONDS_MAX.values()) + 10.0
LEFT_SUPERVISOR_SECONDS_MAX = 5.0


def stop(home: Home, console: Console, look: Look) -> bool:
    """End the hosts in reverse order, the broker and the supervisor; whether anything ran.

    Each has its own bound after which it is killed, so this ends; `look` is called meanwhile.
    """
    running = leftovers(home)
    # Its absence tells a `run` that attends the installation that the end is wanted.
    home.installation_file.unlink(missing_ok=True)
    for supervisor in running.get(SUPERVISOR, []):
        _shut_down(supervisor, running, console, look)
    _end_leftovers(home, console, look)
    home.socket.unlink(missing_ok=True)
    return bool(running)


def _shut_down(
    supervisor: psutil.Process,
    running: dict[str, list[psutil.Process]],
    console: Console,
    look: Look,
) -> None:
    """Let the supervisor end its programs in order, and tell of each."""
    waiting = [name for name in reversed(PROGRAMS) if name in running]
    with suppress(psutil.NoSuchProcess):
        supervisor.terminate()

    def tell() -> None:
        look()
        while waiting and all(map(_is_gone, running[waiting[0]])):
            console.say(f"{waiting.pop(0)} stopped")

    wait_until(lambda: _is_gone(supervisor), SHUTDOWN_SECONDS_MAX, tell)
    # Once more, since the last program ends just before the supervisor.
    tell()


def _end_leftovers(home: Home, console: Console, look: Look) -> None:
    """End in order what no supervisor looks after any more."""
    found = leftovers(home)
    for program in (SUPERVISOR, *reversed(PROGRAMS)):
        processes = found.get(program, [])
        if not processes:
            continue
        console.say(f"{program} was left without a supervisor; it is ended now", level="warning")
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        seconds_max = STOP_SECONDS_MAX.get(program, LEFT_SUPERVISOR_SECONDS_MAX)
        if not _all_gone_in(processes, seconds_max, look):
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.kill()


def _all_gone_in(processes: list[psutil.Process], seconds_max: float, look: Look) -> bool:
    return wait_until(lambda: all(map(_is_gone, processes)), seconds_max, look)


def _is_gone(process: psutil.Process) -> bool:
    # A process that nobody has collected yet is as good as gone.
    try:
        return not process.is_running() or bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
