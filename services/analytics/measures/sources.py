"""Where metrics are read: rows with a time, what is aggregated, and what they are told apart by.

Some are tables of audit. The services meet on them as on topics: by their names and columns, which a
test holds to their definitions (tests/architecture/test_documented_tables.py).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.kernel.tables import WINDOW_MS
from schemas.base import Millis
from services.analytics.measures.queries import PERIOD
from services.analytics.sink.campaign_tables import CAMPAIGN_FACTS, CAMPAIGNS
from services.analytics.sink.redemption_facts import REDEMPTION_FACTS
from services.analytics.sink.validation_facts import VALIDATION_FACTS

ENTITIES: Final = "tessera.entities"
_OURS: Final = "project = {project:String}"
_REDEMPTIONS: Final = "tessera.redemptions"
_FACTS: Final = REDEMPTION_FACTS.full_name
FAILED: Final = "failed"
_NUMBERED: Final = "row_number() OVER"
#: Of rows of `redemptions`: that nothing of the customer was redeemed before.
NEW_CUSTOMER: Final = (
    f"(customer_id, log_offset) IN (SELECT customer_id, min(log_offset) FROM {_FACTS} "  # noqa: S608
    f"WHERE {_OURS} AND kind = 'succeeded' AND customer_id != '' GROUP BY customer_id)"
)
#: Of rows of `redemptions`: that the order is paid by now.
PAID: Final = (
    f"id IN (SELECT id FROM {_REDEMPTIONS} WHERE {_OURS} AND {PERIOD} AND order_id IN ("  # noqa: S608
    f"SELECT id FROM {ENTITIES} FINAL WHERE {_OURS} AND kind = 'order' "
    "AND status IN ('PAID', 'FULFILLED')))"
)


class Asked(NamedTuple):
    """Which rows count: those of a half-open period, and of what is named by each filter."""

    project: str
    since: Millis
    until: Millis
    filters: Mapping[str, str] = MappingProxyType({})
    #: The metadata of campaigns, key and value.
    metadata: tuple[tuple[str, str], ...] = ()
    #: The one kind of rows that is counted, where a source has several; empty: all.
    only: str = ""


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


_OF_CUSTOMERS: Final = ("segment",)
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
    }
)
#: What is the same for all redemptions of a request.
_OF_REQUEST: Final = frozenset({None, "channel", "customer", "segment"})


def values_of(asked: Asked) -> dict[str, Any]:
    """What the places in the rows of sources stand for."""
    values: dict[str, Any] = {
        "project": asked.project,
        "since": asked.since,
        "until": asked.until,
        "earliest": asked.since - WINDOW_MS,
    }
    values |= {f"only_{name}": value for name, value in asked.filters.items()}
    for number, (key, value) in enumerate(asked.metadata):
        values |= {f"key_{number}": key, f"value_{number}": value}
    return values


def _narrowed(asked: Asked, dimensions: Mapping[str, str], customer: str = "customer_id") -> str:
    """What the filters ask of columns; of campaigns it is `campaign` that they are about."""
    tests = []
    for name in asked.filters:
        column = dimensions.get(name)
        if column is not None:
            tests.append(f"{column} = {{only_{name}:String}}")
        elif name == "segment":
            tests.append(
                f"{customer} IN (SELECT customer_id FROM tessera.segment_members FINAL "  # noqa: S608
                f"WHERE {_OURS} AND segment_id = {{only_segment:String}} AND within = 1)"
            )
    campaigns = _campaigns_meant(asked)
    if campaigns:
        tests.append(f"campaign IN ({campaigns})")
    return "".join(f" AND {test}" for test in tests)


def _campaigns_meant(asked: Asked) -> str:
    """The campaigns that a type or metadata means; empty where neither is asked for."""
    tests = []
    if "campaign_type" in asked.filters:
        tests.append("type = {only_campaign_type:String}")
    for number in range(len(asked.metadata)):
        tests.append(f"has(metadata[{{key_{number}:String}}], {{value_{number}:String}})")
    if not tests:
        return ""
    return (
        f"SELECT id FROM {ENTITIES} FINAL WHERE {_OURS} AND kind = 'campaign' "  # noqa: S608
        f"AND deleted = 0 AND {' AND '.join(tests)}"
    )


def _redemption_rows(asked: Asked, by: str | None) -> str:
    """Successes, failures, and what was taken back: at the time of the rollback, with its sign."""
    named = {by, *asked.filters, *(("metadata",) if asked.metadata else ())}
    if named <= _OF_REQUEST:
        once = "first"
    elif named <= {*_OF_REQUEST, "campaign"}:
        once = "first_of_campaign"
    else:
        group = "" if by is None else f", {_OF_REDEMPTIONS[by]}"
        once = f"{_NUMBERED} (PARTITION BY log_offset{group} ORDER BY log_index) = 1"
    told = f"log_offset, id, {', '.join(_OF_REDEMPTIONS.values())}"
    columns = f"{told}, discount, order_amount, order_total"
    narrowed = _narrowed(asked, _OF_REDEMPTIONS)
    rows = f"SELECT at, kind, {columns}, {once} AS once FROM {_FACTS} WHERE {_OURS}{narrowed}"  # noqa: S608
    happened = f"SELECT at, toString(kind) AS kind, 1 AS sign, {columns}, once FROM ({rows}"  # noqa: S608
    if asked.only == FAILED and by in (None, "reason"):  # what else there is has no reason
        return f"{happened} AND kind = '{FAILED}' AND {PERIOD})"
    taken_back = f"FROM {_FACTS} WHERE {_OURS} AND kind = 'rolled_back' AND {PERIOD}"
    # mostly few, so that nothing else is read of the others; but what is numbered is numbered whole
    few = f" AND id IN (SELECT redemption_id {taken_back})" if _NUMBERED not in once else ""
    return (
        f"{happened} AND kind IN ('succeeded', 'failed') AND {PERIOD}) "  # noqa: S608
        f"UNION ALL SELECT back.at AS at, 'taken_back' AS kind, -1 AS sign, {columns}, once FROM ("
        f"{rows.replace('SELECT at, kind, ', 'SELECT ', 1)} AND kind = 'succeeded' "
        f"AND at >= {{earliest:Int64}} AND at < {{until:Int64}}{few}) AS taken "
        f"INNER JOIN (SELECT at, redemption_id {taken_back}) AS back "
        "ON taken.id = back.redemption_id"
    )


def _validation_rows(asked: Asked, by: str | None) -> str:
    """A row for each validation; by campaign one for each campaign of it, or one without.

    Validations are told by names, too; only ids count.
    """
    table = VALIDATION_FACTS.full_name
    if by == "campaign":
        known = f"SELECT id FROM {CAMPAIGNS.full_name} FINAL WHERE {_OURS}"  # noqa: S608
        narrowed = _narrowed(asked, {"campaign": "campaign", "customer": "customer_id"})
        return (
            f"SELECT at, valid, customer_id, campaign FROM {table} FINAL "  # noqa: S608
            f"ARRAY JOIN if(empty(campaigns), [''], campaigns) AS campaign WHERE {_OURS} "
            f"AND {PERIOD} AND (campaign = '' OR campaign IN ({known})){narrowed}"
        )
    of_customer = {name: value for name, value in asked.filters.items() if name in _CUSTOMER}
    bare = asked._replace(filters=of_customer, metadata=())
    tests = _narrowed(bare, {"customer": "customer_id"})
    if "campaign" in asked.filters:
        tests += " AND has(campaigns, {only_campaign:String})"
    meant = _campaigns_meant(asked)
    if meant:
        tests += f" AND hasAny(campaigns, (SELECT groupArray(id) FROM ({meant})))"  # noqa: S608
    return f"SELECT at, valid, customer_id FROM {table} FINAL WHERE {_OURS} AND {PERIOD}{tests}"  # noqa: S608


_CUSTOMER: Final = frozenset({"customer", *_OF_CUSTOMERS})


def _voucher_rows(asked: Asked, _by: str | None) -> str:
    narrowed = _narrowed(asked, {"campaign": "campaign"})
    return (
        f"SELECT at, kind, counted, amount, campaign FROM {CAMPAIGN_FACTS.full_name} "  # noqa: S608
        f"WHERE {_OURS} AND {PERIOD}{narrowed}"
    )


def _order_rows(asked: Asked, _by: str | None) -> str:
    """Orders as they are now, by when they were created."""
    tests = _narrowed(asked, {"order_status": "status", "customer": "customer_id"})
    return (
        "SELECT created_at AS at, status, customer_id, amount, "  # noqa: S608
        f"numbers['total_discount_amount'] AS discount FROM {ENTITIES} FINAL WHERE {_OURS} "
        "AND kind = 'order' AND deleted = 0 AND amount >= 0 "
        f"AND created_at >= {{since:Int64}} AND created_at < {{until:Int64}}{tests}"
    )


def _api_call_rows(asked: Asked, _by: str | None) -> str:
    of_calls = {**SOURCES["api_calls"].dimensions, "status": "toString(status)"}
    return (
        "SELECT at, status AS code, duration_us, route, method, key_id, "  # noqa: S608
        f"key_kind, channel, origin FROM tessera.api_calls WHERE {_OURS} AND {PERIOD}"
        f"{_narrowed(asked, of_calls)}"
    )


def _gift_card_rows(asked: Asked, _by: str | None) -> str:
    """The gift cards that there are; those of a deleted campaign are gone with it."""
    narrowed = _narrowed(asked, {"campaign": "campaign"})
    return (
        f"SELECT campaign_id AS campaign, balance FROM {ENTITIES} FINAL WHERE {_OURS} "  # noqa: S608
        "AND kind = 'voucher' AND deleted = 0 AND type = 'GIFT_VOUCHER' AND balance > 0 "
        f"AND campaign_id NOT IN (SELECT id FROM {ENTITIES} FINAL WHERE {_OURS} "
        f"AND kind = 'campaign' AND deleted = 1){narrowed}"
    )


SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        "redemptions": Source(
            REDEMPTION_FACTS.name,
            _OF_REDEMPTIONS,
            _redemption_rows,
            (*_OF_CUSTOMERS, *_OF_CAMPAIGNS),
        ),
        "validations": Source(
            VALIDATION_FACTS.name,
            {"campaign": "campaign", "customer": "customer_id"},
            _validation_rows,
            (*_OF_CUSTOMERS, *_OF_CAMPAIGNS),
        ),
        "vouchers": Source(
            CAMPAIGN_FACTS.name, {"campaign": "campaign"}, _voucher_rows, _OF_CAMPAIGNS
        ),
        "gift_cards": Source("entities", {"campaign": "campaign"}, _gift_card_rows, _OF_CAMPAIGNS),
        "orders": Source(
            "entities",
            {"order_status": "status", "customer": "customer_id"},
            _order_rows,
            _OF_CUSTOMERS,
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
