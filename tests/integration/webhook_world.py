"""A ledger in memory with its real writer, the real sender of webhooks, and a receiver of HTTP."""

import asyncio
import gc
import json
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from engine.fold import StateFold
from runtime.base.secrets import Secrets
from runtime.http.outbound import Outbound
from runtime.http.service import Service
from runtime.replica.followed import Followed
from schemas.commands import CommandBody
from schemas.discounts import Discount
from schemas.projects import OpenProject
from schemas.records import Decided
from schemas.topics import DELIVERIES
from schemas.vouchers import CreateVoucher, Voucher
from schemas.webhooks import CreateWebhook, DeliveryAttempted, Webhook, WebhookCreated
from services.distribution.webhooks.delivery import ATTEMPTS_AT_ONCE, PROJECT_ATTEMPTS_AT_ONCE
from services.distribution.webhooks.follow import OutboxReplica, attempt_of, webhook_service
from services.distribution.webhooks.outfit import Outfit
from services.distribution.webhooks.turns import Turns
from services.distribution.worker.replica import WorkerReplica
from tests.unit.runtime.replica.test_commands import PROJECT, Backbone, Memory, now_ms

SECRETS = Secrets.from_master(b"m" * 32)
TOKEN = SECRETS.webhook_token(PROJECT)
SECONDS_MAX = 20.0


@dataclass
class Received:
    """A request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass
class Receiver:
    """Takes requests on a port of its own; `answer` decides what becomes of each."""

    url: str = ""
    got: list[Received] = field(default_factory=list)
    answer: Callable[[Received], str] = lambda _: "200 OK"
    #: As long as it is not set, no request is answered.
    open: asyncio.Event = field(default_factory=asyncio.Event)
    #: How many requests wait for that.
    waiting: int = 0

    def codes(self, path: str = "/") -> list[str]:
        """The codes of the vouchers that events were about, in the order of their coming."""
        return [each.event["data"]["voucher"]["code"] for each in self.got if each.path == path]

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value
                for name, value in (line.split(": ", 1) for line in head[1:] if line)
            }
            body = await reader.readexactly(int(headers["content-length"]))
            request = Received(head[0].split(" ")[1], headers, body)
            self.waiting += 1
            await self.open.wait()
            self.waiting -= 1
            self.got.append(request)
            status = self.answer(request)
            writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def receiver(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver that answers everything with 200, over https where it has a certificate."""
    made = Receiver()
    made.open.set()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0, ssl=tls)
    scheme = "http" if tls is None else "https"
    made.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    try:
        yield made
    finally:
        made.open.set()
        server.close()
        await server.wait_closed()


class Installation:
    """One project, open, whose webhooks are sent by whatever `sending` runs."""

    def __init__(self) -> None:
        self.backbone = Backbone()
        self.backbone.start_writer()
        #: What the sender keeps on its disk.
        self.folder = Memory()
        self.posts: list[Outbound] = []

    async def when(self, body: CommandBody, project: str = PROJECT) -> Decided:
        """A command's record."""
        answered = await self.backbone.commands.send(project, body, key_kind="server")
        record = answered.record
        assert isinstance(record, Decided)
        assert record.refusal is None, record.refusal
        return record

    async def webhook(self, url: str, *events: str, project: str = PROJECT) -> Webhook:
        """A webhook that gets new vouchers, unless other events are named."""
        record = await self.when(CreateWebhook(url, events or ("voucher.created",)), project)
        (event,) = record.events
        assert isinstance(event, WebhookCreated)
        return event.webhook

    async def voucher(self, code: str, project: str = PROJECT) -> None:
        """A new voucher."""
        discount = Discount("AMOUNT", amount_off=100)
        await self.when(CreateVoucher(Voucher("", code, "DISCOUNT_VOUCHER", 0, discount)), project)

    async def attempts(self) -> list[DeliveryAttempted]:
        """Every attempt that was noted, in the order of the topic."""
        _, end = await self.backbone.log.bounds(DELIVERIES, 0)
        entries = [await self.backbone.log.read_at(DELIVERIES, 0, each) for each in range(end)]
        return [attempt for attempt in map(attempt_of, entries) if attempt is not None]

    async def noted(self, count: int) -> list[DeliveryAttempted]:
        """The attempts, as soon as there are so many."""
        async with asyncio.timeout(SECONDS_MAX):
            while len(found := await self.attempts()) < count:  # noqa: ASYNC110 - only the log knows
                await asyncio.sleep(0.01)
        return found

    def service(self, **named: Any) -> Service:
        """The sender over its folder, as a host mounts it."""
        settings: dict[str, Any] = {"retry_seconds": 0.01, "attempts_max": 4} | named
        timeout = settings.pop("timeout_seconds", 5.0)
        allow = settings.pop("allow_private", True)
        ca_file = settings.pop("ca_file", None)
        posts = Outbound(timeout_seconds=timeout, allow_private=allow, ca_file=ca_file)
        self.posts.append(posts)
        outfit = Outfit(
            log=self.backbone.log,
            sender=self.backbone.sender,
            commands=self.backbone.commands,
            posts=posts,
            token_of=SECRETS.webhook_token,
            clock_ms=now_ms,
            turns=settings.pop("turns", Turns(ATTEMPTS_AT_ONCE, PROJECT_ATTEMPTS_AT_ONCE)),
            **settings,
        )
        codec = self.backbone.codec()
        worker = WorkerReplica(self.backbone.log, 0, Memory(), StateFold, codec)
        replica = OutboxReplica(self.backbone.log, 0, self.folder, codec, now_ms, worker.source)
        made = webhook_service(outfit, {0: replica}, codec)
        return replace(made, tasks={**made.tasks, "worker": Followed(worker).follow})

    @asynccontextmanager
    async def sending(self, *, gently: bool = True, **named: Any) -> AsyncIterator[Service]:
        """Runs a sender; gently, it ends what is under way, else everything stops at once."""
        service = self.service(**named)
        tasks = [asyncio.create_task(run(), name=name) for name, run in service.tasks.items()]
        before = asyncio.all_tasks()
        try:
            yield service
        finally:
            if not gently:
                for task in asyncio.all_tasks() - before:
                    if task.get_name().startswith("webhook "):
                        task.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for posts in self.posts:
                await posts.close()
            # A request that was broken off while it connected leaves its socket to the collector.
            with warnings.catch_warnings(action="ignore", category=ResourceWarning):
                gc.collect()


@asynccontextmanager
async def installation() -> AsyncIterator[Installation]:
    """An installation with its project."""
    made = Installation()
    try:
        await made.when(OpenProject())
        yield made
    finally:
        for task in made.backbone.tasks:
            task.cancel()
        await asyncio.gather(*made.backbone.tasks, return_exceptions=True)
        await made.backbone.sender.close()


async def until(holds: Callable[[], bool], what: str = "it") -> None:
    """Waits until something holds."""
    async with asyncio.timeout(SECONDS_MAX):
        while not holds():  # noqa: ASYNC110 - what it waits for may be anything
            await asyncio.sleep(0.01)
