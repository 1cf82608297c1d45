"""What a check found, line by line."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Report:
    """`faults` is empty when everything holds."""

    write: Callable[[str], None]
    faults: list[str] = field(default_factory=list)

    def good(self, text: str) -> None:
        """Something holds."""
        self.write(f"ok      {text}")

    def note(self, text: str) -> None:
        """Something that is not checked, and why."""
        self.write(f"note    {text}")

    def bad(self, text: str) -> None:
        """Something does not hold."""
        self.faults.append(text)
        self.write(f"DAMAGE  {text}")
