"""Who makes the files: a task of the host of the lists.

It hears of exports from the records that the sinks read anyway, so an idle system asks nobody; what
is open it then reads from the tables, which know it after a restart, too. A file that was begun is
begun again from its first row. Nothing of an export is read before the ledger knows that it is in
progress: whoever is forgotten later has it begin again (engine/exports/decide.py), and whoever was
forgotten before is in no table any more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import structlog

from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.service import Part
from runtime.log.log import LogError
from schemas.base import tag_of
from schemas.erasures import ForgetCustomer
from schemas.expiry import ExpireDue
from schemas.exports import (
    EXPORT_EVENTS,
    CreateExport,
    DeleteExport,
    Export,
    ExportReported,
    ExportStatus,
    ReportExport,
)
from schemas.projects import CloseProject
from schemas.records import Decided, Record
from schemas.topics import LEDGER
from services.audit.exports.files import ExportFiles, FileName
from services.audit.exports.progress import CannotExport, Progress, Write
from services.audit.exports.reports import RETRY_SECONDS, Reports, Telling
from services.audit.sink.entities import ENTITIES
from services.audit.sink.export_rows import EXPORT

#: How many files are made at once, one of each project.
FILES_AT_ONCE: Final = 2
#: How long after it was heard of a file is begun: what comes together is looked at together, and
#: the contract shows an export first as one that is not finished.
START_SECONDS: Final = 1.0
#: How often a file is tried that cannot be read or written for now.
TRIES_MAX: Final = 5
_OPEN_MAX: Final = 1000
_KNOWN_MAX: Final = 500
#: The commands with whose records exports come, change and go.
_NOTED: Final = frozenset(
    map(
        tag_of,
        (CreateExport, ReportExport, DeleteExport, ForgetCustomer, CloseProject, ExpireDue),
    )
)
_OPEN: Final = Query(
    f"SELECT project, id, quantity, log_partition FROM {ENTITIES.full_name} FINAL "  # noqa: S608
    "WHERE kind = {kind:String} AND deleted = 0 AND status IN ('SCHEDULED', 'IN_PROGRESS') "
    "ORDER BY created_at, id LIMIT {limit:UInt32}",
    {"kind": EXPORT, "limit": _OPEN_MAX},
)

log = structlog.get_logger(__name__)


class Open(NamedTuple):
    """An export that is not finished, and where its project lies."""

    name: FileName
    partition: int


@dataclass(frozen=True, slots=True)
class ExporterOutfit:
    """What an exporter is given."""

    reads: Reads
    files: ExportFiles
    reports: Reports
    write: Write
    #: Why nothing may be written now, if so.
    shortage: Callable[[], str | None]
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)


class Exporter:
    """Makes the files of all projects. Give `run` to the host, and `note` each record."""

    def __init__(self, outfit: ExporterOutfit) -> None:
        self._outfit = outfit
        self._wake = asyncio.Event()
        self._wake.set()
        self._running: dict[FileName, asyncio.Task[None]] = {}
        self._fault: str | None = None

    def note(self, record: Record, offset: int) -> None:
        """Hears of a record that a sink read."""
        if isinstance(record, Decided):
            if record.command_type not in _NOTED:
                return
            if any(type(each) in EXPORT_EVENTS for each in record.events):
                self._wake.set()
        self._outfit.reports.note(record, offset)

    def health(self) -> Part:
        """`ok`, or why no file is begun."""
        return Part(self._fault or "ok")

    async def run(self) -> None:
        """Makes files until it is cancelled."""
        try:
            while True:
                await self._wake.wait()
                await self._outfit.sleep(START_SECONDS)
                self._wake.clear()
                try:
                    await self.look()
                    self._fault = None
                except (LogError, ApiError, OSError) as fault:
                    self._fault = "what is open cannot be read"
                    log.warning("exports not looked at", reason=repr(fault))
                    await self._outfit.sleep(RETRY_SECONDS)
                    self._wake.set()
        finally:
            await self._stop(list(self._running))

    async def look(self) -> None:
        """Begins what is open, ends what is no longer wanted, and removes files of what is gone.

        Raises LogError, ApiError, OSError.
        """
        reads = self._outfit.reads
        if not await reads.are_current([ENTITIES.name]):
            raise LogError("the tables are behind the log")
        opened = [
            Open(FileName(project, export_id, attempt), partition)
            for project, export_id, attempt, partition in await reads.rows(_OPEN)
        ]
        wanted = {each.name for each in opened}
        await self._stop([name for name in self._running if name not in wanted])
        await self._tidy()
        for each in opened:
            busy = {name.project for name in self._running}
            if len(self._running) < FILES_AT_ONCE and each.name.project not in busy:
                self._begin(each)

    async def has_tidied(self) -> bool:
        """Looks at once; whether no file is left by now that had to go."""
        try:
            await self.look()
        except (LogError, ApiError, OSError) as fault:
            log.warning("files not removed yet", reason=repr(fault))
            return False
        return True

    async def _tidy(self) -> None:
        """Removes the files of exports that are gone, or made again."""
        names = [name for name in self._outfit.files.names() if name not in self._running]
        for start in range(0, len(names), _KNOWN_MAX):
            part = names[start : start + _KNOWN_MAX]
            rows = await self._outfit.reads.rows(_known(each.export_id for each in part))
            known = {FileName(*row) for row in rows}
            for name in part:
                if name not in known:
                    self._outfit.files.remove(name)

    def _begin(self, opened: Open) -> None:
        task = asyncio.create_task(self._make(opened), name=f"export {opened.name.export_id}")
        self._running[opened.name] = task

        def end(done: asyncio.Task[None]) -> None:
            del self._running[opened.name]
            if not done.cancelled() and done.exception() is not None:
                log.error("export failed", exc_info=done.exception())
            self._wake.set()

        task.add_done_callback(end)

    async def _stop(self, names: list[FileName]) -> None:
        tasks = [self._running[name] for name in names]
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self, opened: Open) -> None:
        """Makes one file, and tells what came of it."""
        reason = ""
        for tries in range(1, TRIES_MAX + 1):
            try:
                await self._try(opened)
            except CannotExport as fault:
                reason = str(fault)
                break
            except OSError:
                reason = "The file could not be written"
            except (LogError, ApiError):
                reason = "What is to be exported could not be read"
            else:
                return
            log.warning("export not made", export=opened.name.export_id, tries=tries, why=reason)
            await self._outfit.sleep(RETRY_SECONDS * tries)
        await self._report(opened, _report(opened.name, "ERROR", fault=reason))

    async def _try(self, opened: Open) -> None:
        name, files = opened.name, self._outfit.files
        record, offset = await self._outfit.reports.report(
            name.project, opened.partition, _report(name, "IN_PROGRESS")
        )
        export = _export_in(record)
        if export is None:
            return  # it is gone by now, or made again
        reads = self._outfit.reads.reaching({(LEDGER, opened.partition): offset})
        telling = Telling(lambda progress: self._tell(opened, progress))

        def note(progress: Progress) -> None:
            if self._outfit.shortage() is not None:
                raise CannotExport("There is too little space on the disk")
            telling.note(progress)

        with files.open_partial(name) as file:
            try:
                done = await self._outfit.write(export, name.project, reads, file, note)
                await asyncio.to_thread(files.complete, name, file)
            finally:
                telling.end()
                files.drop_partial(name)
        await self._report(opened, _report(name, "DONE", Progress(done.written, done.written)))

    async def _report(self, opened: Open, body: ReportExport) -> None:
        await self._outfit.reports.report(opened.name.project, opened.partition, body)

    async def _tell(self, opened: Open, progress: Progress) -> None:
        body = _report(opened.name, "IN_PROGRESS", progress)
        await self._outfit.reports.tell(opened.name.project, opened.partition, body)


def _report(
    name: FileName,
    status: ExportStatus,
    progress: Progress | None = None,
    fault: str | None = None,
) -> ReportExport:
    written, total = progress or (0, None)
    return ReportExport(name.export_id, name.attempt, status, written, total, fault)


def _known(export_ids: Iterable[str]) -> Query:
    """(project, id, attempt) of those that are there."""
    return Query(
        f"SELECT project, id, quantity FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE kind = {kind:String} AND deleted = 0 AND id IN {ids:Array(String)}",
        {"kind": EXPORT, "ids": sorted(set(export_ids))},
    )


def _export_in(record: Decided) -> Export | None:
    """The export as a report left it; None where the report did not count any more."""
    for event in record.events:
        if isinstance(event, ExportReported):
            return event.export
    return None
