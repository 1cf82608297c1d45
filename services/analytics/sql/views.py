"""What analysts read: views over tables of analytics and audit, each of one project by construction.

A view holds no personal data: a customer is a reference to one who may be forgotten. Amounts are in
minor units. Some tables are audit's; the services meet on them by their names and columns, which a
test holds to their definitions (tests/integration/sql/test_views.py).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from schemas.vouchers import VoucherType

#: Whatever a view is made of is of the project that this place is bound to.
PROJECT_PLACE: Final = "project"
OURS: Final = f"t.project = {{{PROJECT_PLACE}:String}}"
TIME: Final = "DateTime64(3, 'UTC')"


class ViewColumn(NamedTuple):
    """A column of a view; `sql` is what it is made of, where `t` is the table."""

    name: str
    #: ClickHouse's.
    type: str
    meaning: str
    sql: str


class View(NamedTuple):
    """A name that statements read from."""

    name: str
    #: What a row is.
    meaning: str
    columns: tuple[ViewColumn, ...]
    table: str
    #: Whether of the rows of a key only the newest counts.
    newest: bool = False
    where: str = ""

    @property
    def select(self) -> str:
        """The rows of the project, as a subquery."""
        columns = ", ".join(f"{each.sql} AS `{each.name}`" for each in self.columns)
        final = " FINAL" if self.newest else ""
        narrowed = f" AND {self.where}" if self.where else ""
        return f"(SELECT {columns} FROM tessera.{self.table} AS t{final} WHERE {OURS}{narrowed})"  # noqa: S608


def _text(name: str, meaning: str, sql: str = "") -> ViewColumn:
    return ViewColumn(name, "String", meaning, f"toString({sql or f't.{name}'})")


def _number(name: str, meaning: str, sql: str = "") -> ViewColumn:
    return ViewColumn(name, "Int64", meaning, f"toInt64({sql or f't.{name}'})")


def _flag(name: str, meaning: str, sql: str) -> ViewColumn:
    return ViewColumn(name, "Bool", meaning, f"CAST({sql} AS Bool)")


def _time(name: str, meaning: str, sql: str = "") -> ViewColumn:
    return ViewColumn(name, TIME, meaning, f"fromUnixTimestamp64Milli({sql or f't.{name}'}, 'UTC')")


def _known_time(name: str, meaning: str) -> ViewColumn:
    """Of an entity: null where it says nothing."""
    known = f"if(t.{name} > 0, fromUnixTimestamp64Milli(t.{name}, 'UTC'), NULL)"
    return ViewColumn(name, f"Nullable({TIME})", meaning, known)


def _known(name: str, meaning: str, sql: str = "") -> ViewColumn:
    """Of an entity: null where it says nothing."""
    column = sql or f"t.{name}"
    return ViewColumn(
        name, "Nullable(Int64)", meaning, f"if({column} >= 0, toInt64({column}), NULL)"
    )


def _of(kind: VoucherType, name: str, meaning: str, column: str = "") -> ViewColumn:
    """Of vouchers of one type; null for the others, which keep something else in the column."""
    return _known(name, meaning, f"if(t.type = '{kind}', t.{column or name}, -1)")


_METADATA: Final = ViewColumn(
    "metadata",
    "Map(String, Array(String))",
    "what the shop keeps beside it, each value a list of texts",
    "CAST(t.metadata AS Map(String, Array(String)))",
)
_AT: Final = (
    _time("at", "when it happened"),
    _number("at_ms", "the same in milliseconds since 1970; a filter by it reads least", "t.at"),
)
_MADE: Final = (
    _time("created_at", "when it was made"),
    _known_time("updated_at", "when it last changed"),
)
_CUSTOMER: Final = _text("customer_id", "the customer's id; empty without one")
_CAMPAIGN: Final = _text("campaign_id", "the campaign's id; empty without one", "t.campaign")

#: Vouchers of a deleted campaign leave with it, before each of them is deleted.
_OF_LIVING_CAMPAIGN: Final = (
    "(t.campaign_id = '' OR t.campaign_id NOT IN (SELECT t.id FROM tessera.entities AS t FINAL "  # noqa: S608
    f"WHERE {OURS} AND t.kind = 'campaign' AND t.deleted = 1))"
)
_VIEWS: Final = (
    View(
        "redemptions",
        "a redemption, or one that failed; of a stack each of its parts",
        (
            *_AT,
            _text("id", "its id"),
            _text("status", "`succeeded` or `failed`", "t.kind"),
            _CAMPAIGN,
            _text("type", "the voucher's type, or `PROMOTION_TIER`"),
            _text("voucher_id", "the voucher's id; empty for a tier", "t.voucher"),
            _text("tier_id", "the promotion tier's id; empty for a voucher", "t.tier"),
            _CUSTOMER,
            _text("channel", "by which channel it came"),
            _text("reason", "why it failed; empty of a success"),
            _number("discount", "the discount that it gave, or the credits that it took"),
            _number("order_amount", "the order before its discounts"),
            _number("order_total", "the order after its discounts"),
            _flag(
                "counts_for_order",
                "the order's amounts stand on all parts of a stack, and count where this is true",
                "t.first",
            ),
            _flag(
                "counts_for_campaign",
                "the same within one campaign",
                "t.first_of_campaign",
            ),
        ),
        "redemption_facts",
        where="t.kind IN ('succeeded', 'failed')",
    ),
    View(
        "rollbacks",
        "a redemption taken back, or one that could not be",
        (
            *_AT,
            _text("id", "its id"),
            _text("status", "`rolled_back` or `rollback_failed`", "t.kind"),
            _text("redemption_id", "the redemption's id"),
        ),
        "redemption_facts",
        where="t.kind IN ('rolled_back', 'rollback_failed')",
    ),
    View(
        "validations",
        "a validation, with a session or without",
        (
            *_AT,
            _text("id", "its id"),
            _flag("valid", "whether it was valid", "t.valid"),
            ViewColumn(
                "campaigns",
                "Array(String)",
                "the campaigns that it was about, some by id and some by name",
                "CAST(t.campaigns AS Array(String))",
            ),
            _CUSTOMER,
        ),
        "validation_facts",
        newest=True,
    ),
    View(
        "campaign_events",
        "what happened to vouchers of a campaign: made, deleted, published, or a balance changed",
        (
            *_AT,
            _CAMPAIGN,
            _text(
                "kind",
                "`created`, `deleted`, `published`, `unpublished` (failed), `added`, `subtracted`, "
                "and of points what the summary of a program calls `points_…` and `pending_points_…`",
            ),
            _number("counted", "how many vouchers or publications"),
            _number("amount", "credits or points; of `published` how many vouchers"),
        ),
        "campaign_facts",
    ),
    View(
        "campaigns",
        "a campaign as it is now, also one that was deleted",
        (
            _text("id", "its id"),
            _text("name", "its name", "t.alias"),
            _text("type", "its type"),
            *_MADE,
            _known_time("start_date", "from when it is active"),
            _known_time("expiration_date", "until when it is active"),
            _flag("active", "whether it is switched on", "t.active = 1"),
            _flag("deleted", "whether it was deleted", "t.deleted"),
            _METADATA,
        ),
        "entities",
        newest=True,
        where="t.kind = 'campaign'",
    ),
    View(
        "vouchers",
        "a voucher as it is now, if it is not deleted",
        (
            _text("id", "its id"),
            _text("code", "its code", "t.alias"),
            _text("type", "its type"),
            _text("campaign_id", "the campaign's id; empty without one"),
            _text("category_id", "the category's id; empty without one"),
            _text("discount_type", "the type of its discount; empty without one"),
            _text("holder_id", "the customer who has it; empty without one", "t.customer_id"),
            *_MADE,
            _known_time("start_date", "from when it is active"),
            _known_time("expiration_date", "until when it is active"),
            _known("quantity", "how often it may be redeemed; null: without end"),
            _known("redeemed_quantity", "how often it was redeemed"),
            _of("GIFT_VOUCHER", "amount", "the credits that a gift card was given"),
            _of("GIFT_VOUCHER", "balance", "the credits that a gift card has left"),
            _of("LOYALTY_CARD", "points", "the points that a loyalty card was given", "amount"),
            _of("LOYALTY_CARD", "points_left", "the points that it has left", "balance"),
            _flag("active", "whether it is switched on", "t.active = 1"),
            _METADATA,
        ),
        "entities",
        newest=True,
        where=f"t.kind = 'voucher' AND t.deleted = 0 AND {_OF_LIVING_CAMPAIGN}",
    ),
    View(
        "orders",
        "an order as it is now",
        (
            _text("id", "its id"),
            _text("status", "its status"),
            _CUSTOMER,
            *_MADE,
            _known("amount", "before its discounts"),
            _known("left_to_pay", "after its discounts and what gift cards paid", "t.balance"),
            _number("discount", "all its discounts", "t.numbers['total_discount_amount']"),
        ),
        "entities",
        newest=True,
        where="t.kind = 'order' AND t.deleted = 0",
    ),
    View(
        "publications",
        "vouchers given to a customer, or not",
        (
            _text("id", "its id"),
            _time("created_at", "when it was asked for"),
            _text("status", "`SUCCESS` or `FAILURE`"),
            _text("campaign_id", "the campaign's id; empty without one"),
            _CUSTOMER,
            _text("channel", "by which channel it came", "t.texts['channel'][1]"),
            _text(
                "failure_code", "why it failed; empty of a success", "t.texts['failure_code'][1]"
            ),
        ),
        "entities",
        newest=True,
        where="t.kind = 'publication' AND t.deleted = 0",
    ),
    View(
        "transactions",
        "a change of the balance of a gift or loyalty card",
        (
            ViewColumn(
                "at",
                TIME,
                "when it happened",
                "parseDateTime64BestEffortOrZero(JSONExtractString(t.body, 'created_at'), 3, 'UTC')",
            ),
            _text("id", "its id"),
            _text("voucher_id", "the card's id"),
            _text("campaign_id", "the campaign's id; empty without one"),
            _text(
                "type",
                "what it was: a redemption, a refund, an addition, a removal",
                "JSONExtractString(t.body, 'type')",
            ),
            _number(
                "amount",
                "what it added, below zero what it took",
                "JSONExtractInt(t.body, 'details', 'balance', 'amount')",
            ),
            _number(
                "balance",
                "what the card had after it",
                "JSONExtractInt(t.body, 'details', 'balance', 'balance')",
            ),
        ),
        "transactions",
    ),
    View(
        "api_calls",
        "a call of the API",
        (
            *_AT,
            _text("id", "the request's id"),
            _text("method", "its method"),
            _text("route", "its path, with the names of what the path names"),
            _number("status", "its status"),
            _number("duration_us", "how long it took, in microseconds"),
            _text("key_id", "the key's id"),
            _text("key_kind", "`server`, `client` or `user`"),
            _text("channel", "by which channel it came"),
            _flag("changed", "whether it is recorded in the ledger", "t.record_offset >= 0"),
        ),
        "api_calls",
    ),
    View(
        "webhook_deliveries",
        "an attempt to send a webhook",
        (
            *_AT,
            _text("id", "its id"),
            _text("webhook_id", "the webhook's id"),
            _text("event_id", "the id of what was sent"),
            _text("event", "what was sent"),
            _text("result", "`delivered`, `failed` or `dead`"),
        ),
        "deliveries",
    ),
)
VIEWS: Final[Mapping[str, View]] = MappingProxyType({each.name: each for each in _VIEWS})
#: Every table that a view is made of, so that a second lock can be put on each.
TABLES: Final = tuple(sorted({each.table for each in _VIEWS}))
