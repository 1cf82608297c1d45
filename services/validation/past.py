"""What a validation or a qualification would have been answered at some time: `as_of`.

The fronts stand over a state of then as they stand over that of now. What they would have had
decided is decided by the same core and folded into an overlay that ends with the request, so
nothing is observed, nothing is held and nobody is made known.
"""

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.answers.answer import render_answer
from engine.decide import decide
from engine.evolve import evolve
from engine.kernel import tables
from engine.kernel.calendar import iso
from engine.kernel.encode import to_json
from engine.kernel.overlay import ProjectState
from fronts.query_string import invalid_parameter
from fronts.writes import Writes
from runtime.http.payload import HotRequest
from runtime.http.service import Service
from runtime.replica.command_sender import Answered
from schemas.base import Millis, tag_of
from schemas.commands import Command, CommandBody
from schemas.projects import KeyKind
from schemas.records import Decided
from services.validation.as_of import AS_OF, AsOf, Serve, read_as_of
from services.validation.front import Validations
from services.validation.promotions import Promotions
from services.validation.qualification import Qualifications

#: What is asked of a state of then, by its path.
PATHS: Final = (
    "/v1/validations",
    "/v1/vouchers/{code:ident}/validate",
    "/v1/promotions/validation",
    "/v1/promotions/tiers/{tier:ident}/validation",
    "/v1/qualifications",
    "/v1/vouchers/qualification",
    "/v1/campaigns/qualification",
)


class Then(NamedTuple):
    """A project's state as it was, and the time that it was then."""

    state: ProjectState
    now: Millis


#: The state of then for a request. Raises ApiError.
OpenThen = Callable[[Request, AsOf], AbstractAsyncContextManager[Then]]


def require_known_then(then: Then) -> None:
    """Raises ApiError where nothing was known of the project then."""
    if then.state.get(tables.OPENED, then.state.project) is None:
        raise invalid_parameter(
            AS_OF, f"lies before the first record of the project: {iso(then.now)}"
        )


def past_service(open_then: OpenThen, idempotency_key: bytes, tracking_key: bytes) -> Service:
    """The endpoints that answer as of then, to be mounted in the host that has states of then."""
    asked = _PastFronts(open_then, idempotency_key, tracking_key)
    return Service("past", routes=[Route(path, asked.answer, methods=["POST"]) for path in PATHS])


class _PastFronts:
    def __init__(self, open_then: OpenThen, idempotency_key: bytes, tracking_key: bytes) -> None:
        self._open_then = open_then
        self._idempotency_key = idempotency_key
        self._tracking_key = tracking_key

    async def answer(self, request: Request) -> Response:
        """The answer of then. Raises ApiError."""
        as_of = read_as_of(request)
        async with self._open_then(request, as_of) as then:
            require_known_then(then)
            return await self._endpoint(then, request.scope["path"])(_without_as_of(request))

    def _endpoint(self, then: Then, path: str) -> Serve:
        state, now = then.state.trial(), then.now

        async def fresh_view(_: str) -> ProjectState:
            return state

        writes = Writes(_Decides(state, now), self._idempotency_key, render_answer, to_json)
        validations = Validations(
            writes,
            lambda _: state,
            fresh_view,
            lambda _: None,
            self._tracking_key,
            clock_ms=lambda: now,
            make_id=lambda: f"valid_{os.urandom(9).hex()}",
        )
        qualifications = Qualifications(writes, fresh_view, self._tracking_key, lambda: now)
        match path.rsplit("/", 2):
            case [*_, "v1", "validations"]:
                return validations.validate
            case [*_, "v1", "qualifications"]:
                return qualifications.qualify
            case [*_, "vouchers", "qualification"]:
                return qualifications.vouchers
            case [*_, "campaigns", "qualification"]:
                return qualifications.campaigns
            case [*_, "promotions", "validation"]:
                return Promotions(validations).validate
            case [*_, "validate"]:
                return validations.validate_voucher
            case _:
                return validations.validate_tier


class _Decides:
    """A `CommandSender` that decides over a state that nobody else sees."""

    def __init__(self, state: ProjectState, now: Millis) -> None:
        self._state = state
        self._now = now

    async def send(
        self,
        project: str,
        body: CommandBody,
        *,
        key_kind: KeyKind,
        channel: str = "API",
        channel_id: str = "",
        command_id: str | None = None,
        fingerprint: str = "",
        email_key: str | None = None,
        login: str | None = None,
    ) -> Answered:
        command = Command(
            id=command_id or "cmd_then",
            project=project,
            sent_at=self._now,
            deadline=self._now,
            seed=os.urandom(16).hex(),
            key_kind=key_kind,
            fingerprint=fingerprint,
            body=body,
            channel=channel,
            channel_id=channel_id,
            email_key=email_key,
            login=login,
        )
        decision = decide(self._state, command, self._now)
        record = Decided(
            command_offset=-1,
            at=self._now,
            command_id=command.id,
            command_type=tag_of(type(body)),
            project=project,
            fingerprint=fingerprint,
            events=decision.events,
            refusal=decision.refusal,
            customer=decision.customer,
            assignments=decision.assignments,
            categories=decision.categories,
            effects=decision.effects,
            key_kind=key_kind,
        )
        evolve(self._state, record, -1)
        return Answered(record, -1, -1)


def _without_as_of(request: Request) -> Request:
    """The request as it would have been sent then."""
    pairs = request.scope["query_string"].split(b"&")
    kept = [each for each in pairs if unquote_plus(each.decode("latin-1")).split("=")[0] != AS_OF]
    return HotRequest({**request.scope, "query_string": b"&".join(kept)}, request.receive)
