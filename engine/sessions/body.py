"""Sessions: what is answered to who asked for one, or gave it back."""

from types import MappingProxyType

from engine.customers.body import simple_customer_body
from engine.evaluation.body import validation_body
from engine.kernel import tables
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.ids import new_id
from engine.kernel.room import Answers, Rendered, shows_nothing
from engine.kernel.state import View
from schemas.projects import KeyKind
from schemas.records import Decided
from schemas.sessions import (
    OpenSession,
    SessionEnded,
    SessionLocked,
    SessionRefused,
    SessionReleased,
)


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


def session_body(view: View, session: OpenSession) -> Body:
    """A session that is listed: what it holds of each voucher, for whom, since when and until when.

    The customer is shown as known now.
    """
    customer = None
    if session.customer_id is not None:
        customer = view.get(tables.CUSTOMERS, session.customer_id)
    return {
        "key": session.key,
        "object": "session",
        "type": "LOCK",
        "ttl": session.ttl,
        "ttl_unit": session.ttl_unit,
        "locked_at": iso(session.locked_at),
        "expires_at": iso(session.expires_at),
        "customer_id": session.customer_id,
        "customer": None if customer is None else simple_customer_body(customer),
        "holds": [_hold_body(view, session.key, each) for each in session.voucher_ids],
    }


def _hold_body(view: View, key: str, voucher_id: str) -> Body:
    voucher = view.get(tables.VOUCHERS, voucher_id)
    hold = view.get(tables.HOLDS, voucher_id, key)
    return {
        "voucher_id": voucher_id,
        "code": None if voucher is None else voucher.code,
        "campaign_id": None if voucher is None else voucher.campaign_id,
        "quantity": 0 if hold is None else hold.quantity,
        "credits": 0 if hold is None else hold.credits,
        "points": 0 if hold is None else hold.points,
    }


ANSWERS: Answers = MappingProxyType(
    {
        SessionLocked: _session_answer,
        SessionRefused: _session_answer,
        SessionReleased: shows_nothing,
        SessionEnded: shows_nothing,
    }
)
