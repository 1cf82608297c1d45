"""The command `tessera`."""

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Annotated, Any, Literal, NoReturn

import typer

from runtime.base.logging import configure_logging
from runtime.base.settings import PRIVATE_UMASK, Settings, SettingsError, load_settings

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


class EntityKind(StrEnum):
    """What `tessera state` finds."""

    VOUCHER = "voucher"
    CAMPAIGN = "campaign"
    CUSTOMER = "customer"
    ORDER = "order"
    REDEMPTION = "redemption"
    PUBLICATION = "publication"
    SESSION = "session"
    ASYNC_ACTION = "async-action"
    BIN_ENTRY = "bin-entry"
    WEBHOOK = "webhook"
    PROJECT = "project"
    KEY = "key"


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
    from tessera.verify import verify_installation as check  # noqa: PLC0415

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
    project: Annotated[
        list[str] | None, typer.Option(help="only of this project; repeat it")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--type", help="only with this type of command or event, such as 'voucher.*'; repeat it"
        ),
    ] = None,
    after: Annotated[
        str | None, typer.Option("--from", help="not before: 30m (ago; s, h, d), or ISO 8601")
    ] = None,
    before: Annotated[str | None, typer.Option("--to", help="not after; as --from")] = None,
    offset: Annotated[
        int | None, typer.Option(min=0, help="from this offset on; needs --partition")
    ] = None,
    last: Annotated[
        int | None,
        typer.Option(min=0, help="how many of each partition; 20 unless a beginning is named"),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on as records come")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Print records of the ledger, one readable line each. Personal data stays sealed.

    Void records, which a writer sent that had lost its partition, are printed like any other:
    only who reads from the first record on knows them. `tessera verify` counts them.
    """
    from tessera.selection import Wanted  # noqa: PLC0415
    from tessera.tail import LAST, TailOptions, tail_installation  # noqa: PLC0415

    settings = _settings()
    if partition is not None and not 0 <= partition < settings.partitions:
        _fail(f"--partition is 0 to {settings.partitions - 1}.")
    if offset is not None and partition is None:
        _fail("--offset counts within a partition: name it with --partition.")
    if follow and before is not None:
        _fail("--follow goes on without end, so it does not go with --to.")
    begins = after is not None or offset is not None
    wanted = Wanted(
        frozenset(project or ()),
        tuple(kind or ()),
        _moment("--from", after),
        _moment("--to", before),
    )
    asked = TailOptions(
        wanted, None if begins and last is None else last or LAST, offset, follow, as_json
    )
    _operate(lambda: tail_installation(settings, partition, typer.echo, asked))


@app.command()
def state(
    kind: Annotated[EntityKind, typer.Argument(help="what it is")],
    name: Annotated[str, typer.Argument(metavar="ID", help="its id; or code, name, source id")],
    project: Annotated[
        str | None, typer.Option(help="its project; needed where there are several")
    ] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="show personal fields")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
) -> None:
    """Print an entity as the state of the host `api` has it, and the records that name it; 1 if none does.

    Personal fields are masked unless --reveal says otherwise; in records they stay sealed.
    """
    from tessera.entity import show_entity  # noqa: PLC0415

    settings = _settings()
    found: list[bool] = []

    async def show() -> None:
        found.append(
            await show_entity(
                settings,
                kind.value,
                name,
                typer.echo,
                project=project,
                reveal=reveal,
                as_json=as_json,
            )
        )

    _operate(show)
    if not any(found):
        _fail(f"There is no {kind.value} {name!r}, and no record names one.")


def _moment(option: str, text: str | None) -> int | None:
    from runtime.base.clock import clock_ms  # noqa: PLC0415
    from tessera.selection import BadTime, read_time  # noqa: PLC0415

    try:
        return None if text is None else read_time(text, clock_ms())
    except BadTime as fault:
        _fail(f"{option}: {fault}.")


def _operate(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    from deploy.embedded.errors import EmbeddedError  # noqa: PLC0415
    from runtime.log.log import LogError  # noqa: PLC0415
    from runtime.store.store import StoreError  # noqa: PLC0415
    from tessera.installation import NoInstallation  # noqa: PLC0415

    try:
        asyncio.run(work())
    except (EmbeddedError, LogError, NoInstallation, StoreError) as fault:
        _fail(str(fault))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@app.command()
def host(name: Annotated[HostName, typer.Argument(help="which host")]) -> None:
    """Be one host of an installation, in the foreground."""
    # Nothing of what the imports make is garbage; to look for it took a seventh of their time.
    gc.disable()
    # Each command imports its own half: a host does without the runner, and the other way round.
    from tessera.hosts.host import run_host  # noqa: PLC0415

    settings = _settings()
    if name is HostName.LEDGER and settings.ledger == "inside":
        _fail(
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
    settings = _settings()
    os.umask(PRIVATE_UMASK)
    configure_logging("console", "runner")
    try:
        exit_status = commands[command](settings)
    except EmbeddedError as error:
        _fail(str(error))
    except OSError as fault:
        if not is_full(fault):
            raise
        _fail(reason_of(fault, settings.home))
    sys.exit(exit_status)


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        _fail(str(error))


def _fail(reason: str) -> NoReturn:
    typer.secho(f"tessera: {reason}", err=True, fg=typer.colors.RED)
    raise typer.Exit(1)
