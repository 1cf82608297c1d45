"""The host of the lists with its exporter, over a ledger in memory that decides what is reported."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from engine.exports.decide import is_ended
from engine.kernel import tables
from runtime.base.secrets import Secrets
from runtime.clickhouse.database import Database
from runtime.clickhouse.sinks import Sinks
from runtime.http.host import Host
from runtime.http.internal import InternalGate
from runtime.http.links import LinkSigner
from runtime.log.log import Entry
from schemas.commands import Command, CommandBody
from schemas.exports import CreateExport, Export, ExportCreated
from schemas.records import Decided
from schemas.topics import LEDGER
from services.audit.exports.download import export_file_service
from services.audit.exports.exporter import Exporter, ExporterOutfit
from services.audit.exports.files import ExportFiles
from services.audit.exports.reports import ReportOutfit, Reports
from services.audit.exports.writing import write_export
from services.audit.notifications.listing import notification_list_service
from tests.contract.answers import async_client
from tests.integration.insight_world import World
from tests.unit.engine.world import World as Engine
from tests.unit.services.audit.examples import PROJECT

SECRETS = Secrets.from_master(b"k" * 32)
HEADERS = {
    "x-tessera-secret": "s",
    "x-tessera-project": PROJECT,
    "x-tessera-key-kind": "server",
    "x-tessera-key-id": "k",
    "x-tessera-base-url": "https://shop.test/",
}
_commands = msgspec.json.Decoder(Command)


class Shelf:
    """What a project has, and the files that are made of it."""

    def __init__(self, folder: Path) -> None:
        self.world = World()
        self.engine = Engine(PROJECT)
        self.files = ExportFiles(folder / "exports")
        self.short: str | None = None
        #: How many commands are lost before one is decided again.
        self.lost = 0
        self.exporter: Exporter
        self.database: Database
        self.client: httpx.AsyncClient

    def decide(self, body: CommandBody) -> Decided:
        """Has a command decided."""
        return self.take(self.engine.decided(self.engine.command(body)))

    def take(self, record: Decided) -> Decided:
        """Puts a record into the log."""
        self.world.append(record)
        return record

    async def send(self, _: str, __: int, entry: Entry) -> int:
        """The topic of commands, whose next one is decided at once."""
        if self.lost:
            self.lost -= 1
            return 0
        self.engine.now += 1
        self.take(self.engine.decided(_commands.decode(entry.value)))
        return 0

    def ask(self, kind: Any, **parameters: Any) -> Export:
        """A new export."""
        self.engine.now += 1
        for event in self.decide(CreateExport(kind, **parameters)).events:
            if isinstance(event, ExportCreated):
                return event.export
        raise AssertionError("it was refused")

    def stored(self, export: Export) -> Export | None:
        """The export as the ledger knows it."""
        return self.engine.view.get(tables.EXPORTS, export.id)

    async def ended(self, export: Export) -> Export:
        """The export once nothing more comes of it."""
        await until(lambda: (found := self.stored(export)) is not None and is_ended(found))
        found = self.stored(export)
        assert found is not None
        return found

    async def lines(self, kind: Any, **parameters: Any) -> list[str]:
        """The lines of a new file, once it is there."""
        export = await self.ended(self.ask(kind, **parameters))
        assert export.status == "DONE", export.fault
        answer = await self.get(f"/v1/exports/{export.id}")
        assert answer.status_code == 200, answer.text
        return answer.text.split("\r\n")[:-1]

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Asks for everything that was written before."""
        end = (await self.world.log.bounds(LEDGER, 0))[1] - 1
        positions = {"x-tessera-positions": f"ledger/0={end}"}
        return await self.client.get(path, headers=HEADERS | positions | headers)


@asynccontextmanager
async def shelf(folder: Path, made: Shelf | None = None) -> AsyncIterator[Shelf]:
    """The host, running; a second one over the same folder and log goes on."""
    made = made or Shelf(folder)
    database = await Database.open(f"chdb://{folder / 'clickhouse'}")

    sinks = Sinks(database, made.world.sources, made.world.fillings, 1)
    outfit = ReportOutfit(made.send, msgspec.json.encode, lambda: made.engine.now)
    made.exporter = Exporter(
        ExporterOutfit(
            sinks.reads,
            made.files,
            Reports(outfit),
            write_export,
            lambda: made.short,
            sleep=_nap,
        )
    )
    sinks.tell_all(LEDGER, made.exporter.note)
    made.database = database
    services = [
        sinks.service,
        export_file_service(made.exporter, sinks.reads, made.files),
        notification_list_service(
            sinks.reads, LinkSigner(SECRETS.exports), lambda: made.engine.now
        ),
    ]
    host = Host("insight", services, InternalGate("s"))
    app = host._edge._app._rest  # type: ignore[attr-defined]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(host)
        async with async_client(transport=transport, base_url="http://insight") as client:
            made.client = client
            yield made


async def until(is_so: Callable[[], bool]) -> None:
    """Returns once it is so."""
    async with asyncio.timeout(240):
        while not is_so():  # noqa: ASYNC110  whoever makes it so tells nobody
            await asyncio.sleep(0.02)


async def _nap(_: float) -> None:
    """What would be waited for takes no longer than it has to."""
    await asyncio.sleep(0.01)
