"""Exports in the state: those that ended wait for their time to be over."""

from types import MappingProxyType

from engine.exports.decide import is_ended
from engine.kernel import tables
from engine.kernel.due import drop_due, put_due
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import DAY_MS, Millis
from schemas.erasures import Erasure
from schemas.exports import (
    KEPT_DAYS,
    Export,
    ExportCreated,
    ExportDeleted,
    ExportReported,
    ExportsDropped,
)


def export_stored(state: State, event: ExportCreated | ExportReported, _: Millis) -> None:
    """It is as the event says."""
    export = event.export
    state.put(tables.EXPORTS, export, export.id)
    if is_ended(export):
        put_due(state, _due(export))


def export_deleted(state: State, event: ExportDeleted, _: Millis) -> None:
    """It is gone."""
    _drop_export(state, event.export_id)


def exports_dropped(state: State, event: ExportsDropped, _: Millis) -> None:
    """They are gone."""
    for each in event.export_ids:
        _drop_export(state, each)


def _drop_export(state: State, export_id: str) -> None:
    export = state.get(tables.EXPORTS, export_id)
    if export is None:
        return
    state.delete(tables.EXPORTS, export_id)
    if is_ended(export):
        drop_due(state, _due(export))
    if export.personal_filters is not None:
        # its filters may name a person, so their key goes with it
        state.put(tables.ERASURES, Erasure(state.project, export_id, "export"), export_id)


def _due(export: Export) -> tables.Due:
    ended_at = export.updated_at or export.created_at
    return tables.Due(tables.DUE_EXPORT, export.id, ended_at + KEPT_DAYS * DAY_MS)


FOLDS: Folds = MappingProxyType(
    {
        ExportCreated: export_stored,
        ExportReported: export_stored,
        ExportDeleted: export_deleted,
        ExportsDropped: exports_dropped,
    }
)
