"""What fills the tables of audit and analytics, how long rows are kept, and what can be rebuilt."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import msgspec

from runtime.base.settings import Settings
from runtime.clickhouse.retention import Retention
from runtime.clickhouse.table import Filling, SinkTable
from runtime.log.log import StoredEntry, decode_entry
from schemas.observations import ValidationObserved
from schemas.records import Record
from schemas.topics import API_CALLS, DELIVERIES, LEDGER, VALIDATIONS
from services.analytics.sink.tables import LEDGER_TABLES as ANALYTICS_LEDGER_TABLES
from services.analytics.sink.tables import VALIDATION_TABLES as ANALYTICS_VALIDATION_TABLES
from services.audit.sink.api_call_table import API_CALL_TABLES, CHANGED, api_calls_of
from services.audit.sink.api_call_table import API_CALLS as API_CALL_LOG
from services.audit.sink.delivery_table import DELIVERY_TABLES, attempt_of
from services.audit.sink.tables import LEDGER_TABLES as AUDIT_LEDGER_TABLES
from services.audit.sink.validation_table import VALIDATION_TABLES
from services.audit.sink.validation_table import VALIDATIONS as VALIDATION_LOG
from tessera.hosts.parts import Parts

_observations = msgspec.json.Decoder(ValidationObserved)


def _names(*tables: Sequence[SinkTable[Any]]) -> frozenset[str]:
    return frozenset(table.definition.name for each in tables for table in each)


def insight_fillings(parts: Parts) -> Sequence[Filling]:
    """What fills the tables of audit and analytics."""
    return (
        Filling(LEDGER, AUDIT_LEDGER_TABLES + ANALYTICS_LEDGER_TABLES, decoder_of(parts)),
        Filling(VALIDATIONS, VALIDATION_TABLES + ANALYTICS_VALIDATION_TABLES, observation_of),
        Filling(API_CALLS, API_CALL_TABLES, api_calls_of),
        Filling(DELIVERIES, DELIVERY_TABLES, attempt_of),
    )


def insight_retentions(settings: Settings) -> Sequence[Retention]:
    """How long rows are kept that are not kept as long as the ledger."""
    return (
        Retention(VALIDATION_LOG, settings.validations_days),
        Retention(API_CALL_LOG, settings.api_calls_days, unless=CHANGED),
    )


def decoder_of(parts: Parts) -> Callable[[StoredEntry], Awaitable[Record]]:
    """Reads the record of an entry of the ledger."""

    async def record_of(entry: StoredEntry) -> Record:
        return parts.codec.now(entry) or await parts.codec.later(entry)

    return record_of


#: What can be rebuilt, by the service whose tables they are.
REBUILDABLE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "audit": _names(AUDIT_LEDGER_TABLES, API_CALL_TABLES, DELIVERY_TABLES),
        "analytics": _names(ANALYTICS_LEDGER_TABLES, VALIDATION_TABLES),
    }
)


async def observation_of(entry: StoredEntry) -> ValidationObserved | None:
    """The observation that an entry holds; None when it holds none."""
    return decode_entry(_observations, entry)
