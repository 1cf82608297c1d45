"""How much is measured: all of it, or what two minutes allow."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from bench.figures import EMPTY, REDEMPTION, SQL_GUARDED, SQL_LOCKED, SQL_READ, VALIDATION


@dataclass(frozen=True, slots=True)
class Plan:
    """`turns` says by connections what is measured by turns; 0 starts or codes are none."""

    turns: Mapping[int, tuple[str, ...]]
    rounds: int
    #: How long each turn lasts.
    seconds: float
    idle_seconds: float
    starts: int
    codes: int
    #: Whether it is measured where in a process the time goes.
    stages: bool

    def change(self, rounds: int | None, codes: int | None) -> "Plan":
        """With what was asked for instead."""
        return replace(
            self,
            rounds=self.rounds if rounds is None else rounds,
            codes=self.codes if codes is None else codes,
        )


_ALL: Final = (EMPTY, SQL_GUARDED, SQL_LOCKED, SQL_READ, REDEMPTION, VALIDATION)
_WRITES: Final = (SQL_GUARDED, SQL_LOCKED, REDEMPTION)

WHOLE: Final = Plan(
    turns=MappingProxyType({1: _ALL, 16: _WRITES, 64: _ALL}),
    rounds=3,
    seconds=5.0,
    idle_seconds=25.0,
    starts=3,
    codes=1_000_000,
    stages=True,
)
SHORT: Final = Plan(
    turns=MappingProxyType({64: (EMPTY, SQL_GUARDED, SQL_READ, REDEMPTION, VALIDATION)}),
    rounds=2,
    seconds=3.0,
    idle_seconds=10.0,
    starts=0,
    codes=0,
    stages=False,
)
