"""The demo's program is finished by the next run where one was ended in the middle."""

import asyncio
from random import Random
from typing import Any, cast

from demo import club
from demo.api import Api


class ClubApi:
    """Has what was made, and refuses what is made twice."""

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}
        self.ends_before = ""

    async def make(self, path: str, body: Any) -> Any:
        return None if path in self.sent else self.sent.setdefault(path, body)

    async def get(self, path: str) -> dict[str, Any]:
        place = path.partition("?")[0]
        return {"id": place, "data": self.sent.get(place, [])}

    async def find(self, path: str) -> Any:
        return self.sent.get(path)

    async def send(self, path: str, body: Any) -> Any:
        if self.ends_before and path.endswith(self.ends_before):
            raise ConnectionError
        if isinstance(body, list):
            assert path not in self.sent
            body = [each | {"id": f"{path}/{at}"} for at, each in enumerate(body)]
            self.sent[path] = body
            return body
        return {"id": path, "code": "CLUB-1"}


async def _found(api: ClubApi) -> None:
    await club.found_club(cast("Api", api), Random(1), ())


def test_rules_and_tiers_are_made_once_and_what_is_missing_is_made_later() -> None:
    api = ClubApi()
    for ends_before in ("/earning-rules", "/tiers", ""):
        api.ends_before = ends_before
        try:
            asyncio.run(_found(api))
        except ConnectionError:
            assert ends_before
    root = "/v1/loyalties/Points%20club"
    assert [each["event"] for each in api.sent[f"{root}/earning-rules"]] == [
        "order.paid",
        club.REVIEW,
    ]
    gold = api.sent[f"{root}/tiers"][2]
    assert [*gold["earning_rules"]] == [f"{root}/earning-rules/0"]
