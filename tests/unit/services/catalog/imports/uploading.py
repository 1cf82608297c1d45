"""Imports, from the request to the end of their action."""

from typing import Any

from schemas.actions import RunChunk
from tests.unit.services.world import SERVER, World

ROWS = "/v1/vouchers/importCSV"


async def done(world: World, response: Any) -> dict[str, Any]:
    """The action that a request started, after its chunks were run."""
    assert response.status_code in (200, 202), response.text
    action_id = response.json()["async_action_id"]
    project = world.ledger.commands[-1].project
    found: dict[str, Any] = {}
    for number in range(100):
        await world.ledger.send(project, RunChunk(action_id, number), key_kind="system")
        found = (await world.call("GET", f"/v1/async-actions/{action_id}")).json()
        if found["status"] == "DONE":
            return found
    raise AssertionError(found)


async def upload(world: World, path: str, text: str | bytes, name: str = "file") -> Any:
    """Sends a file in a form."""
    files = {name: ("rows.csv", text, "text/csv")}
    return await world.http.post(path, files=files, headers=SERVER)


async def voucher(world: World, code: str) -> dict[str, Any]:
    response = await world.call("GET", f"/v1/vouchers/{code}")
    assert response.status_code == 200, response.text
    return dict(response.json())


def item(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "discount": {"type": "AMOUNT", "amount_off": 500}} | more
