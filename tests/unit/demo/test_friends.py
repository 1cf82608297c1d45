"""The demo's giveaway is drawn however slow the machine is, and once."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from demo import friends
from demo.api import Api, ApiRefused


class SlowApi:
    """Takes entries only where it was given more than so many seconds; no draw without entries."""

    def __init__(self, needs: float) -> None:
        self.needs = needs
        self.made: list[float] = []
        self.deleted = 0
        self.entries = 0
        self.drawn = 0
        self._giveaway: dict[str, Any] | None = None

    async def make(self, path: str, body: Any) -> Any:
        del path
        if self._giveaway is None:
            self._giveaway = body["giveaway"]
            closes = datetime.fromisoformat(body["giveaway"]["closes_at"])
            self.made.append((closes - datetime.now(UTC)).total_seconds())

    async def get(self, path: str) -> dict[str, Any]:
        assert path.endswith("/proof") and self._giveaway is not None
        seed = "seed" if self.drawn else None
        # it has closed by the time that it is asked: nobody is kept waiting here
        return {"seed": seed, "entries": self.entries, "closes_at": "2026-01-01T00:00:00Z"}

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        if method == "DELETE":
            assert path == "/v1/campaigns/Spring%20draw?force=true"
            self._giveaway, self.deleted = None, self.deleted + 1
            return 202, None
        if self.made and self.made[-1] > self.needs:
            self.entries += 1
            return 200, body
        return 400, {"key": "giveaway_closed"}

    async def send(self, path: str, body: Any) -> Any:
        del body
        if not self.entries:
            raise ApiRefused(f"POST {path}: 400 no entries")
        self.drawn += 1


def _draw(api: SlowApi) -> None:
    asyncio.run(friends.draw_prizes(cast("Api", api), ["a", "b", "c"]))


@pytest.mark.parametrize(("needs", "made"), [(0, 1), (20, 2), (100, 3)])
def test_a_giveaway_that_nobody_came_into_gives_way_to_a_longer_one(
    needs: float, made: int
) -> None:
    api = SlowApi(needs)
    _draw(api)
    assert (len(api.made), api.deleted, api.entries, api.drawn) == (made, made - 1, 3, 1)


def test_a_machine_that_is_slower_than_any_breaks_no_demo() -> None:
    api = SlowApi(1_000)
    _draw(api)
    assert (api.drawn, api.entries) == (0, 0)


def test_what_was_drawn_stays_drawn() -> None:
    api = SlowApi(0)
    _draw(api)
    _draw(api)
    assert (len(api.made), api.drawn, api.deleted) == (1, 1, 0)


def test_entries_of_a_run_that_was_ended_are_drawn_by_the_next() -> None:
    api = SlowApi(1_000)
    api.entries = 2
    _draw(api)
    assert (api.drawn, api.deleted) == (1, 0)
