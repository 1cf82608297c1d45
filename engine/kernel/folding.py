"""Codes that do not distinguish case: what of a code is the same however it is written.

Two codes are the same where Unicode's caseless matching says so (ß is ss), and so are the Turkish
letters: i with a dot and without, small or large, are one.
"""

import re
from unicodedata import normalize

_DOTTED = re.compile("i\u0307+")


def fold_code(code: str) -> str:
    """A code without its case; of a folded one itself."""
    folded = normalize("NFD", normalize("NFD", code).casefold())
    return normalize("NFC", _DOTTED.sub("i", folded).replace("\u0131", "i"))
