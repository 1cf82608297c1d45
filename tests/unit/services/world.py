"""The fronts over a ledger in memory: the real core and the real HTTP side, nothing between."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import httpx
import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from starlette.types import Receive, Scope, Send

from engine.answers.answer import render_answer
from engine.answers.hook_events import hook_events
from engine.answers.hook_payload import hook_payload
from engine.kernel.encode import to_json
from engine.kernel.overlay import ProjectState
from fronts.writes import Writes
from runtime.base.secrets import Secrets
from runtime.http.api_calls import Noted
from runtime.http.auth import KeyGate
from runtime.http.host import Host
from runtime.http.links import LinkSigner
from runtime.http.oauth import TokenSigner
from runtime.http.service import Service
from runtime.http.session_uses import SessionUses
from runtime.log.log import Entry
from schemas.projects import CONTROL_PROJECT, ApiKey, CreateProject, KeyKind, OpenProject
from schemas.records import Decided
from services.analytics.live.front import alert_service
from services.audit.bulk.front import BulkOutfit, bulk_service
from services.audit.exports.front import ExportOutfit, export_service
from services.audit.notifications.front import notification_service
from services.catalog import service as catalog
from services.catalog.campaigns.simulations import simulation_front
from services.catalog.projects.api_keys import KeyOutfit
from services.catalog.projects.directory import KeyDirectory
from services.catalog.projects.oauth import OAuth, oauth_service
from services.catalog.projects.projects import Issuance
from services.catalog.users.control import Control
from services.catalog.users.passwords import AT_ONCE_MAX
from services.catalog.users.service import user_service
from services.catalog.users.sign_in import make_guard
from services.catalog.vouchers.pictures import picture_service
from services.redemption import service as redemption
from services.redemption.front import Redemptions
from services.validation import service as validation
from services.validation.front import Validations
from services.validation.observations import Observations
from services.validation.qualification import Qualifications
from tests.contract.answers import async_client
from tests.contract.payloads import assert_payload
from tests.unit.services.ledger import Ledger

HASH_KEY = b"k" * 32
SERVER = {"X-App-Id": "app", "X-App-Token": "t-app"}
CLIENT = {
    "X-Client-Application-Id": "client",
    "X-Client-Token": "t-client",
    "Origin": "http://shop.test:3000",
}
MANAGEMENT = {"X-Management-Id": "man", "X-Management-Token": "t-man"}
OTHER = {"X-App-Id": "other", "X-App-Token": "t-other"}
SECRETS = Secrets.from_master(HASH_KEY)
hash_token = SECRETS.hash_token
LINKS = LinkSigner(SECRETS.exports)


def hash_cheaply(password: str) -> str:
    """A password as it is kept, at the least cost there is: a hash says what comparing with it costs."""
    cheap = Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost=8)
    return cheap.derive_phc_encoded(password.encode())


#: Compared with where there is no user, as often as tests guess.
HASH_OF_NOBODY = hash_cheaply("nobody's")


class Topic:
    """Takes observations."""

    def __init__(self) -> None:
        self.entries: list[Any] = []

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        self.entries.append(msgspec.json.decode(entry.value))
        return len(self.entries) - 1


class NoBootstrap:
    """The project exists already."""

    keys = "made"

    async def run(self) -> None:
        return


class Fronts:
    """The HTTP side, which serves one world after another.

    Making its routes takes longer than most tests. It keeps nothing of a world: what lies behind
    it is asked, with every request, of the world that has it.
    """

    #: Those that no world has, by whether they forward what they do not know.
    _free: ClassVar[dict[bool, list["Fronts"]]] = {False: [], True: []}

    world: "World"

    def __init__(self, extra: Sequence[Service], *, forwards: bool) -> None:
        writes = Writes(self, HASH_KEY, render_answer, to_json)
        self.observations = Observations(self, lambda _: 0, retry_seconds=0)
        self.tokens = TokenSigner(HASH_KEY)
        validations = Validations(
            writes,
            self.view,
            self._fresh,
            self.observations.observe,
            HASH_KEY,
            clock_ms=self._now,
            make_id=lambda: f"valid_{next(self.world.ids):018x}",
        )
        self.uses = SessionUses()
        self.guard = make_guard(SECRETS)
        self.guard.passwords._nobody = HASH_OF_NOBODY
        directory = KeyDirectory(self.view, self._is_younger, self.uses, self._now)
        self.host = Host(
            "api",
            (
                validation.validation_service(
                    validations,
                    self.observations,
                    Qualifications(writes, self._fresh, HASH_KEY, self._now),
                    self._forward,
                ),
                redemption.redemption_service(Redemptions(writes, HASH_KEY)),
                bulk_service(BulkOutfit(writes, self._fresh, self._forward)),
                catalog.catalog_service(
                    writes,
                    self._fresh,
                    NoBootstrap(),  # type: ignore[arg-type]
                    Issuance(SECRETS, 1, allow_private=False),
                    self._erased,
                    KeyOutfit(SECRETS, self._used, self._now),
                ),
                simulation_front(self._fresh, self._forward),
                picture_service(self.view),
                notification_service(writes),
                alert_service(writes, self._fresh),
                export_service(ExportOutfit(writes, self._fresh, LINKS, self._forward, self._now)),
                oauth_service(OAuth(writes, self, self._fresh, self.tokens, self._now)),
                user_service(Control(writes, self._fresh, SECRETS, self._now, "1.2.3"), self.guard),
                *extra,
            ),
            KeyGate(directory, hash_token, self.tokens, self._now, LINKS),
            forward=self._forward if forwards else None,
            note=self._note,
        )

    @classmethod
    def taken(cls, world: "World") -> "Fronts":
        """Those of `world` alone until it gives them back."""
        forwards = world.forward is not None
        free = cls._free[forwards]
        taken = free.pop() if free and not world.extra else cls(world.extra, forwards=forwards)
        taken.world = world
        taken.uses._uses.clear()
        taken.guard.throttle.__init__()  # type: ignore[misc]
        # it belongs to the loop in which somebody waited for it
        taken.guard.passwords._slots = asyncio.Semaphore(AT_ONCE_MAX)
        return taken

    async def give_back(self) -> None:
        """Another world may have them, unless they hold what a test added."""
        await self.observations.drain()
        if not self.world.extra:
            self._free[self.world.forward is not None].append(self)

    def view(self, project: str) -> ProjectState:
        return self.world.ledger.view(project)

    async def send(self, *args: Any, **named: Any) -> Any:
        """Has a command decided by the ledger, or puts an observation into the topic."""
        behind: Any = self.world.topic if isinstance(args[-1], Entry) else self.world.ledger
        return await behind.send(*args, **named)

    async def _fresh(self, project: str) -> ProjectState:
        return self.view(project)

    async def _is_younger(self, seconds_max: float) -> bool:
        return self.world.lag_ms <= seconds_max * 1000

    async def _erased(self, project: str, customer_id: str) -> bool:
        self.world.erasures.append((project, customer_id))
        return self.world.erased

    async def _used(self, project: str) -> dict[str, int] | None:
        return self.world.used

    async def _forward(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.world.forward(scope, receive, send)

    def _note(self, noted: Noted) -> None:
        self.world.noted.append(noted)

    def _now(self) -> int:
        return self.world.ledger.now


@dataclass
class World:
    """A running API and what lies behind it."""

    ledger: Ledger = field(default_factory=Ledger)
    topic: Topic = field(default_factory=Topic)
    lag_ms: float = 0.0
    forward: Any = None
    extra: tuple[Service, ...] = ()
    #: Numbers of validations.
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    #: What was asked for the end of, and whether it had come.
    erasures: list[tuple[str, str]] = field(default_factory=list)
    erased: bool = True
    #: When keys were used last; None: it is not known.
    used: dict[str, int] | None = field(default_factory=dict)
    #: The calls that the edge noted.
    noted: list[Noted] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        await self._create("proj", ("app", "client", "man"))
        await self._create("proj2", ("other", "client2", "man2"))
        self._fronts = Fronts.taken(self)
        self.host = self._fronts.host
        self.tokens = self._fronts.tokens
        self.observations = self._fronts.observations
        transport = httpx.ASGITransport(self.host, raise_app_exceptions=False)
        # what a test adds of its own is not of the contract
        make = httpx.AsyncClient if self.extra or self.forward else async_client
        self.http = make(transport=transport, base_url="http://api")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        await self._fronts.give_back()
        self._hold_payloads()

    def _hold_payloads(self) -> None:
        """Whatever happened would be told to webhooks as the contract says."""
        for offset, record in enumerate(self.ledger.records):
            if isinstance(record, Decided):
                for told in hook_events(record):
                    assert_payload(hook_payload(record.project, offset, record, told))

    async def _create(self, project: str, ids: tuple[str, str, str]) -> None:
        kinds: tuple[KeyKind, ...] = ("server", "client", "management")
        keys = tuple(
            ApiKey(id, project, kind, hash_token(f"t-{id}"))
            for id, kind in zip(ids, kinds, strict=True)
        )
        body = CreateProject(project, project, 0, keys, ("http://shop.test",))
        await self.ledger.send(CONTROL_PROJECT, body, key_kind="system")
        await self.ledger.send(project, OpenProject(), key_kind="system")

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] = SERVER,
        **named: Any,
    ) -> httpx.Response:
        """One request; `body` is sent as JSON."""
        return await self.http.request(method, path, json=body, headers=headers, **named)

    async def voucher(self, code: str, **terms: Any) -> dict[str, Any]:
        """Creates a voucher: 10% off unless `terms` say otherwise."""
        body = {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "PERCENT", "percent_off": 10},
        } | terms
        response = await self.call("POST", f"/v1/vouchers/{code}", body)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def gift(self, code: str, amount: int) -> dict[str, Any]:
        """Creates a gift card."""
        body = {"type": "GIFT_VOUCHER", "gift": {"amount": amount, "balance": amount}}
        response = await self.call("POST", f"/v1/vouchers/{code}", body)
        assert response.status_code == 200, response.text
        return dict(response.json())


def asked(*codes: str, amount: int | None = 10_000, **more: Any) -> dict[str, Any]:
    """The body of a validation or redemption."""
    order = {} if amount is None else {"order": {"amount": amount}}
    return {"redeemables": [{"object": "voucher", "id": code} for code in codes]} | order | more
