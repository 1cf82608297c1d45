"""What analytics keeps: a fact for each redemption, rollback and validation, and of campaigns."""

from runtime.clickhouse.database import TableDef
from runtime.clickhouse.table import SinkTable
from schemas.observations import ValidationObserved
from schemas.records import Record
from services.analytics.sink.campaign_tables import (
    CAMPAIGN_FACTS,
    CAMPAIGNS,
    campaign_facts,
    campaign_rows,
)
from services.analytics.sink.redemption_facts import REDEMPTION_FACTS, redemption_facts
from services.analytics.sink.validation_facts import VALIDATION_FACTS, observed_facts, session_facts

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
