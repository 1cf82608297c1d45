"""What analytics keeps of redemptions: a fact for each, and for each rollback.

A stack's parent is no fact, its children are. The amounts of the order stand on every fact of a
request, since each may belong to another campaign; `first` says on which of them they count for
the request, `first_of_campaign` on which they count within its campaign. A rollback's fact only
names the redemption that it took back: the amounts are that redemption's own.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.kernel.encode import CHANNELS
from engine.pricing.sums import budget_amount
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.base import Millis
from schemas.evaluations import Outcome, Taken
from schemas.events import BESIDE_REDEMPTION_EVENTS, events_of
from schemas.orders import Order
from schemas.records import Decided, Record
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.sessions import SESSION_EVENTS
from services.analytics.sink.offers import campaign_of

_NAME = "LowCardinality(String)"

REDEMPTION_FACTS = sink_table(
    "redemption_facts",
    (
        Column("project", _NAME),
        Column("at", "Int64", "Delta, ZSTD(1)"),
        Column("kind", _NAME),
        Column("id", "String"),
        Column("redemption_id", "String"),
        Column("campaign", _NAME),
        Column("customer_id", "String"),
        Column("discount", "Int64", "ZSTD(1)"),
        Column("order_amount", "Int64", "ZSTD(1)"),
        Column("order_total", "Int64", "ZSTD(1)"),
        Column("first", "UInt8"),
        Column("first_of_campaign", "UInt8"),
        Column("type", _NAME),
        Column("tier", _NAME),
        Column("voucher", "String"),
        Column("channel", _NAME),
        Column("reason", _NAME),
        Column("products", "Array(LowCardinality(String))"),
        Column("order_initial", "Int64", "ZSTD(1)"),
    ),
    order_by=("project", "at", "log_offset", "log_index"),
    # so that a month of a campaign, and all failures, are found among many millions
    also_by=(("project", "kind", "campaign", "at"),),
    revision=4,
)


class RedemptionFact(NamedTuple):
    """A redemption that succeeded or failed, or a rollback that did; amounts in minor units."""

    project: str
    at: Millis
    #: `succeeded`, `failed`, `rolled_back` or `rollback_failed`.
    kind: str
    id: str
    #: The redemption that was, or was to be, taken back; else empty.
    redemption_id: str = ""
    campaign: str = ""
    customer_id: str = ""
    discount: int = 0
    order_amount: int = 0
    order_total: int = 0
    first: int = 0
    first_of_campaign: int = 0
    #: The voucher's type, or `PROMOTION_TIER`; empty where it is not known.
    type: str = ""
    tier: str = ""
    #: The voucher's id.
    voucher: str = ""
    #: Of which kind the key was that asked, as events and lists say it.
    channel: str = ""
    #: The key of the error that a failure ended with.
    reason: str = ""
    #: The products of the order, each once; of one that is not known here its source id.
    products: tuple[str, ...] = ()
    #: What budgets count of the order (`engine.pricing.sums.budget_amount`).
    order_initial: int = 0


def redemption_facts(record: Record) -> list[RedemptionFact]:
    """The redemptions and rollbacks of a record, those that failed included."""
    facts: list[RedemptionFact] = []
    if isinstance(record, Decided):
        for event in record.events:
            count = COUNTS.get(type(event))
            if count is not None:
                facts += count(record, event)
    return facts


def _redemption_succeeded(record: Decided, event: RedemptionSucceeded) -> list[RedemptionFact]:
    order = event.evaluation.order
    amount = (order and order.amount) or 0
    discounts = 0 if order is None else order.discount_amount + order.items_discount
    applied = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    products, initial = _products(order), budget_amount(order)
    channel = CHANNELS[record.key_kind]
    campaigns: set[str] = set()
    facts: list[RedemptionFact] = []
    for entry_id, outcome in zip(event.redemption_ids, applied, strict=True):
        campaign = campaign_of(outcome)
        fact = RedemptionFact(
            record.project,
            record.at,
            "succeeded",
            entry_id,
            "",
            campaign,
            event.customer_id or "",
            _discount(outcome.taken),
            amount,
            amount - discounts,
            int(not facts),
            int(campaign not in campaigns),
            *_redeemable(outcome),
            channel,
            "",
            products,
            initial,
        )
        facts.append(fact)
        campaigns.add(campaign)
    return facts


def _redemption_failed(record: Decided, event: RedemptionFailed) -> list[RedemptionFact]:
    failed = [each for each in event.evaluation.outcomes if each.status == "INAPPLICABLE"]
    products, channel = _products(event.evaluation.order), CHANNELS[record.key_kind]
    return [
        RedemptionFact(
            record.project,
            record.at,
            "failed",
            entry_id,
            "",
            campaign_of(outcome),
            event.customer_id or "",
            0,
            0,
            0,
            0,
            0,
            *_redeemable(outcome),
            channel,
            "" if outcome.refusal is None else outcome.refusal.key,
            products,
        )
        for entry_id, outcome in zip(event.redemption_ids, failed, strict=True)
    ]


def _rolled_back(record: Decided, event: RedemptionRolledBack) -> list[RedemptionFact]:
    return [
        RedemptionFact(
            record.project, record.at, "rolled_back", each.rollback_id, each.redemption_id
        )
        for each in event.rollbacks
    ]


def _not_rolled_back(record: Decided, event: RollbackFailed) -> list[RedemptionFact]:
    kind, rollback_id = "rollback_failed", event.rollback_id
    return [RedemptionFact(record.project, record.at, kind, rollback_id, event.redemption_id)]


def _redeemable(outcome: Outcome) -> tuple[str, str, str]:
    """Type, tier and voucher."""
    if outcome.tier is not None:
        return "PROMOTION_TIER", outcome.tier.id, ""
    voucher = outcome.voucher
    return ("", "", "") if voucher is None else (voucher.type, "", voucher.id)


def _products(order: Order | None) -> tuple[str, ...]:
    if order is None or not order.items:
        return ()
    named = [each.product_id or each.source_id for each in order.items]
    return tuple(dict.fromkeys([each for each in named if each]))


def _discount(taken: Taken | None) -> int:
    return 0 if taken is None else taken.total


#: The facts of each event.
COUNTS: Final[Mapping[type[Any], Callable[[Decided, Any], list[RedemptionFact]]]] = (
    MappingProxyType(
        {
            RedemptionSucceeded: _redemption_succeeded,
            RedemptionFailed: _redemption_failed,
            RedemptionRolledBack: _rolled_back,
            RollbackFailed: _not_rolled_back,
        }
    )
)

#: What is no fact of redemptions.
UNCOUNTED: Final = events_of(
    # It redeems nothing, a session not yet.
    BESIDE_REDEMPTION_EVENTS,
    SESSION_EVENTS,
    # They leave the state and stay counted.
    RedemptionsRetired,
)
