"""The rows of what is deleted for good at once: each is decided like a request of its own."""

from typing import Any

from engine.background.decode import decode_row
from engine.bin.decide import delete_bin_entry
from engine.kernel.decision import Decision
from engine.kernel.state import View
from schemas.actions import DeleteBinEntries
from schemas.base import Millis, Shape
from schemas.bin import DeleteBinEntry
from schemas.commands import Command
from schemas.errors import Refusal


class NamedEntry(Shape, frozen=True):
    """What a row says: the id of an entry of the bin."""

    entry: str


def delete_bin_entry_row(
    view: View, command: Command, _: DeleteBinEntries, row: dict[str, Any], now: Millis
) -> Decision | Refusal:
    """Deletes the entry that the row names."""
    said = decode_row(NamedEntry, row)
    if isinstance(said, Refusal):
        return said
    return delete_bin_entry(view, command, DeleteBinEntry(said.entry), now)
