"""Words that stand in many places."""

from typing import Final

#: What stands for what is not there.
NOTHING: Final = "–"  # noqa: RUF001 - a dash on purpose
