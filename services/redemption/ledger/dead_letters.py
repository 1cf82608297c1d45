"""Dead letters: what could not be decided, kept for an operator to look at."""

from runtime.log.log import Entry, StoredEntry
from schemas.topics import COMMANDS, RECORD_BYTES_MAX

BYTES_MAX = RECORD_BYTES_MAX
KEY_BYTES_MAX = 1024


def dead_letter(stored: StoredEntry, partition: int, reason: str) -> Entry:
    """The command as it came, cut where it is too large to be kept whole."""
    origin = f"{COMMANDS}/{partition}/{stored.offset}"
    size = len(stored.value)
    headers = (
        ("origin", origin.encode()),
        ("reason", reason.encode()),
        ("size", str(size).encode()),
    )
    return Entry(stored.key[:KEY_BYTES_MAX], stored.value[:BYTES_MAX], headers)
