"""The tables of the state: one line each, entities first, then what finds them."""

from hashlib import sha256

from engine.state import Table
from schemas.actions import AsyncAction, OpenAction, StagedRows
from schemas.base import DAY_MS, Millis, Shape
from schemas.bin import BinEntry
from schemas.campaigns import Campaign
from schemas.customers import CustomerSummary
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
from schemas.erasures import Erasure
from schemas.metadata import MetadataSchema
from schemas.oauth import RevokedToken
from schemas.publications import Holding, Publication
from schemas.webhooks import Webhook

#: How long the state keeps a redemption: longer than any three months, which it can be rolled
#: back for (engine/rollbacks.py).
WINDOW_MS = 93 * DAY_MS

DUE_SESSION = "session"
DUE_REDEMPTION = "redemption"
DUE_STAGED = "staged"
DUE_TOKEN = "token"  # noqa: S105  a kind, no secret


class Due(Shape, frozen=True):
    """Something that time will end, and when."""

    kind: str
    id: str
    at: Millis


class Offered(Shape, frozen=True):
    """A voucher that anybody could redeem, as far as itself tells, and until when."""

    voucher_id: str
    expiration_date: Millis | None = None


PROJECTS: Table[Project] = Table("project", Project)
OPENED: Table[OpenedProject] = Table("opened", OpenedProject)
KEYS: Table[ApiKey] = Table("key", ApiKey)
#: In the control project, by token id.
REVOKED_TOKENS: Table[RevokedToken] = Table("revoked-token", RevokedToken)
VOUCHERS: Table[Voucher] = Table("voucher", Voucher)
CAMPAIGNS: Table[Campaign] = Table("campaign", Campaign)
CUSTOMERS: Table[Customer] = Table("customer", Customer)
CUSTOMER_SUMMARIES: Table[CustomerSummary] = Table("customer-summary", CustomerSummary)
PUBLICATIONS: Table[Publication] = Table("publication", Publication)
#: By customer id, campaign id (empty for none) and voucher id.
HOLDINGS: Table[Holding] = Table("holding", Holding)
#: By customer id and the holding's own id (`ids.holding_id`) → voucher id; and how many there are.
HELD: Table[str] = Table("held", str)
HELD_COUNTS: Table[int] = Table("held-count", int)
#: Those of no campaign and no holder that are switched on and not used up; by the time of their
#: creation in milliseconds (fifteen digits) and voucher id.
OFFERED: Table[Offered] = Table("offered", Offered)
ORDERS: Table[Order] = Table("order", Order)
SESSIONS: Table[Session] = Table("session", Session)
#: By voucher id, then session key.
HOLDS: Table[Hold] = Table("hold", Hold)
REDEMPTIONS: Table[Redemption] = Table("redemption", Redemption)

WEBHOOKS: Table[Webhook] = Table("webhook", Webhook)
#: By the kind of object that it describes; and its id → that kind.
METADATA_SCHEMAS: Table[MetadataSchema] = Table("metadata-schema", MetadataSchema)
METADATA_SCHEMA_IDS: Table[str] = Table("metadata-schema-id", str)

ACTIONS: Table[AsyncAction] = Table("action", AsyncAction)
#: By action id.
OPEN_ACTIONS: Table[OpenAction] = Table("open-action", OpenAction)
#: By action id and number of the set (`set_key`).
STAGED: Table[StagedRows] = Table("staged", StagedRows)
#: When each was staged, by the same key, until its action starts: so that none of the rows are
#: read to find out whether they are there.
STAGED_AT: Table[int] = Table("staged-at", int)

#: Whose keys have to be destroyed; by the id of a customer or an action.
ERASURES: Table[Erasure] = Table("erasure", Erasure)

#: Code → voucher id; source id → id, a customer's by `source_key`.
VOUCHER_CODES: Table[str] = Table("voucher-code", str)
CUSTOMER_SOURCES: Table[str] = Table("customer-source", str)
ORDER_SOURCES: Table[str] = Table("order-source", str)
PUBLICATION_SOURCES: Table[str] = Table("publication-source", str)
#: What was deleted and keeps its code or id; by entry id.
BIN: Table[BinEntry] = Table("bin", BinEntry)
#: The id of a voucher that went to the bin with its campaign → its code.
BINNED_CODES: Table[str] = Table("binned-code", str)
#: Name → campaign id.
CAMPAIGN_NAMES: Table[str] = Table("campaign-name", str)
#: By campaign id and the voucher's number in it (ten digits) → voucher id.
CAMPAIGN_VOUCHERS: Table[str] = Table("campaign-voucher", str)
#: By day since 1970 (five digits), then command id.
SEEN: Table[Seen] = Table("seen", Seen)
#: The first day of which commands may still be remembered, since 1970.
SEEN_FROM: Table[int] = Table("seen-from", int)
#: By time in milliseconds (fifteen digits), kind and id.
DUE: Table[Due] = Table("due", Due)


def source_key(source_id: str) -> str:
    """How a customer's source id is looked up.

    Stores repeat keys, beyond what can be erased, in the lists of their files; so none of them
    holds what is personal.
    """
    return sha256(source_id.encode()).hexdigest()


def set_key(number: int) -> str:
    """The key of a set of staged rows within its action."""
    return f"{number:06d}"
