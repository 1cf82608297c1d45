"""The operator's commands, which look at what lies in the log and at what was made of it."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from runtime.base.logging import configure_logging
from runtime.base.settings import Settings
from schemas.base import Millis
from tessera.choices import EntityKind, OutputFormat, Placing, Rebuilt
from tessera.console import fail, read_settings, tell

if TYPE_CHECKING:
    from tessera.selection import Wanted

T = TypeVar("T")

operator = typer.Typer()


@operator.command()
def verify() -> None:
    """Prove that the ledger is whole and that all state and tables are its fold; 1 if not."""
    from tessera.report import Report  # noqa: PLC0415
    from tessera.verify import verify_installation as check  # noqa: PLC0415

    settings = read_settings()
    configure_logging("console", "verify")
    report = Report(typer.echo)
    _operate(lambda: check(settings, report))
    if report.faults:
        fail(f"{len(report.faults)} of the checks failed.")
    typer.echo("Everything holds.")


@operator.command()
def draw(
    proof: Annotated[Path, typer.Argument(help="the answer of /v1/giveaways/{id}/proof")],
    entries: Annotated[
        list[Path], typer.Argument(help="those of /v1/giveaways/{id}/entries, page by page")
    ],
) -> None:
    """Repeat a draw from what is published of it; 1 if something else follows. Needs no system."""
    from tessera.draw import Unreadable, differences_of  # noqa: PLC0415

    try:
        faults = list(differences_of(proof, entries))
    except Unreadable as error:
        fail(str(error))
    for each in faults:
        typer.echo(each)
    if faults:
        fail("The draw does not follow from what is published.")
    typer.echo("The draw follows from what is published.")


_Partition = Annotated[int | None, typer.Option(help="only this partition")]
_Projects = Annotated[list[str] | None, typer.Option(help="only of this project; repeat it")]
_Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type", help="only with this type of command or event, such as 'voucher.*'; repeat it"
    ),
]
_After = Annotated[
    str | None, typer.Option("--from", help="not before: 30m (ago; s, h, d), or ISO 8601")
]
_Before = Annotated[str | None, typer.Option("--to", help="not after; as --from")]
_Offset = Annotated[int | None, typer.Option(min=0, help="from this offset on; needs --partition")]
_AsJson = Annotated[bool, typer.Option("--json", help="one JSON object a line")]


@operator.command()
def tail(
    partition: _Partition = None,
    project: _Projects = None,
    kind: _Types = None,
    after: _After = None,
    before: _Before = None,
    offset: _Offset = None,
    last: Annotated[
        int | None,
        typer.Option(min=0, help="how many of each partition; 20 unless a beginning is named"),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on as records come")] = False,
    as_json: _AsJson = False,
) -> None:
    """Print records of the ledger, one readable line each. Personal data stays sealed.

    Void records, which a writer sent that had lost its partition, are printed like any other:
    only who reads from the first record on knows them. `tessera verify` counts them.
    """
    from tessera.tail import LAST, TailOptions, tail_installation  # noqa: PLC0415

    settings = read_settings()
    chosen = _partitions(settings, partition)
    _require_partition(partition, offset)
    if follow and before is not None:
        fail("--follow goes on without end, so it does not go with --to.")
    begins = after is not None or offset is not None
    wanted = _wanted(project, kind, after, before)
    asked = TailOptions(
        wanted, None if begins and last is None else last or LAST, offset, follow, as_json
    )
    _operate(lambda: tail_installation(settings, chosen, typer.echo, asked))


@operator.command()
def replay(
    topic: Annotated[str, typer.Argument(help="commands, ledger, validations, ...")],
    partition: _Partition = None,
    project: _Projects = None,
    kind: _Types = None,
    after: _After = None,
    before: _Before = None,
    offset: _Offset = None,
    file: Annotated[
        Path | None, typer.Option("--to-file", help="a new file of JSON lines, to the byte")
    ] = None,
    to_topic: Annotated[
        str | None, typer.Option(help="a topic, made if it is missing; partitions stay")
    ] = None,
    to_kafka: Annotated[
        str | None, typer.Option(help="brokers of another cluster, HOST:PORT, for --to-topic")
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """Read a topic once more: to the terminal, a file, another topic or cluster.

    Personal data stays sealed. What is copied stays there when a customer is forgotten, but cannot
    be read any more: the keys are not copied.
    """
    from tessera.replay import (  # noqa: PLC0415
        Destination,
        ReplayError,
        Selection,
        replay_installation,
    )

    settings = read_settings()
    _require_partition(partition, offset)
    selection = Selection(topic, _wanted(project, kind, after, before), partition, offset)
    destination = Destination(file, to_topic, to_kafka, as_json)
    try:
        _operate(lambda: replay_installation(settings, selection, destination, typer.echo, tell))
    except ReplayError as fault:
        fail(str(fault))


@operator.command()
def diff(
    after: Annotated[
        str, typer.Option("--from", help="the first position: an offset, or a time as 30m or ISO")
    ],
    before: Annotated[
        str | None, typer.Option("--to", help="the second position; the end unless named")
    ] = None,
    partition: _Partition = None,
    project: Annotated[str | None, typer.Option(help="only of this project")] = None,
    table: Annotated[
        list[str] | None, typer.Option(help="only of this table, such as 'voucher'; repeat it")
    ] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="show personal fields")] = False,
    as_json: _AsJson = False,
) -> None:
    """Print what the state is at one position of the ledger and was not at another.

    Both are folded anew from the ledger, so nothing that runs is asked or changed.
    """
    from tessera.diff import Shown, diff_installation, read_position  # noqa: PLC0415

    settings = read_settings()
    first = _read_time("--from", after, read_position)
    second = None if before is None else _read_time("--to", before, read_position)
    if partition is None and any(each and each.offset is not None for each in (first, second)):
        fail("An offset counts within a partition: name it with --partition.")
    shown = Shown(project, frozenset(table or ()), reveal, as_json)
    chosen = _partitions(settings, partition)
    _operate(lambda: diff_installation(settings, chosen, (first, second), shown, typer.echo, tell))


@operator.command()
def simulate(
    campaign: Annotated[
        Path, typer.Option(help="the draft: a JSON file as POST /v1/campaigns takes it")
    ],
    after: Annotated[str, typer.Option("--from", help="when the period begins, ISO")],
    before: Annotated[str, typer.Option("--to", help="when it ends, which is not of it")],
    placing: Annotated[
        Placing, typer.Option(help="where its tiers stand beside what was asked for")
    ] = Placing.LAST,
    project: Annotated[
        str | None, typer.Option(help="its project; needed where there are several")
    ] = None,
    form: Annotated[
        OutputFormat, typer.Option("--format", help="for a reader, or for a program")
    ] = OutputFormat.TEXT,
) -> None:
    """Print what a campaign would have done with the redemptions and validations that there were.

    The past is folded anew from the ledger, so nothing that runs is asked or changed.
    """
    from tessera.simulate import DraftError, simulate_draft  # noqa: PLC0415

    settings = read_settings()
    try:
        draft = campaign.read_bytes()
    except OSError as fault:
        fail(f"{campaign} cannot be read: {fault.strerror}")
    try:
        _operate(
            lambda: simulate_draft(
                settings,
                draft,
                (after, before),
                typer.echo,
                tell,
                placing=placing.value,
                project=project,
                as_json=form is OutputFormat.JSON,
            )
        )
    except DraftError as fault:
        fail(str(fault))


@operator.command()
def rebuild(
    what: Annotated[Rebuilt, typer.Argument(help="the tables of a service, or all states")],
) -> None:
    """Make tables or states anew from the log, and swap them in; all goes on meanwhile.

    Tables are exchanged at the end. A state is taken by its host at its next start, or at once where
    the system is stopped.
    """
    from tessera.rebuild import RebuildError, rebuild_tables  # noqa: PLC0415
    from tessera.rebuild_state import rebuild_states  # noqa: PLC0415

    settings = read_settings()
    try:
        if what is Rebuilt.STATE:
            _operate(lambda: rebuild_states(settings, typer.echo, tell))
        else:
            _operate(lambda: rebuild_tables(settings, what.value, typer.echo, tell))
    except RebuildError as fault:
        fail(str(fault))


@operator.command()
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

    settings = read_settings()
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
        fail(f"There is no {kind.value} {name!r}, and no record names one.")


def _partitions(settings: Settings, partition: int | None) -> range:
    if partition is None:
        return range(settings.partitions)
    if not 0 <= partition < settings.partitions:
        fail(f"--partition is 0 to {settings.partitions - 1}.")
    return range(partition, partition + 1)


def _require_partition(partition: int | None, offset: int | None) -> None:
    if offset is not None and partition is None:
        fail("--offset counts within a partition: name it with --partition.")


def _wanted(
    projects: list[str] | None, types: list[str] | None, after: str | None, before: str | None
) -> "Wanted":
    from tessera.selection import Wanted, read_time  # noqa: PLC0415

    return Wanted(
        frozenset(projects or ()),
        tuple(types or ()),
        None if after is None else _read_time("--from", after, read_time),
        None if before is None else _read_time("--to", before, read_time),
    )


def _read_time(option: str, text: str, read: Callable[[str, Millis], T]) -> T:
    from runtime.base.clock import clock_ms  # noqa: PLC0415
    from tessera.selection import BadTime  # noqa: PLC0415

    try:
        return read(text, clock_ms())
    except BadTime as fault:
        fail(f"{option}: {fault}.")


def _operate(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    from deploy.embedded.errors import EmbeddedError  # noqa: PLC0415
    from runtime.log.log import LogError  # noqa: PLC0415
    from runtime.store.store import StoreError  # noqa: PLC0415
    from tessera.installation import NoInstallation  # noqa: PLC0415

    try:
        asyncio.run(work())
    except (EmbeddedError, LogError, NoInstallation, StoreError) as fault:
        fail(str(fault))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
