"""The rows of what is deleted for good at once: each is decided like a request of its own."""

from typing import Any

from engine.background.decode import decode_row
from engine.bin.decide import delete_bin_entry
from engine.kernel.decision import Decision
from engine.kernel.state import View
from schemas.actions import DeleteBinEntries
from schemas.base import Millis
from schemas.bin import DeleteBinEntry
from schemas.commands import Command
from schemas.errors import Refusal


def delete_bin_entry_row(
    view: View, command: Command, _: DeleteBinEntries, row: dict[str, Any], now: Millis
) -> Decision | Refusal:
    """Deletes the row's entry; the row has the shape `DeleteBinEntry`."""
    body = decode_row(DeleteBinEntry, row)
    if isinstance(body, Refusal):
        return body
    return delete_bin_entry(view, command, body, now)
