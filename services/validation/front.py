"""The front of validations.

Without a session the answer is computed here, on the replica, and leaves an observation behind.
With one it must hold across all fronts, so it is a command. A customer that the replica does not
know, or knows otherwise, is a command, too, before the evaluation.
"""

from collections.abc import Callable
from typing import Any

from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from engine.customers import known_by
from engine.evaluate import duplicated, evaluate_for
from engine.render.answer import customer_of
from engine.render.single import single_validation_body
from engine.render.validation import validation_body
from engine.stacking import fail_all
from engine.state import View
from runtime.attempt_query import read_query
from runtime.http.attempt import (
    anonymous_tracking_id,
    read_attempt,
    read_single,
    require_sound,
    tracking_id,
)
from runtime.http.auth import Caller
from runtime.http.errors import ApiError
from runtime.http.payload import read_body
from runtime.http.routing import caller_of, ident
from runtime.http.writes import Identity, Writes
from schemas.api import AttemptBody, CustomerInput
from schemas.base import Millis
from schemas.commands import Command, LockSession, ReleaseSession, RequestContext, UpsertCustomer
from schemas.entities import Evaluation, KeyKind
from schemas.errors import Refusal, refuse
from schemas.events import SessionLocked, SessionRefused
from schemas.observations import ValidationObserved
from schemas.records import Answer, Conflicted, Decided


class Validations:
    """The endpoints that validate, and the one that releases a session."""

    def __init__(
        self,
        writes: Writes,
        view_of: Callable[[str], View],
        observe: Callable[[ValidationObserved], None],
        hash_key: bytes,
        *,
        clock_ms: Callable[[], Millis],
        make_id: Callable[[], str],
    ) -> None:
        self._writes = writes
        self._view_of = view_of
        self._observe = observe
        self._hash_key = hash_key
        self._clock_ms = clock_ms
        self._make_id = make_id

    async def validate(self, request: Request) -> Response:
        """`POST /v1/validations` and its client-side twin."""
        content = await read_body(request)
        body = require_sound(read_attempt(content))
        tracking = tracking_id(self._hash_key, body)
        if body.session is not None:
            command = lock_command(body, tracking)
            return await self._writes.answer(request, "validate", content, command)
        seen_id, evaluation = await self._evaluate(request, content, body)
        kind = caller_of(request).kind
        answer = validation_body(seen_id, evaluation, kind, tracking_id=tracking)
        return self._writes.respond(request, 200, answer)

    async def validate_voucher(self, request: Request) -> Response:
        """`POST /v1/vouchers/{code}/validate`."""
        content = await read_body(request)
        code = ident(request, "code")
        return await self._single(request, content, require_sound(read_single(content, code)))

    async def validate_query(self, request: Request) -> Response:
        """`GET /client/v1/validate`, which says everything in its query."""
        body = read_query(request.query_params.multi_items())
        return await self._single(request, b"", body)

    async def _single(self, request: Request, content: bytes, body: AttemptBody) -> Response:
        code = body.redeemables[0].id
        tracking = tracking_id(self._hash_key, body) or anonymous_tracking_id()
        kind = caller_of(request).kind
        if body.session is not None:

            def show(record: Answer, _: dict[str, Any]) -> dict[str, Any]:
                return _session_body(code, record, kind)

            command = lock_command(body, tracking)
            return await self._writes.answer(request, "validate.voucher", content, command, show)
        _, evaluation = await self._evaluate(request, content, body)
        answer = single_validation_body(code, evaluation, kind, tracking_id=tracking)
        return self._writes.respond(request, 200, answer)

    async def _evaluate(
        self, request: Request, content: bytes, body: AttemptBody
    ) -> tuple[str, Evaluation]:
        """The id of a validation without a session, which is observed, and what it came to."""
        identity = self._writes.identity(request, "validate.customer", content)
        caller = caller_of(request)
        asked = RequestContext(body.redeemables, body.order, body.customer, metadata=body.metadata)
        repeated = duplicated(self._view_of(caller.project), asked.redeemables)
        if repeated is not None:
            raise ApiError(repeated)
        customer_id = await self._customer(caller, asked.customer, identity)
        at = self._clock_ms()
        if isinstance(customer_id, Refusal):
            evaluation = fail_all(asked.redeemables, customer_id)
            customer_id = None
        else:
            view = self._view_of(caller.project)
            evaluation = evaluate_for(view, asked, customer_id, at, caller.kind)
        seen = observed(self._make_id(), caller, at, evaluation, customer_id)
        self._observe(seen)
        return seen.id, evaluation

    async def release(self, request: Request) -> Response:
        """`DELETE /v1/vouchers/{code}/sessions/{key}`."""
        command = ReleaseSession(
            voucher=ident(request, "code"),
            session_key=ident(request, "session_key"),
        )
        return await self._writes.write(request, "release", command)

    async def _customer(
        self, caller: Caller, named: CustomerInput | None, identity: Identity
    ) -> str | Refusal | None:
        """The id of the customer, who is made known first where there is news."""
        if named is None or not any(structs.astuple(named)):
            return None
        known = known_by(self._view_of(caller.project), _probe(caller.project, named), named, 0)
        if isinstance(known, Refusal):
            return known
        if not known.events:
            return known.id
        record = (await self._writes.decide(caller, UpsertCustomer(named), identity)).record
        if isinstance(record, Conflicted):
            raise ApiError(refuse("idempotency_key_reused"))
        if not isinstance(record, Decided):
            raise ApiError(refuse("command_expired"))
        customer = customer_of(record)
        return record.refusal or (customer.id if customer else None)


def lock_command(body: AttemptBody, tracking: str | None) -> LockSession:
    """The command of a validation that holds what it would take."""
    return LockSession(
        redeemables=body.redeemables,
        order=body.order,
        customer=body.customer,
        session=body.session,
        tracking_id=tracking,
        metadata=body.metadata,
    )


def _session_body(code: str, record: Answer, kind: KeyKind) -> dict[str, Any]:
    """The answer of the older endpoints to a validation with a session."""
    events = record.events if isinstance(record, Decided) else ()
    (event,) = (each for each in events if isinstance(each, SessionLocked | SessionRefused))
    session = event.session if isinstance(event, SessionLocked) else None
    return single_validation_body(
        code, event.evaluation, kind, tracking_id=event.tracking_id, session=session
    )


def observed(
    validation_id: str,
    caller: Caller,
    at: Millis,
    evaluation: Evaluation,
    customer_id: str | None,
) -> ValidationObserved:
    """What analytics counts of a validation."""
    vouchers = [each.voucher for each in evaluation.outcomes if each.voucher is not None]
    return ValidationObserved(
        id=validation_id,
        project=caller.project,
        at=at,
        valid=evaluation.valid,
        key_kind=caller.kind,
        redeemables=tuple(each.id for each in evaluation.outcomes),
        campaign_ids=tuple(dict.fromkeys(v.campaign_id for v in vouchers if v.campaign_id)),
        campaign_names=tuple(dict.fromkeys(v.campaign for v in vouchers if v.campaign)),
        failure_codes=tuple(
            each.refusal.key for each in evaluation.outcomes if each.refusal is not None
        ),
        customer_id=customer_id,
        order_amount=evaluation.order.amount if evaluation.order else None,
    )


def _probe(project: str, named: CustomerInput) -> Command:
    """A command that is never sent, to ask what it would decide."""
    return Command(
        id="probe",
        project=project,
        sent_at=0,
        deadline=0,
        seed="0" * 32,
        key_kind="system",
        fingerprint="",
        body=UpsertCustomer(named),
    )
