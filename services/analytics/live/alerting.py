"""What is known of a project's alerts here: its thresholds, and the newest alerts with their places.

Both lie in the tables of audit when the host starts, and come with the ledger afterwards.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from schemas.alerts import (
    Alert,
    AlertRaised,
    AlertThresholds,
    AlertThresholdsUpdated,
    RaiseAlert,
    SetAlertThresholds,
)
from schemas.base import tag_of
from schemas.records import Decided

#: As in `services.audit.sink.alert_rows`: services meet on topics and tables.
ENTITIES: Final = "tessera.entities"
_KEPT: Final = (
    f"SELECT project, kind, log_offset, body FROM {ENTITIES} FINAL "  # noqa: S608  constants
    "WHERE kind IN ('alert', 'alert_thresholds') AND deleted = 0 ORDER BY log_offset, log_index"
)
#: How many alerts of a project a stream begins with, or can go on from, at most.
NEWEST_MAX: Final = 50
#: What has alerts raised and thresholds set: all else is passed over by one look.
_COMMANDS: Final = frozenset(map(tag_of, (RaiseAlert, SetAlertThresholds)))
_DEFAULTS: Final = AlertThresholds()
_alerts: Final = msgspec.json.Decoder(Alert)
_thresholds: Final = msgspec.json.Decoder(AlertThresholds)


class Raised(NamedTuple):
    """An alert, and the offset of the record that holds it."""

    offset: int
    alert: Alert


class KnownAlerts:
    """Of all projects; `tell` hears whose newest changed."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._thresholds: dict[str, AlertThresholds] = {}
        self._newest: dict[str, deque[Raised]] = {}

    def thresholds_of(self, project: str) -> AlertThresholds:
        """The project's thresholds."""
        return self._thresholds.get(project, _DEFAULTS)

    def newest(self, project: str) -> tuple[Raised, ...]:
        """The newest alerts, the oldest of them first."""
        return tuple(self._newest.get(project, ()))

    def note(self, record: Any, offset: int) -> None:
        """Hears of a record of the ledger; one that is told again changes nothing."""
        if type(record) is not Decided or record.command_type not in _COMMANDS:
            return
        for event in record.events:
            if type(event) is AlertRaised:
                self._raised(record.project, Raised(offset, event.alert))
            elif type(event) is AlertThresholdsUpdated:
                self._thresholds[record.project] = event.thresholds

    async def load(self, reads: Reads) -> None:
        """Takes what the tables hold by now; what was told meanwhile is newer. Raises ApiError 503."""
        for project, kind, offset, body in await reads.rows(Query(_KEPT, {})):
            if kind == "alert":
                self._raised(project, Raised(offset, _alerts.decode(body)))
            else:
                self._thresholds.setdefault(project, _thresholds.decode(body))

    def _raised(self, project: str, raised: Raised) -> None:
        known = self._newest.setdefault(project, deque())
        if any(each.alert.id == raised.alert.id for each in known):
            return
        known.append(raised)
        if len(known) > 1 and known[-2].offset > raised.offset:
            self._newest[project] = known = deque(sorted(known, key=lambda each: each.offset))
        if len(known) > NEWEST_MAX:
            known.popleft()
        self._tell(project)
