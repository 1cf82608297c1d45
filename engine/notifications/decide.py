"""Notifications that somebody has read. Which there are, the state does not know."""

from types import MappingProxyType

from engine.kernel.decision import Decision
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.notifications import NotificationsRead, ReadNotifications


def read_notifications(_: View, __: Command, body: ReadNotifications, now: Millis) -> Decision:
    """Marks them; one that is marked already stays so."""
    ids = body.notification_ids
    until = now if ids is None else None
    return Decision((NotificationsRead(ids or (), until, body.reader),))


DECISIONS: Decisions = MappingProxyType({ReadNotifications: read_notifications})
