"""The tables of the state: one line each, entities first, then what finds them."""

from engine.state import Table
from schemas.base import DAY_MS, Millis, Shape
from schemas.entities import (
    ApiKey,
    Customer,
    Hold,
    OpenedProject,
    Order,
    Project,
    Redemption,
    Seen,
    Session,
    Voucher,
)

#: How long the state keeps a redemption: longer than any three months, which it can be rolled
#: back for (engine/rollbacks.py).
WINDOW_MS = 93 * DAY_MS

DUE_SESSION = "session"
DUE_REDEMPTION = "redemption"


class Due(Shape, frozen=True):
    """Something that time will end, and when."""

    kind: str
    id: str
    at: Millis


PROJECTS: Table[Project] = Table("project", Project)
OPENED: Table[OpenedProject] = Table("opened", OpenedProject)
KEYS: Table[ApiKey] = Table("key", ApiKey)
VOUCHERS: Table[Voucher] = Table("voucher", Voucher)
CUSTOMERS: Table[Customer] = Table("customer", Customer)
ORDERS: Table[Order] = Table("order", Order)
SESSIONS: Table[Session] = Table("session", Session)
#: By voucher id, then session key.
HOLDS: Table[Hold] = Table("hold", Hold)
REDEMPTIONS: Table[Redemption] = Table("redemption", Redemption)

#: Code → voucher id; source id → id.
VOUCHER_CODES: Table[str] = Table("voucher-code", str)
CUSTOMER_SOURCES: Table[str] = Table("customer-source", str)
ORDER_SOURCES: Table[str] = Table("order-source", str)
#: By day since 1970 (five digits), then command id.
SEEN: Table[Seen] = Table("seen", Seen)
#: The first day of which commands may still be remembered, since 1970.
SEEN_FROM: Table[int] = Table("seen-from", int)
#: By time in milliseconds (fifteen digits), kind and id.
DUE: Table[Due] = Table("due", Due)
