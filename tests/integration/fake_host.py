"""A stand-in for a process of an installation, started as `fake_host.py ... NAME`.

It serves `/health` on the port where the real one would answer, notes what it does in
`$TESSERA_HOME/events`, and behaves as `$TESSERA_HOME/fake-NAME` says: `crash`, `sick`,
`deaf`, `incomplete` or `no keys`.
"""

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

name = sys.argv[-1]
home = Path(os.environ["TESSERA_HOME"])
told = home / f"fake-{name}"
conduct = told.read_text().strip() if told.exists() else ""
if name == "broker":
    port = int(sys.argv[1])
else:
    port = int(os.environ["TESSERA_PORT" if name == "api" else f"TESSERA_{name.upper()}_PORT"])


def say(event: str) -> None:
    """Log as a host does, and note it for the test."""
    with (home / "events").open("a") as file:
        file.write(f"{event}\n")
    print(json.dumps({"level": "info", "event": event}), flush=True)


class Health(BaseHTTPRequestHandler):
    """Answers `/health`."""

    def do_GET(self) -> None:
        body = json.dumps(answer).encode()
        self.send_response(503 if conduct == "sick" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


def end(*_arguments: object) -> None:
    """Stop as SIGTERM asks."""
    threading.Thread(target=server.shutdown).start()


#: What a host that is well says, and what a dashboard says whose files cannot be had.
answer: dict[str, object] = {"status": "ok"}
if conduct == "incomplete":
    answer = {"status": "unavailable", "parts": {"browser files": {"state": "missing"}}}
if conduct == "crash":
    sys.exit(f"{name} cannot start: the moon is full")
server = ThreadingHTTPServer(("127.0.0.1", port), Health)
signal.signal(signal.SIGTERM, signal.SIG_IGN if conduct == "deaf" else end)
if name == "api" and conduct != "no keys":
    sign_in = {"dashboard_email": "first@people.test", "dashboard_password": "p-1"}
    (home / "keys.json").write_text(json.dumps({"app_id": "a-1", "app_token": "t-1", **sign_in}))
say(f"{name} serves")
server.serve_forever(poll_interval=0.02)
say(f"{name} ends")
