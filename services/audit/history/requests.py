"""What the body of a call said, from whatever holds it: the call, a validation, or its record.

A body that may name a person is not kept with its call. Of a validation it is rendered of what was
observed, of redemptions and rollbacks of what their record says; the customer is joined as known
now, so that whoever is forgotten is in no answer.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from engine.kernel.encode import Body
from runtime.clickhouse.reads import Reads
from runtime.http.call_bodies import keeps_body
from schemas.base import Millis
from schemas.evaluations import Outcome
from schemas.records import Decided
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.sessions import SessionLocked, SessionRefused
from services.audit.history.validations import asked_body, find_said
from services.audit.lists.simple_customers import simple_customers

#: Where a body comes from.
CALL: Final = "call"
VALIDATION: Final = "validation"
RECORD: Final = "record"
#: Why there is none, besides what the call says itself.
NO_BODY: Final = "no_body"
PERSONAL: Final = "personal"
GONE: Final = "gone"

_Redemption = RedemptionSucceeded | RedemptionFailed
_Rollback = RedemptionRolledBack | RollbackFailed
_Session = SessionLocked | SessionRefused


class Sent(NamedTuple):
    """What a call says of its body."""

    method: str
    path: str
    body: str
    #: Why there is none although one was sent.
    unkept: str
    validation_id: str


class Said(NamedTuple):
    """What was asked, and the answer where it is known beside it."""

    request: Body
    answer: Body | None = None


async def find_request(
    reads: Reads,
    project: str,
    sent: Sent,
    record: Decided | None,
    *,
    now: Millis,
    validation_days: int,
) -> Said:
    """The request of a call, whose record is given where it has one."""
    if sent.body:
        return Said(_kept(CALL, msgspec.json.decode(sent.body)))
    if sent.validation_id:
        said = await find_said(reads, project, sent.validation_id, now, validation_days)
        if said is None or said["request"] is None:
            return Said(_missing(GONE if said is None else "large"))
        return Said(_kept(VALIDATION, said["request"]), said["answer"])
    if record is not None:
        body = await _of_record(reads, project, record)
        if body is not None:
            return Said(_kept(RECORD, body))
    if sent.unkept:
        return Said(_missing(sent.unkept))
    said_nothing = sent.method in ("GET", "DELETE") or keeps_body(sent.method, sent.path)
    return Said(_missing(NO_BODY if said_nothing else PERSONAL))


def _kept(source: str, body: Any) -> Body:
    return {"body_kept": True, "from": source, "reason": None, "body": body}


def _missing(reason: str) -> Body:
    return {"body_kept": False, "from": None, "reason": reason, "body": None}


async def _of_record(reads: Reads, project: str, record: Decided) -> Body | None:
    """What the record holds of the request that it decided; None where that is not the request."""
    for event in record.answering:
        if isinstance(event, _Session | _Redemption | _Rollback):
            customers = await simple_customers(reads, project, [event.customer_id])
            customer = customers.get(event.customer_id)
            if isinstance(event, _Session):
                session = event.session if isinstance(event, SessionLocked) else None
                key = event.session_key if isinstance(event, SessionRefused) else None
                return asked_body(event.asked, customer, session, key)
            said: Body = {} if customer is None else {"customer": customer}
            if event.metadata:
                said["metadata"] = event.metadata
            if isinstance(event, _Redemption):
                said = {"redeemables": _redeemables(event.evaluation.outcomes), **said}
                if event.session_key is not None:
                    said["session"] = {"key": event.session_key}
            elif event.reason is not None:
                said["reason"] = event.reason
            return said
    return None


def _redeemables(outcomes: Sequence[Outcome]) -> list[Body]:
    """Each as it was named; a stack once, for all its tiers."""
    named: dict[tuple[str, str], None] = {}
    for each in outcomes:
        stack = each.stack_id
        named["promotion_stack" if stack else each.object, stack or each.id] = None
    return [{"object": kind, "id": name} for kind, name in named]
