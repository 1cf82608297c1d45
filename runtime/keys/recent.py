"""What was used lately, by name, within a bound."""

from collections import OrderedDict
from typing import TypeVar

V = TypeVar("V")

#: How many are remembered: of unwrapped keys, of keys made here, of keys that were forgotten.
REMEMBERED_MAX = 20_000


class Recent(OrderedDict[str, V]):
    """Lets go of what was kept, or looked up, longest ago."""

    def look(self, name: str) -> V | None:
        """What has that name, which is used now."""
        found = self.get(name)
        if found is not None:
            self.move_to_end(name)
        return found

    def keep(self, name: str, value: V) -> None:
        """Takes one, and lets go of the oldest where they are too many."""
        self[name] = value
        if len(self) > REMEMBERED_MAX:
            self.popitem(last=False)
