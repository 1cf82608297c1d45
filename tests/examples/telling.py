"""How a story is told: requests to the API of a shop, as clients send them, and what they leave."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any, NamedTuple

from engine.kernel import tables
from runtime.log.log import StoredEntry
from runtime.replica.command_sender import Answered
from schemas.actions import RunChunk
from schemas.base import Millis
from schemas.commands import CommandBody
from schemas.projects import KeyKind
from schemas.topics import COMMANDS, CUSTOMER_KEYS, LEDGER
from tests.examples.ledger import WrittenLedger
from tests.unit.services.world import MANAGEMENT, SERVER, World

PROJECT = "proj"
SECOND: Millis = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Shop:
    """A project, and those who ask for something in it; each request comes a second later."""

    def __init__(self, world: World, ledger: WrittenLedger) -> None:
        self.world = world
        self.ledger = ledger

    def binned(self, name: str) -> str:
        """The id of what is in the bin with that code or name."""
        found = self.ledger.view(PROJECT).scan(tables.BIN)
        return next(each.id for each in found if each.resource_name == name)

    def actions(self) -> list[str]:
        """The ids of the actions that there are, done or not."""
        return [each.id for each in self.ledger.view(PROJECT).scan(tables.ACTIONS)]

    async def work(self, started: dict[str, Any]) -> None:
        """Has the action that an answer names done chunk by chunk, as the worker has it."""
        action_id = started["async_action_id"]
        for number in count():
            await self.send(RunChunk(action_id, number))
            action = self.ledger.view(PROJECT).get(tables.ACTIONS, action_id)
            if action is None or action.status in ("DONE", "FAILED"):
                return

    def wait(self, ms: Millis) -> None:
        """Lets time pass."""
        self.ledger.now += ms

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        status: int = 200,
        headers: dict[str, str] = SERVER,
        **named: Any,
    ) -> Any:
        """The answer's body; its status has to be `status`."""
        self.wait(SECOND)
        answer = await self.world.call(method, path, body, headers, **named)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    async def post(self, path: str, body: Any = None, **named: Any) -> Any:
        return await self.ask("POST", path, body, **named)

    async def put(self, path: str, body: Any = None, **named: Any) -> Any:
        return await self.ask("PUT", path, body, **named)

    async def delete(self, path: str, *, status: int = 204, **named: Any) -> Any:
        return await self.ask("DELETE", path, status=status, **named)

    async def form(self, path: str, fields: dict[str, str], *, status: int = 200) -> Any:
        """The answer to a form, of which tokens are asked."""
        self.wait(SECOND)
        answer = await self.world.http.post(path, data=fields, headers=SERVER)
        assert answer.status_code == status, f"{path}: {answer.text}"
        return answer.json() if answer.content else None

    async def upload(self, path: str, text: str, *, status: int = 202) -> Any:
        """The answer to a file of rows."""
        self.wait(SECOND)
        files = {"file": ("rows.csv", text, "text/csv")}
        answer = await self.world.http.post(path, files=files, headers=SERVER)
        assert answer.status_code == status, f"{path}: {answer.text}"
        return answer.json()

    async def manage(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        """A request with a management key; the path is what follows the project's own."""
        path = f"/management/v1/projects{path}"
        return await self.ask(method, path, body, status=status, headers=MANAGEMENT)

    async def send(
        self, body: CommandBody, *, project: str = PROJECT, key_kind: KeyKind = "system"
    ) -> Answered:
        """A command that no client asks for: of the ticker, the worker, the installation."""
        self.wait(SECOND)
        return await self.ledger.send(project, body, key_kind=key_kind)


Story = Callable[[Shop], Awaitable[None]]


class Told(NamedTuple):
    """What lies in the topics when a story is over."""

    commands: Sequence[StoredEntry]
    keys: Sequence[StoredEntry]
    ledger: Sequence[StoredEntry]


async def tell(story: Story) -> Told:
    """Tells a story to a new installation. Raises AssertionError where an answer is another."""
    ledger = WrittenLedger(story.__name__)
    try:
        async with World(ledger=ledger) as world:
            await story(Shop(world, ledger))
        return Told(
            await ledger.entries(COMMANDS),
            await ledger.entries(CUSTOMER_KEYS),
            await ledger.entries(LEDGER),
        )
    finally:
        await ledger.close()
