"""Alerts and their thresholds as the API shows them. None of it is in the contract."""

from types import MappingProxyType
from typing import Final

from msgspec import structs

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows
from schemas.alerts import Alert, AlertKind, AlertThresholds, AlertThresholdsUpdated

#: What the subject of each kind is.
_SUBJECTS: Final[MappingProxyType[AlertKind, str]] = MappingProxyType(
    {
        "budget.burning": "campaign",
        "code.rate": "voucher",
        "failures.rising": "failure",
        "codes.guessed": "client",
    }
)
_MINUTE_MS: Final = 60_000


def alert_body(alert: Alert) -> Body:
    """The alert; it began with a minute, and is known to last up to the end of another."""
    return {
        "id": alert.id,
        "object": "alert",
        "type": alert.kind,
        "related_object": {"object": _SUBJECTS[alert.kind], "id": alert.subject},
        "campaign_id": alert.campaign_id,
        "value": alert.value,
        "threshold": alert.threshold,
        "started_at": iso(alert.window),
        "lasted_until": iso(alert.last_window + _MINUTE_MS),
        "created_at": iso(alert.created_at),
    }


def thresholds_body(thresholds: AlertThresholds) -> Body:
    """The thresholds; 0: never."""
    shown = structs.asdict(thresholds)
    at = thresholds.updated_at
    shown |= {
        "budgets": [structs.asdict(each) for each in thresholds.budgets],
        "updated_at": None if at is None else iso(at),
    }
    del shown["id"]
    return {"object": "alert_thresholds", **shown}


ANSWERS: Answers = MappingProxyType({AlertThresholdsUpdated: shows(thresholds_body, "thresholds")})
