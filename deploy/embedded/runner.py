"""`tessera run`, `up`, `down` and `status`: one embedded installation on this machine.

`run` is `up`, then the log until a signal comes, then `down`. A start that fails ends everything
that it had started, and so does a `run` that fails later, unless another command has stopped its
installation meanwhile. Processes that lost their supervisor, or a supervisor whose `run` was
killed, are ended in order before a new start.
"""

import os
import time
from contextlib import suppress
from functools import partial

import psutil

from deploy.embedded.console import Console, LogFollower
from deploy.embedded.errors import DataFolderError, EmbeddedError
from deploy.embedded.home import Home
from deploy.embedded.start import Installation, Look, space_hint, start
from deploy.embedded.stop import stop
from deploy.embedded.supervision import BROKER, HOSTS, PROGRAMS, SupervisorClient, leftovers
from deploy.embedded.watch import POLL_SECONDS, StopRequestedError, StopSignal, Watch
from deploy.embedded.welcome import missing_of_dashboard, welcome
from runtime.base.settings import Settings

INTERRUPTED = 130


def run(settings: Settings) -> int:
    """Start in the foreground, show the log, stop in order on a signal; the exit status."""
    console = Console(settings.log_format)
    home = Home(settings.home)
    home.prepare()
    followers = [LogFollower(home, program) for program in PROGRAMS]

    def follow() -> None:
        for follower in followers:
            for line in follower.lines():
                console.log_line(follower.program, line)

    with StopSignal() as signals:

        def look() -> None:
            follow()
            if console.is_closed:
                raise StopRequestedError
            signals.check()

        with home.held():
            if _running(home):
                raise EmbeddedError(f"{home.path} is running already; `tessera down` stops it.")
            keeper = (os.getpid(), psutil.Process().create_time())
            installation = _start_or_stop(home, settings, console, look, keeper)
        if installation is None:
            return 0
        try:
            welcome(home, installation, console)
            hint = partial(space_hint, home.path, settings.disk_free_mib_min)
            watch = Watch(SupervisorClient(home), console, hint)
            return _attend(home, installation, console, look, watch)
        finally:
            _stop_own(home, installation, console, follow)


def up(settings: Settings) -> int:
    """Start in the background; return when healthy."""
    console = Console("console")
    home = Home(settings.home)
    home.prepare()
    with StopSignal() as signals, home.held():
        installation = _running(home)
        if installation:
            return _already_running(home, installation, console)
        installation = _start_or_stop(home, settings, console, signals.check, None)
    if installation is None:
        return INTERRUPTED
    welcome(home, installation, console)
    return 0


def down(settings: Settings) -> int:
    """Stop in order whatever runs; nothing running is no error."""
    console = Console("console")
    home = Home(settings.home)
    stopped = False
    if home.run.exists():
        with StopSignal(), home.held():
            stopped = stop(home, console, lambda: None)
    console.block(["Tessera is stopped." if stopped else "Tessera is not running."])
    return 0


def status(settings: Settings) -> int:
    """Print what runs; 0 when everything is healthy."""
    home = Home(settings.home)
    console = Console("console")
    installation = Installation.of(home)
    client = SupervisorClient(home)
    if installation is None or client.pid() is None:
        left = ", ".join(leftovers(home))
        hint = space_hint(home.path, settings.disk_free_mib_min)
        console.block(
            [f"Tessera is not running{f'; left from an earlier run: {left}' * bool(left)}{hint}."]
        )
        return 1
    all_well = True
    shown = (BROKER, *installation.hosts)
    for name, program in sorted(client.states().items(), key=lambda item: PROGRAMS.index(item[0])):
        if name not in shown:
            continue
        well = installation.health_of(name)[0] if name in HOSTS else program.is_up
        all_well = all_well and well
        words = f"{name:<12} {program.state:<9} {'healthy' if well else 'not healthy':<12}"
        console.block([f"{words} pid {program.pid:<8} {_resident_mib(program.pid):>4} MiB"])
    console.block([installation.url + space_hint(home.path, settings.disk_free_mib_min)])
    if installation.dashboard_url is not None:
        missing = missing_of_dashboard(installation)
        console.block([f"{installation.dashboard_url} is the dashboard.", *filter(None, [missing])])
    return 0 if all_well else 1


def _start_or_stop(
    home: Home,
    settings: Settings,
    console: Console,
    look: Look,
    keeper: tuple[int, float] | None,
) -> Installation | None:
    """The started installation; None when a signal ended the start."""
    try:
        if stop(home, console, look):
            console.say("what an earlier run left behind is ended", level="warning")
        return start(home, settings, console, look, keeper)
    except StopRequestedError:
        console.say("stopping before the start is complete")
        stop(home, console, lambda: None)
        console.say("stopped")
        return None
    except BaseException:
        stop(home, console, lambda: None)
        raise


def _stop_own(home: Home, own: Installation, console: Console, look: Look) -> None:
    """Stop what this `run` started, unless another command did, which may have started anew."""

    def quiet_look() -> None:
        # What cannot be shown does not cut the stop short.
        with suppress(Exception):
            look()

    if _is_another_s(home, own):
        return
    with home.held(wait=True):
        if _is_another_s(home, own):
            return
        console.say("stopping")
        stop(home, console, quiet_look)
        console.say("stopped")


def _is_another_s(home: Home, own: Installation) -> bool:
    """Whether another command has stopped, or replaced, this installation."""
    try:
        return Installation.of(home) != own
    except DataFolderError:
        return False


def _attend(home: Home, own: Installation, console: Console, look: Look, watch: Watch) -> int:
    """Show the log until a signal comes or the supervisor ends; the exit status."""
    while True:
        try:
            look()
            watch.look()
            if Installation.of(home) not in (None, own):
                raise EmbeddedError("Another command has started this installation anew.")
        except StopRequestedError:
            return 0
        except EmbeddedError:
            if _is_another_s(home, own):
                console.say("another command has stopped this installation")
                return 0
            console.say("the supervisor is gone; its programs are ended", level="error")
            return 1
        time.sleep(POLL_SECONDS)


def _running(home: Home) -> Installation | None:
    """The installation that runs and is kept: in the background, or by a `run` that lives."""
    installation = Installation.of(home)
    if installation is None or SupervisorClient(home).pid() is None:
        return None
    if installation.keeper is not None:
        pid, created = installation.keeper
        try:
            if psutil.Process(pid).create_time() != created:
                return None
        except psutil.NoSuchProcess:
            return None
    return installation


def _already_running(home: Home, installation: Installation, console: Console) -> int:
    sick = [name for name in installation.hosts if not installation.health_of(name)[0]]
    if sick:
        raise EmbeddedError(
            f"{home.path} is running already, but not healthy: {', '.join(sick)}. "
            f"Look into {home.logs}; `tessera down` stops it."
        )
    console.block([f"Tessera is running already: {installation.url}"])
    return 0


def _resident_mib(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss) >> 20 if pid else 0
    except psutil.NoSuchProcess:
        return 0
