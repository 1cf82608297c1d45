"""The records whose events are being sent, remembered for a while."""

from collections import OrderedDict
from collections.abc import Sequence

from schemas.records import Decided

#: How many records are remembered for the endpoints that want them, too, of all partitions.
RECORDS_KEPT = 512


class Records:
    """Records that were read lately, by partition and offset; None: it decided nothing.

    They are decoded, so they have to be forgotten with whoever they name.
    """

    def __init__(self, kept_max: int = RECORDS_KEPT) -> None:
        self._kept_max = kept_max
        self._known: OrderedDict[tuple[int, int], Decided | None] = OrderedDict()

    def __contains__(self, place: tuple[int, int]) -> bool:
        return place in self._known

    def __getitem__(self, place: tuple[int, int]) -> Decided | None:
        return self._known[place]

    def keep(self, place: tuple[int, int], record: Decided | None) -> None:
        """Takes one, and lets go of the oldest where they are too many."""
        self._known[place] = record
        if len(self._known) > self._kept_max:
            self._known.popitem(last=False)

    async def forget(self, owners: Sequence[str]) -> Sequence[str]:
        """See `runtime.erasing.Clean`: what is read again has nothing of them."""
        self._known.clear()
        return owners
