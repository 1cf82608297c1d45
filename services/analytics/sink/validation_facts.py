"""What analytics keeps of validations: a fact for each, with a session or without."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.base import Millis
from schemas.evaluations import Evaluation
from schemas.events import BESIDE_REDEMPTION_EVENTS, events_of
from schemas.observations import ValidationObserved
from schemas.records import Decided, Record
from schemas.redemptions import REDEMPTION_EVENTS
from schemas.sessions import (
    SessionEnded,
    SessionLocked,
    SessionRefused,
    SessionReleased,
    SessionsExpired,
)
from services.analytics.sink.offers import campaign_of

_NAME = "LowCardinality(String)"

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


class ValidationFact(NamedTuple):
    """One validation and what it was about."""

    project: str
    at: Millis
    id: str
    valid: int
    campaigns: list[str]
    customer_id: str


def session_facts(record: Record) -> list[ValidationFact]:
    """The validations that the ledger decided: those with a session."""
    facts: list[ValidationFact] = []
    if isinstance(record, Decided):
        for event in record.events:
            count = COUNTS.get(type(event))
            if count is not None:
                facts.append(count(record, event))
    return facts


def observed_facts(observed: ValidationObserved) -> tuple[ValidationFact]:
    """The validation that was observed."""
    fact = ValidationFact(
        observed.project,
        observed.at,
        observed.id,
        int(observed.valid),
        list(dict.fromkeys((*observed.campaign_ids, *observed.campaign_names))),
        observed.customer_id or "",
    )
    return (fact,)


def _session(record: Decided, event: SessionLocked | SessionRefused) -> ValidationFact:
    return ValidationFact(
        record.project,
        record.at,
        record.command_id,
        int(isinstance(event, SessionLocked)),
        _campaigns(event.evaluation),
        event.customer_id or "",
    )


def _campaigns(evaluation: Evaluation) -> list[str]:
    named = (campaign_of(each) for each in evaluation.outcomes)
    return list(dict.fromkeys(name for name in named if name))


#: The fact of each event.
COUNTS: Final[Mapping[type[Any], Callable[[Decided, Any], ValidationFact]]] = MappingProxyType(
    {
        SessionLocked: _session,
        SessionRefused: _session,
    }
)

#: What is no fact of validations.
UNCOUNTED: Final = events_of(
    # It asks nothing; what is asked with a redemption counts as that.
    BESIDE_REDEMPTION_EVENTS,
    REDEMPTION_EVENTS,
    # It ends a session, whose validation counts already.
    SessionReleased,
    SessionEnded,
    SessionsExpired,
)
