"""One project's world for tests: given events, when a command, then a record and the state.

Every record is folded through the real fold into encoded bytes and read back from them, so a test
sees what a replica would.
"""

from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from engine.decide import decide
from engine.fold import StateFold
from engine.kernel import tables
from engine.kernel.overlay import ProjectState
from runtime.store.store import MemoryStore
from schemas.api import CustomerInput, GiftSpend, OrderInput, Redeemable, SessionInput
from schemas.base import Millis
from schemas.commands import Command, CommandBody
from schemas.customers import Customer
from schemas.discounts import Discount
from schemas.events import Event
from schemas.orders import Order
from schemas.projects import KeyKind, ProjectOpened
from schemas.records import Decided
from schemas.redemptions import RedeemStack, Redemption
from schemas.sessions import LockSession, OpenSession
from schemas.voucher_events import VoucherCreated
from schemas.vouchers import Gift, LoyaltyCard, Voucher

E = TypeVar("E", bound=Event)
T = TypeVar("T")

PROJECT = "proj_test"
#: Wednesday 2025-01-15, 12:00 UTC.
NOON: Millis = 1_736_942_400_000
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def percent(off: str, **fields: Any) -> Discount:
    """A percentage off."""
    return Discount(type="PERCENT", percent_off=Decimal(off), **fields)


def amount(off: int) -> Discount:
    """An amount off."""
    return Discount(type="AMOUNT", amount_off=off)


def voucher(code: str = "TEN", discount: Discount | None = None, **fields: Any) -> Voucher:
    """A discount voucher of 10% whose id is `v_CODE`."""
    defaults: dict[str, Any] = {
        "id": f"v_{code}",
        "code": code,
        "type": "DISCOUNT_VOUCHER",
        "created_at": NOON - DAY,
        "discount": discount or percent("10"),
    }
    return Voucher(**(defaults | fields))


def gift_card(code: str = "CARD", balance: int = 1000, **fields: Any) -> Voucher:
    """A gift card whose id is `v_CODE`."""
    gift = Gift(amount=balance, balance=balance)
    card = {"type": "GIFT_VOUCHER", "discount": None, "gift": gift}
    return msgspec.structs.replace(voucher(code), **(card | fields))


def loyalty_card(code: str = "POINTS", points: int = 1000, **fields: Any) -> Voucher:
    """A loyalty card whose id is `v_CODE`."""
    loaded = LoyaltyCard(points=points, balance=points)
    card = {"type": "LOYALTY_CARD", "discount": None, "loyalty_card": loaded}
    return msgspec.structs.replace(voucher(code), **(card | fields))


class World:
    """The state of one project and a clock that stands until it is moved."""

    def __init__(self, project: str = PROJECT, *, opened: bool = True) -> None:
        self.project = project
        self.now = NOON
        self.offset = -1
        self.store = MemoryStore()
        self.fold = StateFold(self.store)
        if opened:
            self.given(ProjectOpened(project))

    @property
    def view(self) -> ProjectState:
        """The state as of now."""
        return self.fold.view(self.project)

    @property
    def bytes(self) -> dict[bytes, bytes]:
        """All that is stored."""
        return dict(self.store.scan(b""))

    def given(self, *events: Event | Voucher) -> "World":
        """Folds events; a voucher stands for its creation."""
        made = tuple(VoucherCreated(each) if isinstance(each, Voucher) else each for each in events)
        self.fold_in(self._record(f"given_{self.offset}", "given", made))
        return self

    def when(
        self,
        body: CommandBody,
        *,
        n: int | None = None,
        after: Millis = 0,
        key_kind: KeyKind = "server",
        email_key: str | None = None,
    ) -> Decided:
        """Decides a command `after` so much time, folds its record and returns it."""
        self.now += after
        return self.decided(self.command(body, n=n, key_kind=key_kind, email_key=email_key))

    def decided(self, command: Command) -> Decided:
        """Decides a command, folds its record and returns it."""
        record = self.outcome(command)
        self.fold_in(record)
        return record

    def outcome(self, command: Command) -> Decided:
        """Decides a command; its record, which is not folded."""
        decision = decide(self.view, command, self.now)
        return msgspec.structs.replace(
            self._record(command.id, str(command.body.__struct_config__.tag), decision.events),
            refusal=decision.refusal,
            customer=decision.customer,
            assignments=decision.assignments,
            categories=decision.categories,
            effects=decision.effects,
        )

    def command(
        self,
        body: CommandBody,
        *,
        n: int | None = None,
        key_kind: KeyKind = "server",
        email_key: str | None = None,
    ) -> Command:
        """A command; `n` makes its id and its seed."""
        number = self.offset + 1 if n is None else n
        return Command(
            id=f"cmd_{number}",
            project=self.project,
            sent_at=self.now,
            deadline=self.now + 5 * SECOND,
            seed=f"{number:032x}",
            key_kind=key_kind,
            fingerprint="same",
            body=body,
            channel_id="app_1",
            email_key=email_key,
        )

    def fold_in(self, record: Decided) -> None:
        """Folds a record and writes it."""
        self.offset += 1
        self.fold.begin()
        self.fold.apply(record, self.offset)
        self.store.write(self.fold.commit())

    def voucher(self, code: str = "TEN") -> Voucher:
        """The voucher with that code."""
        return found(self.view.get(tables.VOUCHERS, f"v_{code}"))

    def redemption(self, redemption_id: str) -> Redemption:
        """A redemption as the state keeps it."""
        return found(self.view.get(tables.REDEMPTIONS, redemption_id))

    def order(self, order_id: str) -> Order:
        """A saved order."""
        return found(self.view.get(tables.ORDERS, order_id))

    def customer(self, customer_id: str) -> Customer:
        """A customer."""
        return found(self.view.get(tables.CUSTOMERS, customer_id))

    def session(self, key: str) -> OpenSession | None:
        """A session."""
        return self.view.get(tables.SESSIONS, key)

    def _record(self, command_id: str, kind: str, events: tuple[Event, ...]) -> Decided:
        return Decided(
            command_offset=self.offset + 1,
            at=self.now,
            command_id=command_id,
            command_type=kind,
            project=self.project,
            fingerprint="same",
            events=events,
        )


def found(entity: T | None) -> T:
    """The entity, which must be there."""
    assert entity is not None
    return entity


def redeemables(*codes: str | Redeemable) -> tuple[Redeemable, ...]:
    """Vouchers to validate or redeem."""
    return tuple(
        code if isinstance(code, Redeemable) else Redeemable(object="voucher", id=code)
        for code in codes
    )


def card(code: str = "CARD", credits: int | None = None) -> Redeemable:
    """A gift card to spend credits of."""
    gift = None if credits is None else GiftSpend(credits)
    return Redeemable(object="voucher", id=code, gift=gift)


def _context(
    codes: tuple[str | Redeemable, ...],
    order: int | OrderInput | None,
    session: str | SessionInput | None,
    fields: dict[str, Any],
) -> dict[str, Any]:
    return fields | {
        "redeemables": redeemables(*codes),
        "order": OrderInput(amount=order) if isinstance(order, int) else order,
        "session": SessionInput(key=session) if isinstance(session, str) else session,
    }


def redeem(
    *codes: str | Redeemable,
    order: int | OrderInput | None = 10_000,
    session: str | SessionInput | None = None,
    **fields: Any,
) -> RedeemStack:
    """A redemption; `order` may be its amount, `session` its key."""
    return RedeemStack(**_context(codes, order, session, fields))


def lock(
    *codes: str | Redeemable,
    order: int | OrderInput | None = 10_000,
    session: str | SessionInput | None = None,
    **fields: Any,
) -> LockSession:
    """A validation with a session; `order` may be its amount, `session` its key."""
    return LockSession(**_context(codes, order, session, fields))


def customer(source_id: str = "alice", **fields: Any) -> CustomerInput:
    """A customer as a caller names it."""
    return CustomerInput(source_id=source_id, **fields)


def only(record: Decided, kind: type[E]) -> E:
    """The record's only event of that kind."""
    [event] = [event for event in record.events if isinstance(event, kind)]
    return event


def refused(record: Decided) -> str:
    """The key of the record's refusal."""
    assert record.refusal is not None
    return record.refusal.key
