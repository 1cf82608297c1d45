"""The keys that were used lately, unwrapped."""

from collections import OrderedDict

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: How many unwrapped keys, made keys and forgotten key ids are remembered.
CACHED_MAX = 20_000


class Recent(OrderedDict[str, AESGCM]):
    """The most recently used, within a bound."""

    def look(self, name: str) -> AESGCM | None:
        """The cipher of that name, which is used now."""
        found = self.get(name)
        if found is not None:
            self.move_to_end(name)
        return found

    def keep(self, name: str, cipher: AESGCM) -> None:
        """Takes one, and lets go of the oldest where they are too many."""
        self[name] = cipher
        if len(self) > CACHED_MAX:
            self.popitem(last=False)
