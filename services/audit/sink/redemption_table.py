"""Every redemption and rollback, as audit keeps it: what lists filter by, and the event itself.

What a list shows is rendered when it is read. The rows of an event are stored together, and the
first of them holds it, so a stack takes no more room than it takes in the log. An event holds
nothing personal, or it could not lie in the log for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from engine.kernel.encode import CHANNELS, Body, to_json
from engine.redemptions.common_body import Recorded
from engine.redemptions.history_rows import ROWS, redemption_bodies, redemption_rows
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.assignments import RuleAssignment
from schemas.base import Millis, Shape
from schemas.evaluations import Evaluation
from schemas.orders import Order, OrderItem
from schemas.records import Decided, Record
from services.audit.sink.entities import searchable_metadata
from services.audit.unknown import UNKNOWN

_NAME = "LowCardinality(String)"
_NOTHING: Final[Sequence[str]] = ()
_NONE: Final[Mapping[str, list[str]]] = {}
REDEMPTIONS = sink_table(
    "redemptions",
    (
        Column("project", _NAME),
        Column("at", "Int64", "Delta, ZSTD(1)"),
        Column("id", "String"),
        Column("object", _NAME),
        Column("result", _NAME),
        Column("status", _NAME),
        Column("voucher_code", "String"),
        Column("related_object_type", _NAME),
        Column("related_object_id", "String"),
        Column("campaign_id", _NAME),
        Column("campaign_name", _NAME),
        Column("failure_code", _NAME),
        Column("reason", _NAME),
        Column("customer_id", "String"),
        Column("tracking_id", "String"),
        Column("order_id", "String"),
        Column("parent_id", "String"),
        Column("redemption_id", "String"),
        Column("discount", "Int64", "ZSTD(1)"),
        #: Of which kind the key was that asked, as events say it, and the key.
        Column("channel", _NAME),
        Column("channel_id", _NAME),
        #: Of the order before its discounts.
        Column("amount", "Int64", "ZSTD(1)"),
        #: What the lines of the order are known by: ids and source ids of products and SKUs.
        Column("products", "Array(String)", "ZSTD(1)"),
        #: The sets of validation rules that were violated, by their ids.
        Column("rules", "Array(LowCardinality(String))"),
        #: The session that the request named.
        Column("session_key", "String"),
        Column("metadata", "Map(LowCardinality(String), Array(String))"),
        #: The event as `shown_bodies` takes it; empty but in its first row.
        Column("body", "String", "ZSTD(1)"),
    ),
    # A project lies in one partition, so the order of the log is the order of time.
    order_by=("project", "log_offset", "log_index"),
    found_by=("id", "voucher_code", "redemption_id", "customer_id"),
    # so that a page of a list knows how many there are without a look at all of them
    counted_by=("project", "result", "failure_code", "campaign_id", "campaign_name"),
    revision=5,
)


class _Stored(Shape, frozen=True):
    """An event, and what it takes to show its rows."""

    at: Millis
    event: Recorded
    assignments: tuple[RuleAssignment, ...] = ()


_encode: Final = msgspec.json.Encoder().encode
_stored: Final = msgspec.json.Decoder(_Stored)


def redemption_table_rows(record: Record) -> Iterable[tuple[Any, ...]]:
    """One row for each redemption, failure, rollback, and for the parent of a stack."""
    found: list[tuple[Any, ...]] = []
    if not isinstance(record, Decided):
        return found
    event: Any
    for event in record.events:
        if type(event) in ROWS:
            body = _encode(_Stored(record.at, event, record.assignments)).decode()
            shared = _shared(record, event)
            for row in redemption_rows(event):
                found.append((record.project, record.at, *row, *shared, body))
                body = ""
    return found


def _shared(record: Decided, event: Recorded) -> tuple[Any, ...]:
    """What all rows of an event have: channels, amount, products, violated rules, session, metadata."""
    evaluation = getattr(event, "evaluation", None)
    order: Order | None = getattr(event if evaluation is None else evaluation, "order", None)
    amount, products = UNKNOWN, _NOTHING
    if order is not None:
        if order.amount is not None:
            amount = order.amount
        if order.items:
            products = _products_of(order.items)
    metadata = searchable_metadata(event.metadata) if event.metadata else _NONE
    channel = CHANNELS[record.key_kind]
    rules = _NOTHING if evaluation is None else _rules_violated(evaluation)
    session_key = getattr(event, "session_key", None) or ""
    return channel, event.channel_id, amount, products, rules, session_key, metadata


def _rules_violated(evaluation: Evaluation) -> Sequence[str]:
    """The sets that refused something of a request, each once."""
    refusals = (each.refusal for each in evaluation.outcomes if each.refusal is not None)
    told = (each.explanation for each in refusals if each.explanation)
    violated = (each for explanation in told for each in explanation.get("violations", ()))
    return list(dict.fromkeys(each["validation_rule_id"] for each in violated))


def _products_of(items: Sequence[OrderItem]) -> Sequence[str]:
    found: dict[str | None, None] = {}
    for item in items:
        found[item.product_id] = found[item.sku_id] = found[item.source_id] = None
        if item.product is not None:
            found[item.product.source_id] = None
        if item.sku is not None:
            found[item.sku.source_id] = None
    return [name for name in found if name]


def shown_bodies(stored: str) -> Sequence[Body]:
    """What is shown of the rows of an event, each by itself, from the body of the first."""
    found = _stored.decode(stored)
    bodies = redemption_bodies(found.event, found.at, found.assignments)
    # as JSON has it: numbers as they are written, and nothing that two of them share
    return [msgspec.json.decode(to_json(body)) for body in bodies]
