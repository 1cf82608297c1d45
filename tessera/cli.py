"""The command `tessera`."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Annotated, Any, Literal, NoReturn

import typer

from runtime.logs import configure_logging
from runtime.settings import PRIVATE_UMASK, Settings, SettingsError, load_settings

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


@app.command()
def verify() -> None:
    """Prove that the ledger is whole and that all state and tables are its fold; 1 if not."""
    from tessera.report import Report  # noqa: PLC0415
    from tessera.verify import verify as check  # noqa: PLC0415

    settings = _settings()
    configure_logging("console", "verify")
    report = Report(typer.echo)
    _operate(lambda: check(settings, report))
    if report.faults:
        _fail(f"{len(report.faults)} of the checks failed.")
    typer.echo("Everything holds.")


@app.command()
def tail(
    partition: Annotated[int | None, typer.Option(help="only this partition")] = None,
    last: Annotated[int, typer.Option(min=0, help="how many records of each partition")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on as records come")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Print records of the ledger, one readable line each. Personal data stays sealed.

    Void records, which a writer sent that had lost its partition, are printed like any other:
    only who reads from the first record on knows them. `tessera verify` counts them.
    """
    from tessera.tail import tail_installation  # noqa: PLC0415

    settings = _settings()
    if partition is not None and not 0 <= partition < settings.partitions:
        _fail(f"--partition is 0 to {settings.partitions - 1}.")
    _operate(
        lambda: tail_installation(
            settings, partition, typer.echo, last=last, follow=follow, as_json=as_json
        )
    )


def _operate(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    from deploy.embedded.errors import EmbeddedError  # noqa: PLC0415
    from runtime.log import LogError  # noqa: PLC0415
    from tessera.installation import NoInstallation  # noqa: PLC0415

    try:
        asyncio.run(work())
    except (EmbeddedError, LogError, NoInstallation) as fault:
        _fail(str(fault))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@app.command()
def host(name: Annotated[HostName, typer.Argument(help="which host")]) -> None:
    """Be one host of an installation, in the foreground."""
    # Each command imports its own half: a host does without the runner, and the other way round.
    from tessera.hosts import run_host  # noqa: PLC0415

    settings = _settings()
    os.umask(PRIVATE_UMASK)
    configure_logging(settings.log_format, name.value)
    run_host(name.value, settings)


def main() -> None:
    """The entry point."""
    app()


def _embedded(command: Literal["run", "up", "down", "status"]) -> None:
    from deploy.embedded import runner  # noqa: PLC0415
    from deploy.embedded.errors import EmbeddedError  # noqa: PLC0415

    commands = {"run": runner.run, "up": runner.up, "down": runner.down, "status": runner.status}
    settings = _settings()
    os.umask(PRIVATE_UMASK)
    configure_logging("console", "runner")
    try:
        exit_status = commands[command](settings)
    except EmbeddedError as error:
        _fail(str(error))
    sys.exit(exit_status)


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        _fail(str(error))


def _fail(reason: str) -> NoReturn:
    typer.secho(f"tessera: {reason}", err=True, fg=typer.colors.RED)
    raise typer.Exit(1)
