"""A run with round numbers."""

from bench.figures import (
    EMPTY,
    REDEMPTION,
    SQL_GUARDED,
    SQL_READ,
    VALIDATION,
    Codes,
    Figures,
    Series,
    Start,
)


def series(name: str, per_second: float, cpu_us: dict[str, float], connections: int = 64) -> Series:
    return Series(name, connections, per_second, 10.0, 25.0, cpu_us)


def run() -> Figures:
    return Figures(
        date="2026-11-29",
        machine="2 cores",
        rounds=3,
        series=(
            series(EMPTY, 10_000.0, {"api": 100.0}),
            series(SQL_GUARDED, 1000.0, {"service": 400.0, "postgres": 100.0}),
            series(SQL_READ, 2000.0, {"service": 300.0}),
            series(
                REDEMPTION,
                800.0,
                {"broker": 100.0, "api": 300.0, "insight": 150.0, "distribution": 50.0},
            ),
            series(VALIDATION, 3000.0, {"api": 200.0}),
            series(REDEMPTION, 100.0, {"api": 900.0}, connections=1),
        ),
        idle={"broker": 0.04, "api": 0.01},
        resident_mb={"broker": 300, "api": 100, "all": 400},
        round_trip_ms=2.0,
        start=Start(12.0, 4.0),
        codes=Codes(1_000_000, 20_000.0, {"all": 1024}),
        stages={"api": {"HTTP": 120.0, "fold": 80.0}, "broker": {"requests": 60.0}},
    )
