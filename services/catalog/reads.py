"""What the catalog needs to read state."""

from collections.abc import Awaitable
from typing import Protocol

from engine.kernel.state import View


class Reads(Protocol):
    """State that holds everything that was answered before the question."""

    def __call__(self, project: str) -> Awaitable[View]:
        """The project's state; waits, bounded, for what is on its way. Raises ApiError 503."""
