"""The table of topics; topics are created from it, explicitly, and nowhere else described."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from schemas.base import DAY_MS

#: The largest command outcome; a larger one is refused as `too_large` before it is sent.
RECORD_BYTES_MAX = 768 * 1024
#: The largest Kafka batch that is ever sent.
BATCH_BYTES_MAX = 1024 * 1024

COMMANDS = "commands"
LEDGER = "ledger"
VALIDATIONS = "validations"
API_CALLS = "api-calls"
CUSTOMER_KEYS = "customer-keys"
DEAD_LETTERS = "dead-letters"
DELIVERIES = "deliveries"


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
        ),
    ),
    Topic(LEDGER, None, _config(retention_ms="-1", retention_bytes="-1", flush_messages="1")),
    Topic(VALIDATIONS, None, _config(retention_ms=str(30 * DAY_MS))),
    Topic(API_CALLS, None, _config(retention_ms=str(90 * DAY_MS))),
    Topic(CUSTOMER_KEYS, 1, _config(cleanup_policy="compact", flush_messages="1")),
    Topic(DELIVERIES, None, _config(retention_ms=str(90 * DAY_MS), flush_messages="1")),
    Topic(DEAD_LETTERS, 1, _config(retention_ms=str(90 * DAY_MS))),
)
