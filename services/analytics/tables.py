"""What analytics keeps: a fact for each redemption, each rollback and each validation.

A stack's parent is no fact, its children are. The amounts of the order stand on every fact of a
request, since each may belong to another campaign; `first` says on which of them they count for
the request, `first_of_campaign` on which they count within its campaign. A rollback's fact only
names the redemption that it took back: the amounts are that redemption's own.
"""

from collections.abc import Iterator
from typing import NamedTuple

from runtime.clickhouse.database import Column, TableDef
from runtime.clickhouse.table import SinkTable, sink_table
from schemas.base import Millis
from schemas.evaluations import Evaluation, Outcome, Taken
from schemas.observations import ValidationObserved
from schemas.records import Decided, Record
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.sessions import SessionLocked, SessionRefused
from services.analytics.campaign_tables import (
    CAMPAIGN_FACTS,
    CAMPAIGNS,
    campaign_facts,
    campaign_rows,
)

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
    ),
    order_by=("project", "at", "log_offset", "log_index"),
    revision=2,
)

#: The same observation may lie in its topic twice.
VALIDATION_FACTS = sink_table(
    "validation_facts",
    (
        Column("project", _NAME),
        Column("at", "Int64", "Delta, ZSTD(1)"),
        Column("id", "String"),
        Column("valid", "UInt8"),
        Column("campaigns", "Array(LowCardinality(String))"),
        Column("customer_id", "String"),
    ),
    order_by=("project", "at", "id"),
    latest_only=True,
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


class ValidationFact(NamedTuple):
    """One validation and what it was about."""

    project: str
    at: Millis
    id: str
    valid: int
    campaigns: list[str]
    customer_id: str


def redemption_facts(record: Record) -> Iterator[RedemptionFact]:
    """The facts of a record."""
    if not isinstance(record, Decided):
        return
    for event in record.events:
        match event:
            case RedemptionSucceeded():
                yield from _succeeded(record, event)
            case RedemptionFailed():
                yield from _failed(record, event)
            case RedemptionRolledBack():
                for each in event.rollbacks:
                    yield RedemptionFact(
                        record.project,
                        record.at,
                        "rolled_back",
                        each.rollback_id,
                        each.redemption_id,
                    )
            case RollbackFailed():
                yield RedemptionFact(
                    record.project,
                    record.at,
                    "rollback_failed",
                    event.rollback_id,
                    event.redemption_id,
                )


def _succeeded(record: Decided, event: RedemptionSucceeded) -> Iterator[RedemptionFact]:
    order = event.evaluation.order
    amount = (order and order.amount) or 0
    discounts = 0
    if order is not None:
        discounts = order.discount_amount + sum(each.discount_amount for each in order.items or ())
    applied = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    campaigns: set[str] = set()
    for index, (entry_id, outcome) in enumerate(zip(event.redemption_ids, applied, strict=True)):
        campaign = _campaign(outcome)
        yield RedemptionFact(
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
            int(index == 0),
            int(campaign not in campaigns),
        )
        campaigns.add(campaign)


def _failed(record: Decided, event: RedemptionFailed) -> Iterator[RedemptionFact]:
    failed = [each for each in event.evaluation.outcomes if each.status == "INAPPLICABLE"]
    for entry_id, outcome in zip(event.redemption_ids, failed, strict=True):
        yield RedemptionFact(
            record.project,
            record.at,
            "failed",
            entry_id,
            "",
            _campaign(outcome),
            event.customer_id or "",
        )


def session_facts(record: Record) -> Iterator[ValidationFact]:
    """The validations that the ledger decided: those with a session."""
    if not isinstance(record, Decided):
        return
    for event in record.events:
        match event:
            case SessionLocked() | SessionRefused():
                yield ValidationFact(
                    record.project,
                    record.at,
                    record.command_id,
                    int(isinstance(event, SessionLocked)),
                    _campaigns(event.evaluation),
                    event.customer_id or "",
                )


def observed_facts(observed: ValidationObserved) -> Iterator[ValidationFact]:
    """The validation that was observed."""
    yield ValidationFact(
        observed.project,
        observed.at,
        observed.id,
        int(observed.valid),
        list(dict.fromkeys((*observed.campaign_ids, *observed.campaign_names))),
        observed.customer_id or "",
    )


def _campaign(outcome: Outcome) -> str:
    """A campaign's id, or its name where that is all that is known."""
    if outcome.tier is not None:
        return outcome.tier.campaign_id
    voucher = outcome.voucher
    return "" if voucher is None else voucher.campaign_id or voucher.campaign or ""


def _campaigns(evaluation: Evaluation) -> list[str]:
    named = (_campaign(each) for each in evaluation.outcomes)
    return list(dict.fromkeys(name for name in named if name))


def _discount(taken: Taken | None) -> int:
    return 0 if taken is None else taken.total


#: What analytics takes from the topic `ledger`, and from `validations`.
LEDGER_TABLES: tuple[SinkTable[Record], ...] = (
    SinkTable(REDEMPTION_FACTS, redemption_facts),
    SinkTable(VALIDATION_FACTS, session_facts),
    SinkTable(CAMPAIGNS, campaign_rows),
    SinkTable(CAMPAIGN_FACTS, campaign_facts),
)
VALIDATION_TABLES: tuple[SinkTable[ValidationObserved], ...] = (
    SinkTable(VALIDATION_FACTS, observed_facts),
)
DEFINITIONS: tuple[TableDef, ...] = (
    REDEMPTION_FACTS,
    VALIDATION_FACTS,
    CAMPAIGNS,
    CAMPAIGN_FACTS,
)
