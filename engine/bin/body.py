"""Entries of the bin: what is answered."""

from types import MappingProxyType

from engine.kernel.room import Answers, shows_nothing
from schemas.bin import BinEntryRemoved

ANSWERS: Answers = MappingProxyType(
    {
        BinEntryRemoved: shows_nothing,
    }
)
