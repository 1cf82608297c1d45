"""Entries of the bin; what becomes of them is in engine/bin/decide.py."""

from engine.kernel.ids import new_id
from schemas.base import Millis
from schemas.bin import BinEntry, BinEntryAdded, BinKind
from schemas.commands import Command
from schemas.projects import Asker


def bin_entry_added_event(
    command: Command,
    kind: BinKind,
    resource_id: str,
    resource_name: str,
    now: Millis,
    *,
    parent_id: str | None = None,
    n: int = 0,
) -> BinEntryAdded:
    """The event that puts something in the bin; `n` numbers those of one command."""
    entry = BinEntry(
        id=new_id(command.seed, "tbe_", n),
        resource_type=kind,
        resource_id=resource_id,
        resource_name=resource_name,
        created_at=now,
        resource_parent_id=parent_id,
        deleted_by=Asker(command.key_kind, command.channel_id),
    )
    return BinEntryAdded(entry)
