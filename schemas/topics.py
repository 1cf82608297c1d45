"""The table of topics; topics are created from it, explicitly, and nowhere else described."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from schemas.base import DAY_MS

HOUR_MS = 3_600_000
#: The largest command outcome; a larger one is refused as `too_large` before it is sent.
RECORD_BYTES_MAX = 768 * 1024
#: The largest Kafka batch that is ever sent.
BATCH_BYTES_MAX = 1024 * 1024
#: The largest command; the rest of a batch is for its headers. A request within its own limit may be
#: longer as a command, which writes numbers out: 1e15 takes 18 bytes there.
COMMAND_BYTES_MAX = 960 * 1024

COMMANDS = "commands"
LEDGER = "ledger"
VALIDATIONS = "validations"
API_CALLS = "api-calls"
CUSTOMER_KEYS = "customer-keys"
DEAD_LETTERS = "dead-letters"
DELIVERIES = "deliveries"
CAMPAIGN_RATES = "campaign-rates"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic; `partitions` None means the installation's number of partitions."""

    name: str
    partitions: int | None
    config: Mapping[str, str] = field(default_factory=dict)


def _config(**settings: str) -> Mapping[str, str]:
    common = {"max.message.bytes": str(2 * BATCH_BYTES_MAX)}
    named = {key.replace("_", "."): value for key, value in settings.items()}
    return MappingProxyType(common | named)


TOPICS: tuple[Topic, ...] = (
    Topic(
        COMMANDS,
        None,
        _config(
            retention_ms=str(7 * DAY_MS),
            message_timestamp_type="LogAppendTime",
            flush_messages="1",
            # What is deleted before its time, for a customer who is forgotten, leaves the disk when
            # its segment does, and the newest segment never does.
            segment_ms=str(HOUR_MS),
        ),
    ),
    Topic(LEDGER, None, _config(retention_ms="-1", retention_bytes="-1", flush_messages="1")),
    Topic(VALIDATIONS, None, _config(retention_ms=str(30 * DAY_MS))),
    Topic(API_CALLS, None, _config(retention_ms=str(90 * DAY_MS))),
    Topic(
        CUSTOMER_KEYS,
        1,
        _config(
            cleanup_policy="compact",
            flush_messages="1",
            # A destroyed key leaves the disk soon; its tombstone stays for hosts that are away.
            segment_ms=str(HOUR_MS),
            max_compaction_lag_ms=str(HOUR_MS),
            delete_retention_ms=str(365 * DAY_MS),
        ),
    ),
    Topic(DELIVERIES, None, _config(retention_ms=str(90 * DAY_MS), flush_messages="1")),
    Topic(CAMPAIGN_RATES, None, _config(retention_ms=str(7 * DAY_MS))),
    Topic(DEAD_LETTERS, 1, _config(retention_ms=str(90 * DAY_MS))),
)
