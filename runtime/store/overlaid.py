"""A store that keeps its changes in memory, over one that it leaves as it is."""

from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from operator import itemgetter

from runtime.store.store import Store


class OverlaidStore:
    """A `Store` over another, which is only read; for few changes."""

    def __init__(self, below: Store) -> None:
        self._below = below
        self._changes: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        return self._changes[key] if key in self._changes else self._below.get(key)

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, backwards: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        changed = dict(self._changes)
        below = self._below.scan(prefix, after=after, backwards=backwards)
        kept = (pair for pair in below if pair[0] not in changed)
        fresh = [(key, value) for key, value in changed.items() if value is not None]
        fresh = [pair for pair in fresh if pair[0].startswith(prefix)]
        if after is not None:
            fresh = [each for each in fresh if (each[0] < after if backwards else each[0] > after)]
        fresh.sort(reverse=backwards)
        yield from merge(fresh, kept, key=itemgetter(0), reverse=backwards)

    def present(self, keys: Sequence[bytes]) -> set[bytes]:
        known = {key for key in keys if self._changes.get(key) is not None}
        return known | self._below.present([key for key in keys if key not in self._changes])

    def write(self, changes: Mapping[bytes, bytes | None]) -> None:
        self._changes.update(changes)

    def compact(self) -> None:
        """See `Store.compact`; there are no files of its own."""

    def close(self) -> None:
        """Gives the store below back."""
        self._below.close()
