"""A second host `api` on the brokers of an installation, with a home of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from deploy.embedded.home import Home, read_json
from tests.contract.answers import client
from tests.e2e.system import START_SECONDS_MAX, System, eventually
from tests.ports import public_port


class SecondFront:
    """It knows the installation's secrets and keys, and asks its other hosts."""

    def __init__(self, system: System, home: Path, settings: Mapping[str, str]) -> None:
        home.mkdir(mode=0o700)
        shutil.copytree(system.home / "secrets", home / "secrets")
        shutil.copy(system.home / "keys.json", home / "keys.json")
        port = public_port()
        ports = read_json(Home(system.home).ports_file)
        self.url = f"http://127.0.0.1:{port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._log = home / "api.log"
        self._settings = {
            **settings,
            "TESSERA_HOME": str(home),
            "TESSERA_PORT": str(port),
            "TESSERA_KAFKA": system.bootstrap,
            "TESSERA_INSIGHT_PORT": str(ports["insight"]),
            "TESSERA_DISTRIBUTION_PORT": str(ports["distribution"]),
            "TESSERA_LOG_FORMAT": "json",
        }

    @contextmanager
    def running(self) -> Iterator["SecondFront"]:
        """Healthy, and gone afterwards, in order unless it was killed."""
        plain = {name: text for name, text in os.environ.items() if not name.startswith("TESSERA_")}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                (sys.executable, "-P", "-m", "tessera", "host", "api"),
                env=plain | self._settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            eventually(self._is_up, START_SECONDS_MAX)
            yield self
        finally:
            self.process.terminate()
            self.process.wait(60)

    def kill(self) -> None:
        """Gone without a word."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self._log.read_text("utf-8")
        return health(self.url).get("status") == "ok"


def health(url: str) -> dict[str, object]:
    """What a front says of itself; nothing while it does not answer."""
    try:
        with client(base_url=url, timeout=5.0) as http:
            return dict(json.loads(http.get("/health").content))
    except (httpx.TransportError, ValueError):
        return {}


def written_by(url: str) -> set[int]:
    """The partitions whose commands a front decides by now."""
    parts = health(url).get("parts")
    assert isinstance(parts, dict | None)
    return {
        int(name.removeprefix("writer "))
        for name, part in (parts or {}).items()
        if name.startswith("writer ") and part["state"] == "ok"
    }
