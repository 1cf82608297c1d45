"""How a bad request of a row of `docs/bad-input.md` is said, and what there is when it is asked."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import httpx

from tests.unit.services.strange import make_shop
from tests.unit.services.world import CLIENT, MANAGEMENT, SERVER, World

_PLACE: Final = re.compile(r"<(\w+)>")


class Ask(NamedTuple):
    """A request; `<name>` in its path and body is the id of what has that name in the shop.

    `content` is sent as it is in the place of `body`; `headers` go beside the key of the path.
    """

    method: str
    path: str
    body: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = {}
    #: Whose key is sent; without one that of the path.
    key: Mapping[str, str] | None = None


class Shown(NamedTuple):
    """A row that no request alone can show, and the tests that show it, each as FILE::NAME."""

    tests: tuple[str, ...]


#: What is asked for each row of a table, by the text of its first cell.
Rows = Mapping[str, Sequence[Ask] | Shown]
#: What there is beside the shop, by the name that it gets, in the order in which it is made.
Before = Sequence[tuple[str, Ask]]


def shown(*tests: str) -> Shown:
    """A row that is shown elsewhere."""
    return Shown(tests)


def post(path: str, *bodies: Any) -> tuple[Ask, ...]:
    """A POST with each of the bodies."""
    return tuple(Ask("POST", f"/v1/{path}", body) for body in bodies)


def put(path: str, *bodies: Any) -> tuple[Ask, ...]:
    """A PUT with each of the bodies."""
    return tuple(Ask("PUT", f"/v1/{path}", body) for body in bodies)


def get(*paths: str) -> tuple[Ask, ...]:
    """A GET of each of the paths."""
    return tuple(Ask("GET", f"/v1/{path}") for path in paths)


def delete(*paths: str) -> tuple[Ask, ...]:
    """A DELETE of each of the paths."""
    return tuple(Ask("DELETE", f"/v1/{path}") for path in paths)


async def answer_of(world: World, ask: Ask, ids: Mapping[str, str]) -> httpx.Response:
    """The answer to a request."""
    if ask.content is not None:
        ask = ask._replace(content=_filled(ask.content.decode("latin-1"), ids).encode("latin-1"))
    own = {"client": CLIENT, "management": MANAGEMENT}.get(ask.path.split("/")[1], SERVER)
    content = ask.content
    headers = {**(own if ask.key is None else ask.key), **ask.headers}
    headers = {name: _filled(value, ids) for name, value in headers.items()}
    if content is None and ask.body is not None:
        content = _filled(json.dumps(ask.body), ids).encode()
        headers = {"Content-Type": "application/json"} | headers
    return await world.http.request(
        ask.method, _filled(ask.path, ids), content=content, headers=headers
    )


def _filled(text: str, ids: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: ids[place[1]], text)


async def stocked(world: World, more: Before) -> dict[str, str]:
    """A shop, with what a table needs beside it, and the ids of all by their names.

    Of a redemption of several `<name>` is the parent, `<name>_child` the first child. What is
    refused, or says nothing, has no id unless the refusal names one.
    """
    ids = await make_shop(world)
    for name, ask in more:
        answer = await answer_of(world, ask, ids)
        told = answer.json() if answer.content else {}
        parts = told.get("redemptions") or [{}]
        parent = (told.get("parent_redemption") or parts[0]).get("id")
        found = told.get("id") or parent or told.get("resource_id") or told.get("access_token")
        ids |= {name: found or "", f"{name}_child": parts[0].get("id", "")}
        assert ids[name] or answer.status_code < 300, (name, answer.text)
    return ids
