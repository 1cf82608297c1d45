"""Drops what was made of the past of a project when somebody of it is forgotten, once for each."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from runtime.keys.erasing import Clean

#: Drops what is kept or made of these projects.
Drop = Callable[[Iterable[str]], Awaitable[None]]


class PastCleaner:
    """Drops the past before `clean_rest` is asked, which may say for long that it is too early.

    What is made after somebody was forgotten does not know of them: it begins with the keys of then.
    So it is not dropped again while the rest is cleaned.
    """

    def __init__(self, drops: Sequence[Drop], clean_rest: Clean) -> None:
        self._drops = drops
        self._clean_rest = clean_rest
        #: The owners of whom nothing is left but what `clean_rest` cleans.
        self._dropped: set[str] = set()

    async def clean(self, owners: Sequence[str]) -> Sequence[str]:
        """See `runtime.keys.erasing.Clean`."""
        fresh = set(owners) - self._dropped
        if fresh:
            projects = {each.partition("/")[0] for each in fresh}
            for drop in self._drops:
                await drop(projects)
            self._dropped |= fresh
        gone = await self._clean_rest(owners)
        self._dropped.difference_update(gone)
        return gone
