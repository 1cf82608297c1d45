"""From an event to the rows of what lies in the bin, or left it."""

from collections.abc import Iterable

from schemas.bin import BinEntry, BinEntryAdded, BinEntryRemoved
from services.audit.sink.entities import EntityRow, entity_row, gone_row


def bin_entry_added(project: str, event: BinEntryAdded) -> Iterable[EntityRow]:
    """What is in the bin."""
    return (_bin_entry(project, event.entry),)


def bin_entry_removed(project: str, event: BinEntryRemoved) -> Iterable[EntityRow]:
    """That it is no longer there, and that a customer is gone for good."""
    entry = event.entry
    # the time stays, so that a list that was read up to this entry can be read on
    row = gone_row(project, "bin_entry", entry.id, entry.resource_name)
    rows = [row._replace(created_at=entry.created_at)]
    if entry.resource_type == "customer":
        rows.append(gone_row(project, "customer", entry.resource_id))
        rows.append(gone_row(project, "customer_summary", entry.resource_id))
    return rows


def _bin_entry(project: str, entry: BinEntry) -> EntityRow:
    return entity_row(
        project,
        "bin_entry",
        entry,
        alias=entry.resource_name,
        texts={"type": entry.resource_type, "resource_id": entry.resource_id},
    )
