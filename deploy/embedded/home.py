"""The data folder: where things lie, which version laid it out, which ports it uses, who holds it."""

import errno
import fcntl
import json
import os
import random
import socket
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deploy.embedded.errors import DataFolderError, PortTakenError

#: Raised when the folder's content changes so that older code must not touch it.
LAYOUT_VERSION = 1
#: How much of a log an error shows.
TAIL_LINES = 15
KAFKA_VERSION = "4.3.1"
#: Below the range that operating systems hand out, so a kept port is not taken by a connection.
INTERNAL_PORTS = range(20_000, 30_000)
SOCKET_PATH_BYTES_MAX = 100


@dataclass(frozen=True, slots=True)
class Home:
    """The paths below one `$TESSERA_HOME`."""

    path: Path

    @property
    def version_file(self) -> Path:
        return self.path / "version.json"

    @property
    def keys_file(self) -> Path:
        return self.path / "keys.json"

    @property
    def kafka(self) -> Path:
        return self.path / "kafka"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def socket(self) -> Path:
        """The supervisor's socket; a path too long for a socket gets a short one elsewhere."""
        path = self.run / "supervisor.sock"
        if len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX:
            return path
        mark = sha256(os.fsencode(self.path)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tessera-{os.getuid()}-{mark}" / "supervisor.sock"

    @property
    def installation_file(self) -> Path:
        """What the processes that run now were started with."""
        return self.run / "installation.json"

    @property
    def ports_file(self) -> Path:
        """The ports of the last start."""
        return self.run / "ports.json"

    def log(self, program: str) -> Path:
        return self.logs / f"{program}.log"

    def prepare(self) -> None:
        """Create the folders; raise DataFolderError when a newer Tessera or Kafka wrote them."""
        try:
            for folder in (self.path, self.kafka, self.logs, self.run, self.socket.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                # One that was there before may be open to others; customers lie in the clear here.
                if folder.stat().st_uid == os.getuid():
                    folder.chmod(0o700)
        except OSError as error:
            raise DataFolderError(f"The data folder {self.path} cannot be made: {error}") from None
        if self.socket.parent.stat().st_uid != os.getuid():
            raise DataFolderError(f"{self.socket.parent} belongs to another user.")
        self._check_version()

    def _check_version(self) -> None:
        if self.version_file.exists():
            found = read_json(self.version_file)
            layout, kafka = found.get("layout"), str(found.get("kafka", KAFKA_VERSION))
            if not isinstance(layout, int):
                raise DataFolderError(f"{self.version_file} is damaged: it has no layout number.")
            if layout > LAYOUT_VERSION or _numbers(kafka) > _numbers(KAFKA_VERSION):
                raise DataFolderError(
                    f"The data in {self.path} was written by a newer version "
                    f"(layout {layout}, Kafka {kafka}); this one reads layout {LAYOUT_VERSION}, "
                    f"Kafka {KAFKA_VERSION}. Update Tessera or choose another TESSERA_HOME."
                )
        write_json(self.version_file, {"layout": LAYOUT_VERSION, "kafka": KAFKA_VERSION})

    @contextmanager
    def held(self, *, wait: bool = False) -> Iterator[None]:
        """Be the only process that starts or stops this installation; else wait or DataFolderError."""
        self.run.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.run / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                raise DataFolderError(
                    f"Another command is starting or stopping {self.path}; try again when it ends."
                ) from None
            yield


@dataclass(frozen=True, slots=True)
class Ports:
    """The loopback ports between the processes of one installation."""

    kafka: int
    controller: int
    insight: int
    ledger: int
    distribution: int

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.kafka}"


def internal_ports(home: Home) -> Ports:
    """The ports of the last start where they are still free, else new ones; kept in a file."""
    file = home.ports_file
    kept = read_json(file) if file.exists() else {}
    chosen: dict[str, int] = {}
    for name in Ports.__dataclass_fields__:
        port = kept.get(name)
        if isinstance(port, int) and port not in chosen.values() and is_free(port):
            chosen[name] = port
        else:
            chosen[name] = free_port(chosen.values())
    write_json(file, chosen)
    return Ports(**chosen)


def free_port(taken: Collection[int] = (), within: range | None = None) -> int:
    """A port outside `taken` on which nothing listens on loopback."""
    ports = within or INTERNAL_PORTS
    for port in random.sample(ports, 200):
        if port not in taken and is_free(port):
            return port
    raise PortTakenError(f"No free port was found among {ports}.")


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    try:
        check_port("127.0.0.1", port)
    except PortTakenError:
        return False
    return True


def check_port(address: str, port: int, setting: str = "TESSERA_PORT") -> None:
    """Raise PortTakenError, which says why, when a server could not listen there now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = f"is taken by another program; set {setting} to a free one"
            else:
                reason = f"cannot be used: {error.strerror or error}"
            raise PortTakenError(f"Port {port} on {address} {reason}.") from None


def read_json(path: Path) -> dict[str, object]:
    """The object in a file of ours; raises DataFolderError when it is not one."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataFolderError(f"{path} cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise DataFolderError(f"{path} is damaged: it does not hold an object.")
    return content


def write_json(path: Path, content: object) -> None:
    """Replace the file as a whole, so that a crash leaves the old content or the new."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    new.replace(path)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
