"""From an event to the rows of exports: which there are, and how far; what they ask for is not here.

Filters may name a person, so they stay in the ledger, sealed: whoever makes the file reads the
record that the row came from.
"""

from collections.abc import Iterable
from typing import Final

from schemas.exports import Export, ExportCreated, ExportDeleted, ExportReported, ExportsDropped
from services.audit.sink.entities import EntityRow, gone_row
from services.audit.sink.notification_rows import export_notifications

EXPORT: Final = "export"


def export_created(project: str, event: ExportCreated) -> Iterable[EntityRow]:
    """The export's row; `quantity` is the attempt."""
    return (_row(project, event.export),)


def export_reported(project: str, event: ExportReported) -> Iterable[EntityRow]:
    """The export's row, and what is told of one that ended."""
    return (_row(project, event.export), *export_notifications(project, event))


def export_deleted(project: str, event: ExportDeleted) -> Iterable[EntityRow]:
    """That the export is gone."""
    return (gone_row(project, EXPORT, event.export_id),)


def exports_dropped(project: str, event: ExportsDropped) -> Iterable[EntityRow]:
    """That the exports are gone."""
    return [gone_row(project, EXPORT, each) for each in event.export_ids]


def _row(project: str, export: Export) -> EntityRow:
    return EntityRow(
        project,
        EXPORT,
        export.id,
        "",
        export.created_at,
        export.updated_at or 0,
        0,
        type=export.exported_object,
        status=export.status,
        quantity=export.attempt,
    )
