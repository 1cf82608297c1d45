"""Exports. Source: the API contract, section 10, and its schemas of exports."""

from types import MappingProxyType
from typing import Any

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.exports import Export, ExportCreated, ExportDeleted


def export_body(export: Export, url: str | None = None) -> Body:
    """The export; `url` is where its file is, where there is one.

    How far it is, and why it failed, are additions to the contract; they are there once it began.
    """
    body: Body = {
        "id": export.id,
        "object": "export",
        "created_at": iso(export.created_at),
        "status": export.status,
        "channel": "API",
        "exported_object": export.exported_object,
        "parameters": _parameters(export),
        "result": None if url is None else {"url": url},
        "user_id": None,
    }
    if export.status != "SCHEDULED":
        body["rows"] = export.rows
        body["progress"] = _progress(export)
    if export.fault is not None:
        body["error"] = {"message": export.fault}
    return body


def filters_of(export: Export) -> dict[str, Any] | None:
    """The filters as they were given; none of those that named somebody who is forgotten."""
    sealed = export.personal_filters
    if sealed is None:
        return export.filters
    metadata = {} if sealed.data is None else sealed.data.metadata or {}
    filters = metadata.get("filters")
    return filters if isinstance(filters, dict) else None


def _parameters(export: Export) -> dict[str, Any]:
    given = {
        "fields": None if export.fields is None else list(export.fields),
        "order": export.order,
        "filters": filters_of(export),
        "campaign_id": export.campaign_id,
    }
    return {name: value for name, value in given.items() if value is not None}


def _progress(export: Export) -> int:
    """Per cent; 100 only when the file is there."""
    if export.status == "DONE":
        return 100
    if not export.total:
        return 0
    return min(100 * export.rows // export.total, 99)


ANSWERS: Answers = MappingProxyType(
    {
        ExportCreated: shows(export_body, "export"),
        ExportDeleted: shows_nothing,
    }
)
