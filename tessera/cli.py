"""The command `tessera`."""

import gc
import os
import sys
from enum import StrEnum
from typing import Annotated, Literal

import typer

from runtime.base.logging import configure_logging
from runtime.base.settings import PRIVATE_UMASK
from tessera.console import fail, read_settings
from tessera.operator import operator

app = typer.Typer(
    name="tessera",
    help="A promotion and voucher engine on Kafka. Settings come from TESSERA_* variables; "
    "docs/configuration.md lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class HostName(StrEnum):
    """The hosts of an installation."""

    API = "api"
    LEDGER = "ledger"
    INSIGHT = "insight"
    DISTRIBUTION = "distribution"
    DASHBOARD = "dashboard"


@app.command()
def run() -> None:
    """Start everything and show its log; Ctrl-C stops it in order."""
    _embedded("run")


@app.command()
def up() -> None:
    """Start everything in the background; return when it is healthy."""
    _embedded("up")


@app.command()
def down() -> None:
    """Stop in order what `up` or `run` started."""
    _embedded("down")


@app.command()
def status() -> None:
    """Show what runs; the exit status is 0 when everything is healthy."""
    _embedded("status")


app.add_typer(operator)


@app.command()
def host(name: Annotated[HostName, typer.Argument(help="which host")]) -> None:
    """Be one host of an installation, in the foreground."""
    # Nothing of what the imports make is garbage; to look for it took a seventh of their time.
    gc.disable()
    # Each command imports its own half: a host does without the runner, and the other way round.
    from tessera.hosts.host import run_host  # noqa: PLC0415

    settings = read_settings()
    if name is HostName.LEDGER and settings.ledger == "inside":
        fail(
            "TESSERA_LEDGER is `inside`, so the hosts `api` decide commands. A host `ledger` needs "
            "TESSERA_LEDGER=apart, there and in every host `api`."
        )
    os.umask(PRIVATE_UMASK)
    configure_logging(settings.log_format, name.value)
    run_host(name.value, settings)


def main() -> None:
    """Runs the command that the command line names."""
    app()


def _embedded(command: Literal["run", "up", "down", "status"]) -> None:
    from deploy.embedded import runner  # noqa: PLC0415
    from deploy.embedded.errors import EmbeddedError  # noqa: PLC0415
    from runtime.base.disk import is_full, reason_of  # noqa: PLC0415

    commands = {"run": runner.run, "up": runner.up, "down": runner.down, "status": runner.status}
    settings = read_settings()
    os.umask(PRIVATE_UMASK)
    configure_logging("console", "runner")
    try:
        exit_status = commands[command](settings)
    except EmbeddedError as error:
        fail(str(error))
    except OSError as fault:
        if not is_full(fault):
            raise
        fail(reason_of(fault, settings.home))
    sys.exit(exit_status)
