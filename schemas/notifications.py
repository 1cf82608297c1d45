"""Notifications: what somebody has read of what a project was told.

What there is to be told of follows from other events (services.audit.sink.notification_rows.py); only
that it was read is decided.
"""

from typing import Final

from schemas.base import Millis, Shape

#: How many are marked by their ids at once.
IDS_MAX = 100


class ReadNotifications(Shape, tag="read_notifications", frozen=True):
    """Marks these as read, or, where none is named, all that there are by now."""

    notification_ids: tuple[str, ...] | None = None
    #: The id of the user or key that read them.
    reader: str | None = None


class NotificationsRead(Shape, tag="notifications.read", frozen=True):
    """These were read, or all up to a time."""

    notification_ids: tuple[str, ...] = ()
    until: Millis | None = None
    #: The id of the user or key that read them. None in records that know no reader: everybody did.
    reader: str | None = None


NotificationCommand = ReadNotifications
NotificationEvent = NotificationsRead
#: Marks of what was read; the state knows nothing of it.
NOTIFICATION_EVENTS: Final = frozenset({NotificationsRead})
