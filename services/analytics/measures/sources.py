"""Where metrics are read: rows with a time, what is aggregated, and what they are told apart by.

Some are tables of audit. The services meet on them as on topics: by their names and columns, which a
test holds to their definitions (tests/architecture/test_documented_tables.py).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from services.analytics.measures.narrowing import (
    ENTITIES,
    OURS,
    REDEMPTIONS,
    Asked,
    campaigns_meant,
    narrow,
)
from services.analytics.measures.queries import PERIOD
from services.analytics.sink.campaign_tables import CAMPAIGN_FACTS, CAMPAIGNS
from services.analytics.sink.redemption_facts import REDEMPTION_FACTS
from services.analytics.sink.validation_facts import VALIDATION_FACTS

_FACTS: Final = REDEMPTION_FACTS.full_name
#: Of rows of `redemptions`: that nothing of the customer was redeemed before.
NEW_CUSTOMER: Final = (
    f"(customer_id, log_offset) IN (SELECT customer_id, min(log_offset) FROM {_FACTS} "  # noqa: S608
    f"WHERE {OURS} AND kind = 'succeeded' AND customer_id != '' GROUP BY customer_id)"
)
#: Of rows of `redemptions`: that the order is paid by now.
PAID: Final = (
    f"id IN (SELECT id FROM {REDEMPTIONS} WHERE {OURS} AND {PERIOD} AND order_id IN ("  # noqa: S608
    f"SELECT id FROM {ENTITIES} FINAL WHERE {OURS} AND kind = 'order' "
    "AND status IN ('PAID', 'FULFILLED')))"
)


class Source(NamedTuple):
    """Rows, and the column of each dimension; what narrows besides is in `others`."""

    table: str
    dimensions: Mapping[str, str]
    #: The rows that are asked for, by a dimension or by none.
    rows: Callable[[Asked, str | None], str]
    others: tuple[str, ...] = ()

    @property
    def filters(self) -> tuple[str, ...]:
        """What narrows it."""
        return (*self.dimensions, *self.others)


_OF_CUSTOMERS: Final = ("segment", "customer_metadata")
_OF_CAMPAIGNS: Final = ("campaign_type", "metadata")
_OF_REDEMPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "campaign": "campaign",
        "type": "type",
        "tier": "tier",
        "voucher": "voucher",
        "channel": "channel",
        "reason": "reason",
        "customer": "customer_id",
        "country": "country",
        "product": "product",
    }
)
#: What is the same for all redemptions of a request.
_OF_REQUEST: Final = frozenset(
    {
        None,
        "channel",
        "country",
        "customer",
        "customer_metadata",
        "order_metadata",
        "product",
        "segment",
    }
)
#: The columns of the facts that rows of redemptions have.
_TOLD: Final = (
    "log_offset, id, campaign, type, tier, voucher, channel, reason, customer_id, products, "
    "discount, order_amount, order_total, order_initial"
)


def _redemption_rows(asked: Asked, by: str | None) -> str:
    """Successes, failures, and what was taken back: at the time of the rollback, with its sign."""
    named = {by, *asked.named}
    if named <= _OF_REQUEST:
        once = "first"
    elif named <= {*_OF_REQUEST, "campaign"}:
        once = "first_of_campaign"
    else:
        group = "" if by is None or by in _OF_REQUEST else f", {_OF_REDEMPTIONS[by]}"
        once = f"row_number() OVER (PARTITION BY log_offset{group} ORDER BY log_index) = 1"
    narrowed = narrow(asked, _OF_REDEMPTIONS)
    rows = f"SELECT at, kind, {_TOLD}, {once} AS once FROM {_FACTS} WHERE {OURS}{narrowed}"  # noqa: S608
    signed = (
        f"SELECT at, toString(kind) AS kind, 1 AS sign, {_TOLD}, once FROM ("  # noqa: S608
        f"{rows} AND kind IN ('succeeded', 'failed') AND {PERIOD}) "
        f"UNION ALL SELECT back.at AS at, 'taken_back' AS kind, -1 AS sign, {_TOLD}, once FROM ("
        f"{rows.replace('SELECT at, kind, ', 'SELECT ', 1)} AND kind = 'succeeded' "
        "AND at >= {earliest:Int64} AND at < {until:Int64}) AS taken "
        f"INNER JOIN (SELECT at, redemption_id FROM {_FACTS} "
        f"WHERE {OURS} AND kind = 'rolled_back' AND {PERIOD}) AS back "
        "ON taken.id = back.redemption_id"
    )
    if by == "product":
        every = "arrayJoin(if(empty(products), [''], products))"
        return f"SELECT *, {every} AS product FROM ({signed})"  # noqa: S608
    return _with_country(signed) if by == "country" else signed


def _with_country(rows: str) -> str:
    """The rows, and where the customer of each lives by now."""
    return (
        f"SELECT told.*, lives.country AS country FROM ({rows}) AS told LEFT JOIN ("  # noqa: S608
        f"SELECT id, texts['country'][1] AS country FROM {ENTITIES} FINAL WHERE {OURS} "
        "AND kind = 'customer' AND deleted = 0 AND notEmpty(texts['country'])) AS lives "
        "ON told.customer_id = lives.id"
    )


def _validation_rows(asked: Asked, by: str | None) -> str:
    """A row for each validation; by campaign one for each campaign of it, or one without.

    Validations are told by names, too; only ids count.
    """
    table = VALIDATION_FACTS.full_name
    if by == "campaign":
        known = f"SELECT id FROM {CAMPAIGNS.full_name} FINAL WHERE {OURS}"  # noqa: S608
        narrowed = narrow(asked, {"campaign": "campaign", "customer": "customer_id"})
        return (
            f"SELECT at, valid, customer_id, campaign FROM {table} FINAL "  # noqa: S608
            f"ARRAY JOIN if(empty(campaigns), [''], campaigns) AS campaign WHERE {OURS} "
            f"AND {PERIOD} AND (campaign = '' OR campaign IN ({known})){narrowed}"
        )
    tests = narrow(asked, {"customer": "customer_id"})
    if "campaign" in asked.filters:
        tests += " AND has(campaigns, {only_campaign:String})"
    meant = campaigns_meant(asked)
    if meant:
        tests += f" AND hasAny(campaigns, (SELECT groupArray(id) FROM ({meant})))"  # noqa: S608
    rows = f"SELECT at, valid, customer_id FROM {table} FINAL WHERE {OURS} AND {PERIOD}{tests}"  # noqa: S608
    return _with_country(rows) if by == "country" else rows


def _voucher_rows(asked: Asked, _by: str | None) -> str:
    narrowed = narrow(asked, {"campaign": "campaign"})
    return (
        f"SELECT at, kind, counted, amount, campaign FROM {CAMPAIGN_FACTS.full_name} "  # noqa: S608
        f"WHERE {OURS} AND {PERIOD}{narrowed}"
    )


def _order_rows(asked: Asked, by: str | None) -> str:
    """Orders as they are now, by when they were created."""
    tests = narrow(asked, {"order_status": "status", "customer": "customer_id"}, order="id")
    rows = (
        "SELECT created_at AS at, status, customer_id, amount, "  # noqa: S608
        f"numbers['total_discount_amount'] AS discount FROM {ENTITIES} FINAL WHERE {OURS} "
        "AND kind = 'order' AND deleted = 0 AND amount >= 0 "
        f"AND created_at >= {{since:Int64}} AND created_at < {{until:Int64}}{tests}"
    )
    return _with_country(rows) if by == "country" else rows


def _api_call_rows(asked: Asked, _by: str | None) -> str:
    of_calls = {**SOURCES["api_calls"].dimensions, "status": "toString(status)"}
    return (
        "SELECT at, status AS code, duration_us, route, method, key_id, "  # noqa: S608
        f"key_kind, channel, origin FROM tessera.api_calls WHERE {OURS} AND {PERIOD}"
        f"{narrow(asked, of_calls)}"
    )


def _gift_card_rows(asked: Asked, _by: str | None) -> str:
    """The gift cards that there are; those of a deleted campaign are gone with it."""
    narrowed = narrow(asked, {"campaign": "campaign"})
    return (
        f"SELECT campaign_id AS campaign, balance FROM {ENTITIES} FINAL WHERE {OURS} "  # noqa: S608
        "AND kind = 'voucher' AND deleted = 0 AND type = 'GIFT_VOUCHER' AND balance > 0 "
        f"AND campaign_id NOT IN (SELECT id FROM {ENTITIES} FINAL WHERE {OURS} "
        f"AND kind = 'campaign' AND deleted = 1){narrowed}"
    )


SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        "redemptions": Source(
            REDEMPTION_FACTS.name,
            _OF_REDEMPTIONS,
            _redemption_rows,
            (*_OF_CUSTOMERS, "order_metadata", *_OF_CAMPAIGNS),
        ),
        "validations": Source(
            VALIDATION_FACTS.name,
            {"campaign": "campaign", "customer": "customer_id", "country": "country"},
            _validation_rows,
            (*_OF_CUSTOMERS, *_OF_CAMPAIGNS),
        ),
        "vouchers": Source(
            CAMPAIGN_FACTS.name, {"campaign": "campaign"}, _voucher_rows, _OF_CAMPAIGNS
        ),
        "gift_cards": Source("entities", {"campaign": "campaign"}, _gift_card_rows, _OF_CAMPAIGNS),
        "orders": Source(
            "entities",
            {"order_status": "status", "customer": "customer_id", "country": "country"},
            _order_rows,
            (*_OF_CUSTOMERS, "order_metadata"),
        ),
        "api_calls": Source(
            "api_calls",
            {
                "route": "route",
                "method": "method",
                "status": "toString(code)",
                "key": "key_id",
                "key_kind": "key_kind",
                "channel": "channel",
                "origin": "origin",
            },
            _api_call_rows,
        ),
    }
)
