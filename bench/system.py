"""A system of its own in a temporary folder: started, used, stopped."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

from deploy.embedded.home import free_port


@dataclass(frozen=True, slots=True)
class System:
    """A running system: its folder, the port of its API, and the headers of its first key."""

    home: Path
    port: int
    environment: dict[str, str]
    headers: dict[str, str]

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One answer of the API, decoded. Raises HTTPError when it is no success."""
        content = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}{path}"
        request = Request(url, content, self.headers, method=method)
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def start_again(self) -> float:
        """Stops and starts it; the seconds that the start took."""
        run_tessera("down", self.environment)
        began = time.perf_counter()
        run_tessera("up", self.environment)
        return time.perf_counter() - began


@contextmanager
def run_system(**settings: str) -> Iterator[System]:
    """A new system, stopped and removed at the end; without a dashboard, unless settings say so."""
    with TemporaryDirectory(prefix="tessera-bench-") as folder:
        home, port = Path(folder), free_port()
        own = {"TESSERA_HOME": folder, "TESSERA_PORT": str(port), "TESSERA_DASHBOARD": "0"}
        environment = {**os.environ, **own, **settings}
        try:
            run_tessera("up", environment)
            keys = json.loads((home / "keys.json").read_text("utf-8"))
            headers = {
                "X-App-Id": keys["app_id"],
                "X-App-Token": keys["app_token"],
                "Content-Type": "application/json",
            }
            yield System(home, port, environment, headers)
        finally:
            run_tessera("down", environment)


def run_tessera(command: str, environment: dict[str, str]) -> None:
    """Runs one of the commands that start and stop a system."""
    subprocess.run(
        [sys.executable, "-P", "-m", "tessera", command],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
