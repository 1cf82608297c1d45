"""Alerts in the state."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.alerts import AlertContinued, AlertRaised, AlertThresholdsUpdated
from schemas.base import Millis


def thresholds_set(state: State, event: AlertThresholdsUpdated, _: Millis) -> None:
    """They are as the event has them."""
    state.put(tables.ALERT_THRESHOLDS, event.thresholds, tables.THE_ONE)


def alert_raised(state: State, event: AlertRaised, _: Millis) -> None:
    """It is there; the oldest may have made room."""
    for each in event.dropped:
        state.delete(tables.ALERTS, each)
    state.put(tables.ALERTS, event.alert, event.alert.id)


def alert_continued(state: State, event: AlertContinued, _: Millis) -> None:
    """It is as the event has it."""
    state.put(tables.ALERTS, event.alert, event.alert.id)


FOLDS: Folds = MappingProxyType(
    {
        AlertThresholdsUpdated: thresholds_set,
        AlertRaised: alert_raised,
        AlertContinued: alert_continued,
    }
)
