"""What stands for a number that is not there."""

from typing import Final

#: Where an entity says nothing; no number and no time of an entity is as small.
UNKNOWN: Final = -(2**53)
