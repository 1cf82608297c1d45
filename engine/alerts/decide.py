"""Alerts: thresholds as they are set, and what the live rates found beyond them.

The same may be said twice, or late: what is known of a minute already does nothing. So there is one
alert for as long as something is beyond its threshold without a quiet time between.
"""

from hashlib import sha256
from types import MappingProxyType
from typing import Final

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.alerts import (
    ALERTS_MAX,
    KEPT_DAYS,
    Alert,
    AlertContinued,
    AlertRaised,
    AlertThresholds,
    AlertThresholdsUpdated,
    RaiseAlert,
    SetAlertThresholds,
)
from schemas.base import DAY_MS, Millis
from schemas.commands import Command

THRESHOLDS_ID: Final = "alert_thresholds"
PREFIX: Final = "alert_"
_DIGITS: Final = 24
_MINUTE_MS: Final = 60_000


def thresholds_of(view: View) -> AlertThresholds:
    """The project's thresholds; the defaults, where none were set."""
    return view.get(tables.ALERT_THRESHOLDS, tables.THE_ONE) or AlertThresholds()


def set_alert_thresholds(_: View, __: Command, body: SetAlertThresholds, now: Millis) -> Decision:
    """Replaces them."""
    changed = structs.replace(body.thresholds, id=THRESHOLDS_ID, updated_at=now)
    return Decision((AlertThresholdsUpdated(changed),))


def raise_alert(view: View, _: Command, body: RaiseAlert, now: Millis) -> Decision:
    """A new alert, or one that goes on; nothing, where that minute is known already."""
    known = sorted(view.scan(tables.ALERTS), key=lambda each: (each.created_at, each.id))
    same = [each for each in known if (each.kind, each.subject) == (body.kind, body.subject)]
    if same:
        last = same[-1]
        if body.window <= last.last_window:
            return Decision()
        quiet = thresholds_of(view).quiet_minutes * _MINUTE_MS
        before = max(last.last_window, body.previous or 0)
        if body.window - before <= quiet:
            return Decision((AlertContinued(structs.replace(last, last_window=body.window)),))
    raised = Alert(
        id=_alert_id(body),
        kind=body.kind,
        subject=body.subject,
        window=body.window,
        last_window=body.window,
        value=body.value,
        threshold=body.threshold,
        created_at=now,
        campaign_id=body.campaign_id,
    )
    beyond = max(len(known) + 1 - ALERTS_MAX, 0)
    old = now - KEPT_DAYS * DAY_MS
    dropped = [e.id for n, e in enumerate(known) if n < beyond or e.created_at < old]
    return Decision((AlertRaised(raised, tuple(dropped)),))


def _alert_id(body: RaiseAlert) -> str:
    """What it is about makes the id, so that nothing has two."""
    natural = f"{body.kind}/{body.subject}/{body.window}"
    return PREFIX + sha256(natural.encode()).hexdigest()[:_DIGITS]


DECISIONS: Decisions = MappingProxyType(
    {SetAlertThresholds: set_alert_thresholds, RaiseAlert: raise_alert}
)
