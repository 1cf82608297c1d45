"""How much room is left where an installation writes, and saying so when there is none.

A disk that fills up stops every part in its own words: RocksDB, the operating system and ClickHouse
each raise something else. `reason_of` makes one sentence of it that names the folder.
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

MIB = 1024 * 1024

_ERRNOS: Final = frozenset((errno.ENOSPC, errno.EDQUOT))
#: How RocksDB, the operating system and ClickHouse say it (its code 243 is NOT_ENOUGH_SPACE).
_WORDS: Final = ("No space left on device", "Disk quota exceeded", "NOT_ENOUGH_SPACE", "Code: 243")

Free = Callable[[Path], int]


def free_bytes(folder: Path) -> int:
    """What this user may still write at a folder, or where it would be made. Raises OSError."""
    while not folder.exists():
        folder = folder.parent
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def space_left(folder: Path, free: Free = free_bytes) -> str:
    """For example `12.0 MiB are left in /data/tessera`."""
    try:
        return f"{free(folder) / MIB:.1f} MiB are left in {folder}"
    except OSError as fault:
        return f"it is not known how much is left in {folder} ({fault.strerror})"


def is_full(fault: BaseException) -> bool:
    """Whether a fault, or what it came from, is for want of space."""
    if isinstance(fault, OSError) and fault.errno in _ERRNOS:
        return True
    if any(words in str(fault) for words in _WORDS):
        return True
    return fault.__cause__ is not None and is_full(fault.__cause__)


def reason_of(fault: BaseException, folder: Path) -> str:
    """The fault in words; one for want of space names the folder and what is left of it."""
    text = str(fault)[:500]
    return f"the disk is full, {space_left(folder)}: {text}" if is_full(fault) else text
