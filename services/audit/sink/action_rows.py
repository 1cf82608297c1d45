"""From an event to the rows of work in the background."""

from collections.abc import Iterable

from schemas.actions import ActionProgressed, ActionStarted, AsyncAction, FollowSegment
from services.audit.sink.entities import EntityRow, entity_row


def action_changed(project: str, event: ActionStarted | ActionProgressed) -> Iterable[EntityRow]:
    """How far the work is; the contract knows no action that looks through customers."""
    if isinstance(event.action.work, FollowSegment):
        return ()
    return (_action(project, event.action),)


def _action(project: str, action: AsyncAction) -> EntityRow:
    texts = {"type": action.type, "status": action.status}
    return entity_row(project, "async_action", action, texts=texts)
