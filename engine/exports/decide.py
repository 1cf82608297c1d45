"""Exports: asked for, reported on by whoever makes the file, deleted, and dropped by themselves.

What a file may hold of a person decides what becomes of it when somebody is forgotten: one that is
there goes, one that is being made begins again.
"""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.exports import (
    EXPORTS_MAX,
    OPEN_EXPORTS_MAX,
    CreateExport,
    DeleteExport,
    Export,
    ExportCreated,
    ExportDeleted,
    ExportReported,
    ExportsDropped,
    ReportExport,
)
from schemas.personal import Personal, PersonalData

FAULT_LENGTH_MAX: Final = 300


def create_export(
    view: View, command: Command, body: CreateExport, now: Millis
) -> Decision | Refusal:
    """Asks for a file; the oldest that ended make room for it."""
    known = _by_age(view.scan(tables.EXPORTS))
    ended = [each.id for each in known if is_ended(each)]
    if len(known) - len(ended) >= OPEN_EXPORTS_MAX:
        reason = f"A project has at most {OPEN_EXPORTS_MAX} exports that are not finished"
        return refuse("too_many_requests", reason)
    export_id = new_id(command.seed, "exp_")
    sealed = None
    if body.seals and body.filters is not None:
        data = PersonalData(metadata={"filters": body.filters})
        sealed = Personal(f"{view.project}/{export_id}", data)
    created = ExportCreated(
        Export(
            id=export_id,
            exported_object=body.exported_object,
            created_at=now,
            fields=body.fields,
            order=body.order,
            filters=None if sealed is not None else body.filters,
            personal_filters=sealed,
            campaign_id=body.campaign_id,
            time_zone=body.time_zone,
            personal=body.personal,
        )
    )
    beyond = len(known) + 1 - EXPORTS_MAX
    if beyond <= 0:
        return Decision((created,))
    return Decision((ExportsDropped(tuple(ended[:beyond]), "replaced"), created))


def report_export(view: View, _: Command, body: ReportExport, now: Millis) -> Decision:
    """Notes how far it is; nothing where it is gone, has ended, or is made again."""
    export = view.get(tables.EXPORTS, body.export_id)
    if export is None or export.attempt != body.attempt or is_ended(export):
        return Decision()
    changed = structs.replace(
        export,
        status=body.status,
        rows=body.written,
        total=body.total,
        fault=None if body.fault is None else body.fault[:FAULT_LENGTH_MAX],
        updated_at=now,
    )
    return Decision((ExportReported(changed),))


def delete_export(view: View, _: Command, body: DeleteExport, __: Millis) -> Decision | Refusal:
    """Removes it, and the file with it; whoever makes it stops."""
    if view.get(tables.EXPORTS, body.export_id) is None:
        return not_found("export", body.export_id)
    return Decision((ExportDeleted(body.export_id),))


def forget_exports(view: View, now: Millis) -> list[Event]:
    """What becomes of the files that may show somebody who is forgotten by now."""
    events: list[Event] = []
    ended = []
    for each in _by_age(view.scan(tables.EXPORTS)):
        if not each.personal:
            continue
        if is_ended(each):
            ended.append(each.id)
        elif each.status == "IN_PROGRESS":
            again = structs.replace(
                each,
                status="SCHEDULED",
                attempt=each.attempt + 1,
                rows=0,
                total=None,
                updated_at=now,
            )
            events.append(ExportReported(again))
    if ended:
        events.append(ExportsDropped(tuple(ended), "forgotten"))
    return events


def close_exports(view: View) -> list[Event]:
    """What becomes of all files of a project that is closed."""
    known = tuple(each.id for each in _by_age(view.scan(tables.EXPORTS)))
    return [ExportsDropped(known, "closed")] if known else []


def expire_exports(view: View, export_ids: Iterable[str]) -> list[Event]:
    """What becomes of files whose time is over."""
    known = tuple(each for each in export_ids if view.get(tables.EXPORTS, each) is not None)
    return [ExportsDropped(known, "expired")] if known else []


def is_ended(export: Export) -> bool:
    """Whether nothing more comes of it."""
    return export.status in ("DONE", "ERROR")


def _by_age(exports: Iterable[Export]) -> list[Export]:
    return sorted(exports, key=lambda each: (each.created_at, each.id))


DECISIONS: Decisions = MappingProxyType(
    {
        CreateExport: create_export,
        ReportExport: report_export,
        DeleteExport: delete_export,
    }
)
