"""From an event to the rows of work in the background."""

from collections.abc import Iterable

from schemas.actions import (
    ActionProgressed,
    ActionStarted,
    AsyncAction,
    FollowSegment,
    JoinCustomers,
)
from services.audit.sink.entities import EntityRow, entity_row
from services.audit.sink.notification_rows import action_notifications


def action_started(project: str, event: ActionStarted) -> Iterable[EntityRow]:
    """What the work is; the contract knows no action that looks through customers."""
    if isinstance(event.action.work, FollowSegment | JoinCustomers):
        return ()
    return (_action(project, event.action),)


def action_progressed(project: str, event: ActionProgressed) -> Iterable[EntityRow]:
    """How far the work is, and what is told of its end."""
    if isinstance(event.action.work, FollowSegment | JoinCustomers):
        return ()
    return (_action(project, event.action), *action_notifications(project, event))


def _action(project: str, action: AsyncAction) -> EntityRow:
    texts = {"type": action.type, "status": action.status}
    return entity_row(project, "async_action", action, texts=texts)
