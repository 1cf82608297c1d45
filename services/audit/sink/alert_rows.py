"""From an event to the rows of alerts, which the live rates of analytics begin with."""

from collections.abc import Iterable
from typing import Final

from schemas.alerts import AlertContinued, AlertRaised, AlertThresholdsUpdated
from services.audit.sink.entities import EntityRow, entity_row, gone_row
from services.audit.sink.notification_rows import alert_notifications

ALERT: Final = "alert"
THRESHOLDS: Final = "alert_thresholds"


def thresholds_updated(project: str, event: AlertThresholdsUpdated) -> Iterable[EntityRow]:
    """The thresholds' row."""
    return (entity_row(project, THRESHOLDS, event.thresholds),)


def alert_raised(project: str, event: AlertRaised) -> Iterable[EntityRow]:
    """The alert's row, that those are gone which made room, and what is told of it."""
    gone = (gone_row(project, ALERT, each) for each in event.dropped)
    row = entity_row(project, ALERT, event.alert)
    return (*gone, row, *alert_notifications(project, event))


def alert_continued(project: str, event: AlertContinued) -> Iterable[EntityRow]:
    """The alert's row."""
    return (entity_row(project, ALERT, event.alert),)
