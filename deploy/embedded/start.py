"""Starting an installation, step by step: the broker, its topics, then all hosts side by side."""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import msgspec

from deploy.embedded.console import Console, log_tail
from deploy.embedded.errors import (
    DataFolderError,
    DiskFullError,
    EmbeddedError,
    HostFailedError,
    PortTakenError,
)
from deploy.embedded.home import Home, Ports, check_port, internal_ports, write_json
from deploy.embedded.kafka import broker_is_ready, prepare_broker
from deploy.embedded.supervision import BROKER, HOSTS, SupervisorClient, start_supervisor
from deploy.embedded.watch import Watch, health, wait_until
from runtime.base.disk import MIB, Free, free_bytes, space_left
from runtime.base.settings import PREFIX, Settings
from runtime.kafka.admin import TopicError, ensure_topics

BROKER_SECONDS_MAX = 60.0
#: A host that folds a long history is healthy late; its log says how far it is.
HOST_SECONDS_MAX = 300.0
#: How often a host may end by itself before the start is given up; the broker may not.
ENDS_MAX: Mapping[str, int] = {BROKER: 0}
HOST_ENDS_MAX = 2

#: The settings that name a port on loopback.
INTERNAL_PORTS = ("insight_port", "ledger_port", "distribution_port")

#: Called again and again while something is waited for; it may raise to end the wait.
Look = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the hosts of a running installation answer, and which process keeps it, if one does.

    `keeper` is the process id and creation time of the `run` in the foreground.
    """

    bind: str
    port: int
    insight_port: int
    ledger_port: int
    keeper: tuple[int, float] | None
    #: An installation that was started by earlier code has no such host.
    distribution_port: int = 0
    #: Where commands are decided; earlier code knew one way.
    ledger: str = "apart"
    #: 0 where there is no dashboard, as in earlier code.
    dashboard_port: int = 0

    @classmethod
    def of(cls, home: Home) -> Self | None:
        """The installation that was started last and not stopped since."""
        if not home.installation_file.exists():
            return None
        try:
            return msgspec.json.decode(home.installation_file.read_bytes(), type=cls)
        except msgspec.MsgspecError as error:
            raise DataFolderError(f"{home.installation_file} is damaged: {error}") from None

    def health_of(self, host: str) -> tuple[bool, dict[str, Any]]:
        """What a host says about itself."""
        if host in ("api", "dashboard"):
            port = self.port if host == "api" else self.dashboard_port
            return health(reachable(self.bind), port)
        return health("127.0.0.1", getattr(self, f"{host}_port"))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that it has."""
        missing = {
            "ledger": self.ledger != "apart",
            "dashboard": not self.dashboard_port,
        }
        return tuple(name for name in HOSTS if not missing.get(name, False))

    @property
    def url(self) -> str:
        """Where clients find the API."""
        return _url_of(self.bind, self.port)

    @property
    def dashboard_url(self) -> str | None:
        """Where people find the dashboard; None where there is none."""
        return _url_of(self.bind, self.dashboard_port) if self.dashboard_port else None


def require_space(folder: Path, free_mib_min: int, free: Free = free_bytes) -> None:
    """Raise DiskFullError when less than so many MiB are free."""
    if free(folder) < free_mib_min * MIB:
        raise DiskFullError(
            f"The disk is too full to start: {space_left(folder, free)}, {free_mib_min} MiB are "
            f"needed. Free some, choose another {PREFIX}HOME, or set {PREFIX}DISK_FREE_MIB_MIN."
        )


def space_hint(folder: Path, free_mib_min: int, free: Free = free_bytes) -> str:
    """What may be why a program ended: nothing, unless the disk is as good as full."""
    return f"; {space_left(folder, free)}" if free(folder) < free_mib_min * MIB else ""


def reachable(bind: str) -> str:
    """An address under which a server that listens on `bind` answers on this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104


def _url_of(bind: str, port: int) -> str:
    address = reachable(bind)
    return f"http://{f'[{address}]' if ':' in address else address}:{port}"


def with_internal_ports(settings: Settings, ports: Ports) -> Settings:
    """The settings of the processes: what the operator set, and the chosen ports elsewhere."""
    chosen: dict[str, object] = {"kafka": ports.bootstrap}
    for name in INTERNAL_PORTS:
        if name not in settings.model_fields_set:
            chosen[name] = getattr(ports, name.removesuffix("_port"))
    return settings.model_copy(update=chosen)


def start(
    home: Home,
    settings: Settings,
    console: Console,
    look: Look,
    keeper: tuple[int, float] | None,
) -> Installation:
    """Start everything; return when it is healthy. On any exception the caller has to stop it.

    Raises EmbeddedError with the reason, and what `look` raises.
    """
    if "kafka" in settings.model_fields_set:
        raise EmbeddedError(
            f"{PREFIX}KAFKA is set, but this command starts a broker of its own. Unset it, or "
            "start each host with `tessera host NAME` to use another broker."
        )
    require_space(home.path, settings.disk_free_mib_min)
    require_ports(settings)
    ports = internal_ports(home)
    settings = with_internal_ports(settings, ports)
    installation = Installation(
        bind=settings.bind,
        port=settings.port,
        insight_port=settings.insight_port,
        ledger_port=settings.ledger_port,
        keeper=keeper,
        distribution_port=settings.distribution_port,
        ledger=settings.ledger,
        dashboard_port=settings.dashboard_port if settings.dashboard else 0,
    )
    write_json(home.installation_file, asdict(installation))

    def progress(what: str, have: int, all_of_it: int) -> None:
        look()
        console.progress(what, have, all_of_it)

    if settings.ledger == "inside":
        remove_left_states(home)
    broker = prepare_broker(home, ports.kafka, ports.controller, progress)
    start_supervisor(home, broker, environment(settings))
    client = SupervisorClient(home)
    watch = Watch(client, console, lambda: space_hint(home.path, settings.disk_free_mib_min))
    starting = _Starting(home, installation, client, console, watch, look)
    starting.broker(ports)
    starting.topics(settings)
    starting.hosts(*installation.hosts)
    return installation


def require_ports(settings: Settings) -> None:
    """Raise PortTakenError, naming the variable, when clients or people could not be served."""
    check_port(settings.bind, settings.port)
    if settings.dashboard:
        variable = f"{PREFIX}DASHBOARD_PORT"
        if settings.dashboard_port == settings.port:
            raise PortTakenError(f"{variable} and {PREFIX}PORT are the same; set one to another.")
        hint = f"{variable} (or {PREFIX}DASHBOARD=0)"
        check_port(settings.bind, settings.dashboard_port, hint)


def remove_left_states(home: Home) -> None:
    """Removes what hosts `ledger` of earlier starts knew.

    A state that no host has open is not rid of whoever is forgotten.
    """
    for left in (home.path / "state").glob("ledger*"):
        shutil.rmtree(left)


def environment(settings: Settings) -> dict[str, str]:
    """The environment of every process: this one's, and the settings as they apply."""
    names = (
        "home",
        "port",
        "bind",
        "kafka",
        "partitions",
        "ledger",
        "dashboard_port",
        *INTERNAL_PORTS,
    )
    given = {PREFIX + name.upper(): str(getattr(settings, name)) for name in names}
    return {**os.environ, **given, f"{PREFIX}LOG_FORMAT": "json", "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True, slots=True)
class _Starting:
    home: Home
    installation: Installation
    client: SupervisorClient
    console: Console
    watch: Watch
    look: Look

    def broker(self, ports: Ports) -> None:
        began = time.monotonic()
        self.client.start(BROKER)
        self._wait((BROKER,), lambda: broker_is_ready(ports.kafka), BROKER_SECONDS_MAX)
        self.console.say("broker is ready", seconds=round(time.monotonic() - began, 1))

    def topics(self, settings: Settings) -> None:
        try:
            created = asyncio.run(ensure_topics(settings))
        except TopicError as error:
            raise EmbeddedError(str(error)) from error
        if created:
            self.console.say(f"topics created: {', '.join(created)}")

    def hosts(self, *names: str) -> None:
        began = time.monotonic()
        for name in names:
            self.client.start(name)
        self._wait(names, lambda: all(map(self._is_healthy, names)), HOST_SECONDS_MAX)
        seconds = round(time.monotonic() - began, 1)
        self.console.say(f"{', '.join(names)} healthy", seconds=seconds)

    def _is_healthy(self, name: str) -> bool:
        return self.installation.health_of(name)[0]

    def _wait(self, names: tuple[str, ...], ready: Callable[[], bool], seconds_max: float) -> None:
        def look() -> None:
            self.look()
            states = self.watch.look()
            for name in names:
                tried_enough = self.watch.ends[name] > ENDS_MAX.get(name, HOST_ENDS_MAX)
                if tried_enough or states[name].state == "FATAL":
                    raise self._failure(name, "did not start")

        if not wait_until(ready, seconds_max, look):
            late = next((name for name in names if not self._is_healthy(name)), names[0])
            raise self._failure(late, f"is not healthy after {seconds_max:.0f} s")

    def _failure(self, name: str, what: str) -> HostFailedError:
        reason = f"The host {name} {what}. The end of {self.home.log(name)}:"
        return HostFailedError(reason, log_tail(self.home, name))
