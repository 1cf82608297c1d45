"""Dead letters: what could not be decided, kept for an operator to look at."""

from runtime.log.log import Entry
from schemas.topics import RECORD_BYTES_MAX

BYTES_MAX = RECORD_BYTES_MAX
KEY_BYTES_MAX = 1024


def dead_letter(key: bytes, value: bytes, origin: str, reason: str) -> Entry:
    """The command as it came, cut where it is too large to be kept whole.

    `origin` is where it lies; where its record does, if it was handed over.
    """
    size = len(value)
    headers = (
        ("origin", origin.encode()),
        ("reason", reason.encode()),
        ("size", str(size).encode()),
    )
    return Entry(key[:KEY_BYTES_MAX], value[:BYTES_MAX], headers)
