"""Histories by chance: every metric is what a fold of the ledger says."""

from pathlib import Path
from typing import Any

import pytest

from services.analytics.measures.catalogue import METRICS
from tests.integration.insight_host import Insight, running
from tests.integration.insight_world import World
from tests.integration.measures.metrics_fold import fold_metrics
from tests.integration.measures.random_history import tell

#: Those that are counted; the others are quotients of them, or as it is now. Nothing here has points
#: (test_points_measures.py).
COUNTED = [
    name
    for name, each in METRICS.items()
    if each.over is None and each.over_time and each.unit != "points"
]
#: The steps of a history; they take a month of one year.
STEPS = 240


async def counted(insight: Insight) -> dict[str, Any]:
    query = "&".join(f"metrics={name}" for name in COUNTED)
    asked = f"/v1/analytics/timeseries?interval=year&from=2023-01-01&to=2024-01-01&{query}"
    (series,) = (await insight.get(asked))["series"]
    (point,) = series["points"]
    return {name: point[name] for name in COUNTED}


@pytest.mark.parametrize("seed", range(6))
async def test_every_metric_is_what_the_fold_says(tmp_path: Path, seed: int) -> None:
    async with running(tmp_path) as insight:
        world = insight.world
        history = tell(world, seed, STEPS)
        wanted = fold_metrics(world.records, world.observed, history.calls)
        assert wanted.keys() <= set(COUNTED)
        assert await counted(insight) == {name: wanted.get(name, 0) for name in COUNTED}


def test_the_histories_have_something_for_every_metric() -> None:
    seen: set[str] = set()
    for seed in range(6):
        world = World()
        history = tell(world, seed, STEPS)
        found = fold_metrics(world.records, world.observed, history.calls)
        seen |= {name for name, count in found.items() if count}
    assert seen == set(COUNTED)
