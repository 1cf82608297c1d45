"""The table of what changed the balances of gift cards: one row for each transaction."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from engine.answers.booking import Transaction
from engine.answers.transactions import transactions
from engine.kernel.encode import to_json
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.records import Decided, Record

_NAME: Final = "LowCardinality(String)"

TRANSACTIONS = sink_table(
    "transactions",
    (
        Column("project", _NAME),
        Column("id", "String"),
        Column("voucher_id", "String"),
        Column("campaign_id", _NAME),
        Column("body", "String", "ZSTD(1)"),
    ),
    order_by=("project", "voucher_id", "log_offset", "log_index"),
    found_by=("id", "campaign_id"),
)

#: When one was, in milliseconds; the body alone says it.
MADE_AT: Final = (
    "toUnixTimestamp64Milli(parseDateTime64BestEffort("
    "JSONExtractString(body, 'created_at'), 3, 'UTC'))"
)


class TransactionRow(NamedTuple):
    """One change of a balance."""

    project: str
    id: str
    voucher_id: str
    campaign_id: str
    body: str


def transaction_table_rows(record: Record) -> Iterable[TransactionRow]:
    """One row for each gift card that a record spent, refunded, loaded or emptied."""
    if not isinstance(record, Decided):
        return ()
    return [_row(record.project, each) for each in transactions(record)]


def _row(project: str, transaction: Transaction) -> TransactionRow:
    transaction_id, voucher_id, campaign_id, body = transaction
    return TransactionRow(project, transaction_id, voucher_id, campaign_id, to_json(body).decode())
