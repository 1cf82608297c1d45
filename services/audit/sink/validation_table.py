"""The validations of the last days, as audit keeps them: what they are found by, and the rest.

One with a session is in the ledger, one without was observed; an observation may lie in its topic
twice. The request and the answer are rendered when they are read. None holds personal data.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from engine.kernel.ids import new_id
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import SinkTable, sink_table
from schemas.base import Millis
from schemas.evaluations import Evaluation
from schemas.events import BESIDE_REDEMPTION_EVENTS, events_of
from schemas.observations import ValidationDetails, ValidationObserved
from schemas.projects import KeyKind
from schemas.records import Decided, Record
from schemas.redemptions import REDEMPTION_EVENTS
from schemas.sessions import (
    SessionEnded,
    SessionLocked,
    SessionRefused,
    SessionReleased,
    SessionsExpired,
)

_NAME: Final = "LowCardinality(String)"

VALIDATIONS = sink_table(
    "validations",
    (
        Column("project", _NAME),
        Column("at", "Int64", "Delta, ZSTD(1)"),
        Column("id", "String"),
        Column("result", _NAME),
        Column("key_kind", _NAME),
        Column("session_key", "String"),
        #: What was asked for, by the names that it was given.
        Column("asked", "Array(String)"),
        Column("failure_codes", "Array(LowCardinality(String))"),
        Column("customer_id", "String"),
        #: `ValidationDetails`; empty where they were too large to be kept.
        Column("body", "String", "ZSTD(1)"),
    ),
    order_by=("project", "at", "id"),
    latest_only=True,
)
#: What a validation came to.
VALID: Final = "VALID"
INVALID: Final = "INVALID"

_encode: Final = msgspec.json.Encoder().encode


class ValidationRow(NamedTuple):
    """A validation as its table holds it."""

    project: str
    at: Millis
    id: str
    result: str
    key_kind: KeyKind
    session_key: str
    asked: list[str]
    failure_codes: list[str]
    customer_id: str
    body: str


def observed_rows(observed: ValidationObserved) -> tuple[ValidationRow]:
    """The validation that was observed."""
    row = ValidationRow(
        observed.project,
        observed.at,
        observed.id,
        VALID if observed.valid else INVALID,
        observed.key_kind,
        "",
        list(observed.redeemables),
        list(observed.failure_codes),
        observed.customer_id or "",
        bytes(observed.details).decode(),
    )
    return (row,)


def session_rows(record: Record) -> Iterable[ValidationRow]:
    """The validations that the ledger decided: those with a session."""
    if not isinstance(record, Decided):
        return ()
    event: Any
    for event in record.events:
        row_of = ROWS.get(type(event))
        if row_of is not None:
            return (row_of(record, event),)
    return ()


def _session_row(record: Decided, event: SessionLocked | SessionRefused) -> ValidationRow:
    session = event.session if isinstance(event, SessionLocked) else None
    details = ValidationDetails(event.evaluation, event.asked, event.tracking_id, session)
    wanted = event.session_key if isinstance(event, SessionRefused) else event.session.key
    evaluation: Evaluation = event.evaluation
    return ValidationRow(
        record.project,
        record.at,
        new_id(record.command_id, "valid_"),
        INVALID if session is None else VALID,
        record.key_kind,
        wanted or "",
        [each.id for each in evaluation.outcomes],
        [each.refusal.key for each in evaluation.outcomes if each.refusal is not None],
        event.customer_id or "",
        _encode(details).decode(),
    )


#: The row of each event.
ROWS: Final[Mapping[type[Any], Callable[[Decided, Any], ValidationRow]]] = MappingProxyType(
    {
        SessionLocked: _session_row,
        SessionRefused: _session_row,
    }
)
#: What is no validation.
UNLISTED: Final = events_of(
    BESIDE_REDEMPTION_EVENTS,
    REDEMPTION_EVENTS,
    # It ends a session.
    SessionReleased,
    SessionEnded,
    SessionsExpired,
)
#: What audit takes from the topic `validations`.
VALIDATION_TABLES: tuple[SinkTable[ValidationObserved], ...] = (
    SinkTable(VALIDATIONS, observed_rows),
)
