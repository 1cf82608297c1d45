"""The front of validations.

Without a session the answer is computed here, on the replica, and leaves an observation behind.
With one it must hold across all fronts, so it is a command. A customer that the replica does not
know, or knows otherwise, is a command, too, before the evaluation.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from msgspec import Raw, structs
from starlette.requests import Request
from starlette.responses import Response

from engine.customers.body import customer_of
from engine.customers.know import know_customer
from engine.evaluation.body import expand_redeemables, validation_body
from engine.evaluation.evaluate import Asker, FoundRedeemables, evaluate_for
from engine.evaluation.outcomes import fail_all
from engine.evaluation.rewarding import named_or_holder
from engine.evaluation.tier_body import tier_validation_body
from engine.evaluation.voucher_body import single_validation_body
from engine.kernel import tables
from engine.kernel.lookup import categories_of
from engine.kernel.state import View
from fronts.attempt import (
    anonymous_tracking_id,
    read_attempt,
    read_single,
    require_sound,
    tracking_id,
)
from fronts.attempt_query import read_query
from fronts.writes import Identity, Writes, login_of
from runtime.http.api_calls import VALIDATION_KEY
from runtime.http.auth import Caller
from runtime.http.errors import ApiError
from runtime.http.payload import read_body
from runtime.http.routing import caller_of, read_ident
from schemas.api import AttemptBody, CustomerInput, Redeemable
from schemas.base import Millis
from schemas.commands import Command
from schemas.customers import Customer, UpsertCustomer
from schemas.errors import Refusal, refuse
from schemas.evaluations import Asked, Evaluation, RequestContext
from schemas.observations import NOTHING, ValidationDetails, ValidationObserved
from schemas.projects import KeyKind
from schemas.records import Answer, Conflicted, Decided
from schemas.sessions import LockSession, ReleaseSession, Session, SessionLocked, SessionRefused

#: What is kept of a validation at most, in bytes of JSON; beyond that only what it came to.
DETAILS_BYTES_MAX: Final = 65_536

_encode: Final = msgspec.json.Encoder().encode


class Validations:
    """The endpoints that validate, and the one that releases a session."""

    def __init__(
        self,
        writes: Writes,
        view_of: Callable[[str], View],
        fresh_view: Callable[[str], Awaitable[View]],
        observe: Callable[[ValidationObserved], None],
        hash_key: bytes,
        *,
        clock_ms: Callable[[], Millis],
        make_id: Callable[[], str],
    ) -> None:
        self.writes = writes
        self.view_of = view_of
        self.fresh_view = fresh_view
        self.observe = observe
        self.hash_key = hash_key
        self.clock_ms = clock_ms
        self.make_id = make_id

    async def validate(self, request: Request) -> Response:
        """`POST /v1/validations` and its client-side twin."""
        content = await read_body(request)
        body = require_sound(read_attempt(request, content))
        tracking = tracking_id(self.hash_key, body)
        kind = caller_of(request).kind
        expand = body.options and body.options.expand
        if body.session is not None:

            def show(record: Answer, shown: dict[str, Any]) -> dict[str, Any]:
                evaluation = _decided_session(record).evaluation
                return expand_redeemables(shown, evaluation, expand) if expand else shown

            command = lock_command(body, tracking)
            return await self.writes.answer(request, "validate", content, command, show)
        seen_id, evaluation = await self._evaluate(request, content, body, tracking)
        answer = validation_body(seen_id, evaluation, kind, tracking_id=tracking)
        if expand:
            answer = expand_redeemables(answer, evaluation, expand)
        return self.writes.respond(request, 200, answer)

    async def validate_voucher(self, request: Request) -> Response:
        """`POST /v1/vouchers/{code}/validate`."""
        content = await read_body(request)
        code = read_ident(request, "code")
        read = read_single(request, content, code)
        return await self._single(request, content, require_sound(read))

    async def validate_tier(self, request: Request) -> Response:
        """`POST /v1/promotions/tiers/{tier}/validation`."""
        content = await read_body(request)
        read = read_single(request, content, read_ident(request, "tier"), "promotion_tier")
        return await self._single(request, content, require_sound(read))

    async def validate_query(self, request: Request) -> Response:
        """`GET /client/v1/validate`, which says everything in its query."""
        body = read_query(request.query_params.multi_items())
        return await self._single(request, b"", body)

    async def _single(self, request: Request, content: bytes, body: AttemptBody) -> Response:
        tracking = tracking_id(self.hash_key, body) or anonymous_tracking_id()
        caller = caller_of(request)
        (asked,) = body.redeemables

        def render(evaluation: Evaluation, session: Session | None = None) -> dict[str, Any]:
            view = self.view_of(caller.project)
            return _single_body(view, asked, evaluation, caller.kind, tracking, session)

        if body.session is not None:

            def show(record: Answer, _: dict[str, Any]) -> dict[str, Any]:
                event = _decided_session(record)
                return render(
                    event.evaluation, event.session if isinstance(event, SessionLocked) else None
                )

            command = lock_command(body, tracking)
            route = "validate.voucher" if asked.object == "voucher" else "validate.tier"
            return await self.writes.answer(request, route, content, command, show)
        _, evaluation = await self._evaluate(request, content, body, tracking)
        return self.writes.respond(request, 200, render(evaluation))

    async def _evaluate(
        self, request: Request, content: bytes, body: AttemptBody, tracking: str | None
    ) -> tuple[str, Evaluation]:
        """The id of a validation without a session, which is observed, and what it came to."""
        identity = self.writes.identity(request, "validate.customer", content)
        caller = caller_of(request)
        asked = RequestContext(body.redeemables, body.order, body.customer, metadata=body.metadata)
        known = await self.fresh_view(caller.project)
        found = FoundRedeemables.of(known, asked.redeemables)
        if found.refusal is not None:
            raise ApiError(found.refusal)
        named = named_or_holder(asked.customer, found.offers)
        customer = await self.customer(caller, named, identity)
        at = self.clock_ms()
        if isinstance(customer, Refusal):
            evaluation = fail_all(asked.redeemables, customer)
            customer = None
        else:
            view = self.view_of(caller.project)
            asker = Asker(customer, caller.kind, caller.key_id, login_of(caller))
            evaluation = evaluate_for(view, asked, asker, at)
        customer_id = None if customer is None else customer.id
        details = ValidationDetails(
            evaluation, Asked(body.redeemables, body.order, body.metadata), tracking
        )
        seen = observe_validation(self.make_id(), caller, at, customer_id, details)
        self.observe(seen)
        request.scope[VALIDATION_KEY] = seen.id
        return seen.id, evaluation

    async def release(self, request: Request) -> Response:
        """`DELETE /v1/vouchers/{code}/sessions/{key}`."""
        command = ReleaseSession(
            voucher=read_ident(request, "code"),
            session_key=read_ident(request, "session_key"),
        )
        return await self.writes.write(request, "release", command)

    async def customer(
        self, caller: Caller, named: CustomerInput | None, identity: Identity
    ) -> Customer | Refusal | None:
        """The customer, who is made known first where there is news."""
        if named is None or not any(structs.astuple(named)):
            return None
        asking = probe_command(caller.project, named, self.writes.guest_key(caller.project, named))
        known = know_customer(self.view_of(caller.project), asking, named, 0)
        if isinstance(known, Refusal):
            return known
        if not known.events:
            return known.customer
        record = (await self.writes.decide(caller, UpsertCustomer(named), identity)).record
        if isinstance(record, Conflicted):
            raise ApiError(refuse("idempotency_key_reused"))
        if not isinstance(record, Decided):
            raise ApiError(refuse("command_expired"))
        return record.refusal or customer_of(record)


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


def _decided_session(record: Answer) -> SessionLocked | SessionRefused:
    """What became of a validation with a session."""
    events = record.events if isinstance(record, Decided) else ()
    (event,) = (each for each in events if isinstance(each, SessionLocked | SessionRefused))
    return event


def _single_body(
    view: View,
    asked: Redeemable,
    evaluation: Evaluation,
    kind: KeyKind,
    tracking: str,
    session: Session | None,
) -> dict[str, Any]:
    """The answer of the older endpoints, which validate one redeemable."""
    if asked.object == "voucher":
        return single_validation_body(
            asked.id, evaluation, kind, tracking_id=tracking, session=session
        )
    tier = evaluation.outcomes[0].tier
    campaign = None if tier is None else view.get(tables.CAMPAIGNS, tier.campaign_id)
    return tier_validation_body(
        asked.id,
        evaluation,
        campaign,
        kind,
        tracking_id=tracking,
        categories=() if campaign is None else categories_of(view, campaign.category_id),
        session=session,
    )


def observe_validation(
    validation_id: str,
    caller: Caller,
    at: Millis,
    customer_id: str | None,
    details: ValidationDetails,
) -> ValidationObserved:
    """What analytics counts of a validation, and what audit shows of it."""
    evaluation = details.evaluation
    encoded = _encode(details)
    vouchers = [each.voucher for each in evaluation.outcomes if each.voucher is not None]
    tiers = [each.tier for each in evaluation.outcomes if each.tier is not None]
    campaign_ids = (*(v.campaign_id for v in vouchers), *(tier.campaign_id for tier in tiers))
    return ValidationObserved(
        id=validation_id,
        project=caller.project,
        at=at,
        valid=evaluation.valid,
        key_kind=caller.kind,
        redeemables=tuple(each.id for each in evaluation.outcomes),
        campaign_ids=tuple(dict.fromkeys(each for each in campaign_ids if each)),
        campaign_names=tuple(dict.fromkeys(v.campaign for v in vouchers if v.campaign)),
        failure_codes=tuple(
            each.refusal.key for each in evaluation.outcomes if each.refusal is not None
        ),
        customer_id=customer_id,
        order_amount=evaluation.order.amount if evaluation.order else None,
        details=Raw(encoded) if len(encoded) <= DETAILS_BYTES_MAX else NOTHING,
    )


def probe_command(project: str, named: CustomerInput, guest_key: str | None) -> Command:
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
        email_key=guest_key,
    )
