"""What tests of the management API ask and look at."""

from typing import Any

import httpx

from tests.unit.services.world import MANAGEMENT, World

PROJECTS = "/management/v1/projects"
NEW = {
    "name": "Second",
    "timezone": "Europe/Warsaw",
    "currency": "PLN",
    "case_sensitive_codes": True,
}


def key(body: dict[str, Any], kind: str = "management") -> dict[str, str]:
    """The headers of a new project's key."""
    if kind == "management":
        pair = body["management_key"]
        return {"X-Management-Id": pair["app_id"], "X-Management-Token": pair["app_token"]}
    pair = body["server_side_key"]
    return {"X-App-Id": pair["app_id"], "X-App-Token": pair["app_token"]}


async def made(world: World, **more: Any) -> dict[str, Any]:
    answer = await world.call("POST", PROJECTS, NEW | more, MANAGEMENT)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def failed(answer: httpx.Response) -> tuple[int, str | None]:
    """Status and key; a 404 of the management API has none."""
    return answer.status_code, answer.json().get("key")
