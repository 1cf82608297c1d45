"""From an event to the rows of notifications, and of what was read of them.

An id follows from what it is about, so a record that is read again tells nothing twice.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec

from engine.exports.decide import is_ended
from schemas.actions import (
    ActionProgressed,
    AsyncAction,
    ChangeVouchers,
    DeleteBinEntries,
    ImportCustomers,
    ImportOrders,
    ImportProducts,
    ImportSkus,
    ImportVouchers,
    UpdateVouchers,
)
from schemas.alerts import AlertRaised
from schemas.base import Millis
from schemas.exports import ExportReported
from schemas.notifications import NotificationsRead
from schemas.webhooks import WebhookDisabled
from services.audit.sink.entities import EntityRow

NOTIFICATION: Final = "notification"
#: The kind of the marks of a reader: a row for each that was read by itself, and one, `ALL`, for all
#: up to a time; `mark_id` is what they are found by.
READ: Final = "notification_read"
ALL: Final = "all"
PREFIX: Final = "ntf_"
_DIGITS: Final = 24
#: The work whose end is told when all went well, too.
_TOLD_WHEN_DONE: Final = (
    ImportVouchers,
    UpdateVouchers,
    ImportCustomers,
    ImportOrders,
    ImportProducts,
    ImportSkus,
    ChangeVouchers,
    DeleteBinEntries,
)


def export_notifications(project: str, event: ExportReported) -> Iterable[EntityRow]:
    """That a file is there, or will never be."""
    export = event.export
    if not is_ended(export):
        return ()
    kind = "export.done" if export.status == "DONE" else "export.failed"
    details: dict[str, Any] = {"exported_object": export.exported_object, "rows": export.rows}
    if export.fault is not None:
        details["error"] = export.fault
    at = export.updated_at or export.created_at
    return (_row(project, kind, "export", export.id, at, details),)


def action_notifications(project: str, event: ActionProgressed) -> Iterable[EntityRow]:
    """That work on many rows is done, or that work failed as a whole."""
    action = event.action
    is_told = action.status == "FAILED" or (
        action.status == "DONE" and isinstance(action.work, _TOLD_WHEN_DONE)
    )
    if not is_told:
        return ()
    kind = "async_action.done" if action.status == "DONE" else "async_action.failed"
    at = action.updated_at or action.created_at
    return (_row(project, kind, "async_action", action.id, at, _counts(action)),)


def webhook_disabled(project: str, event: WebhookDisabled) -> Iterable[EntityRow]:
    """That a webhook was switched off; it may happen to it again."""
    webhook = event.webhook
    details = {"reason": webhook.disabled_reason, "event_id": event.event_id}
    at = webhook.updated_at or webhook.created_at
    row = _row(project, "webhook.disabled", "webhook", webhook.id, at, details, event.event_id)
    return (row,)


def alert_notifications(project: str, event: AlertRaised) -> Iterable[EntityRow]:
    """That something went beyond its threshold."""
    alert = event.alert
    details = {"type": alert.kind, "value": alert.value, "threshold": alert.threshold}
    about = {"subject": alert.subject, "campaign_id": alert.campaign_id}
    at = alert.created_at
    return (_row(project, "alert.raised", "alert", alert.id, at, details | about),)


def notifications_read(project: str, event: NotificationsRead) -> Iterable[EntityRow]:
    """That these were read, or all up to a time, by somebody or by everybody."""
    reader = event.reader or ""
    if event.until is not None:
        return (EntityRow(project, READ, mark_id(reader, ALL), "", event.until, 0, 0),)
    # No notification has that id, and the mark of all up to a time would be lost.
    marks = (mark_id(reader, each) for each in event.notification_ids if each != ALL)
    return [EntityRow(project, READ, each, "", 0, 0, 0) for each in marks]


def mark_id(reader: str, marked: str) -> str:
    """The id of a mark; without a reader it is everybody's."""
    return f"{reader}/{marked}" if reader else marked


def _counts(action: AsyncAction) -> dict[str, Any]:
    details = {"type": action.type, "done": action.done, "failed": action.failed}
    return details if action.fault is None else details | {"error": action.fault}


def _row(
    project: str,
    kind: str,
    about: str,
    about_id: str,
    at: Millis,
    details: Mapping[str, Any],
    more: str = "",
) -> EntityRow:
    digest = sha256(f"{kind}/{about_id}/{more}".encode()).hexdigest()[:_DIGITS]
    body = {"related_object": {"object": about, "id": about_id}, "details": details}
    return EntityRow(
        project,
        NOTIFICATION,
        PREFIX + digest,
        about_id,
        at,
        0,
        0,
        type=kind,
        body=msgspec.json.encode(body).decode(),
    )
