"""Sessions: what is answered to who asked for one, or gave it back."""

from types import MappingProxyType

from engine.evaluation.body import validation_body
from engine.kernel.ids import new_id
from engine.kernel.room import Answers, Rendered, shows_nothing
from schemas.projects import KeyKind
from schemas.records import Decided
from schemas.sessions import SessionLocked, SessionRefused, SessionReleased


def _session_answer(
    event: SessionLocked | SessionRefused, record: Decided, key_kind: KeyKind
) -> Rendered:
    body = validation_body(
        new_id(record.command_id, "valid_"),
        event.evaluation,
        key_kind,
        tracking_id=event.tracking_id,
        session=event.session if isinstance(event, SessionLocked) else None,
    )
    return Rendered(200, body)


ANSWERS: Answers = MappingProxyType(
    {
        SessionLocked: _session_answer,
        SessionRefused: _session_answer,
        SessionReleased: shows_nothing,
    }
)
