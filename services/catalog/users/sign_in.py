"""Signing in and out.

A wrong password and an unknown address are answered alike, after as long a time.
"""

from typing import NamedTuple

from fastapi import APIRouter
from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.calendar import iso
from engine.users.body import me_body
from engine.users.store import find_user_by_email
from runtime.base.secrets import Secrets
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, management_router
from schemas.errors import Refusal, refuse
from schemas.user_commands import EndUserSessions, Place, StartUserSession
from schemas.user_events import UserSignedIn
from schemas.users import User
from services.catalog.users.bodies import SignInBody, normalise_email
from services.catalog.users.codes import DIGITS, SecondFactors, plain_recovery_code
from services.catalog.users.control import Control, place_of, user_caller
from services.catalog.users.guesses import Guesses
from services.catalog.users.passwords import Passwords
from services.catalog.users.throttle import Throttle

SESSIONS = "/users/v1/sessions"


class Guard(NamedTuple):
    """What checks who somebody is."""

    passwords: Passwords
    factors: SecondFactors
    throttle: Throttle


def make_guard(secrets: Secrets) -> Guard:
    """The guard of one host; it has to be the same for all that checks there."""
    return Guard(Passwords(), SecondFactors(secrets.second_factors), Throttle())


class SigningIn:
    """The handlers."""

    def __init__(self, control: Control, guard: Guard, guesses: Guesses) -> None:
        self._control = control
        self._guard = guard
        self._guesses = guesses

    async def sign_in(self, request: Request, body: SignInBody) -> Response:
        place = place_of(request)
        email = _email_in(body.email)
        view = await self._control.view()
        user = find_user_by_email(view, email)
        guess = self._guesses.begin(request, view, email, user)
        stored = None if user is None else user.password_hash
        if not await self._guard.passwords.matches(body.password, stored) or user is None:
            if user is None:
                self._guesses.record_nobody(request, email, guess)
            else:
                self._guesses.record_failure(request, user)
            raise ApiError(refuse("invalid_credentials"))
        token = self._control.new_token()
        command = self._session(user, body.code, token, place)
        if isinstance(command, Refusal):
            if command.key == "second_factor_required":
                guess.take_back()
            else:
                self._guesses.record_failure(request, user)
            raise ApiError(command)
        record = await self._control.decide(request, user_caller(user.id), command)
        guess.succeed()
        begun = next(each for each in record.events if isinstance(each, UserSignedIn))
        view = await self._control.view()
        found = view.get(tables.USERS, user.id) or begun.user
        return self._control.respond(
            request,
            {
                "token": token,
                "session_id": begun.session.id,
                "expires_at": iso(begun.session.expires_at),
                "user": me_body(view, found, begun.session.id, self._control.release),
            },
        )

    async def sign_out(self, request: Request) -> Response:
        caller = caller_of(request)
        command = EndUserSessions(caller.key_id, (caller.session_id,))
        await self._control.decide(request, caller, command)
        return self._control.respond(request, None)

    def _session(
        self, user: User, code: str | None, token: str, place: Place
    ) -> StartUserSession | Refusal:
        """The session of somebody whose password is right, or why there is none yet."""
        token_hash = self._control.secrets.hash_token(token)
        release = self._control.release
        begun = StartUserSession(user.id, token_hash, user.credentials, place, release=release)
        factor = user.two_factor
        if factor is None or factor.enabled_at is None:
            return begun
        if code is None:
            return refuse("second_factor_required")
        typed = "".join(code.split())
        if len(typed) == DIGITS and typed.isascii() and typed.isdigit():
            now = self._control.clock_ms()
            step = self._guard.factors.find_step(user.id, factor.box, typed, now)
            if step is None or step <= factor.step:
                return refuse("invalid_code")
            return structs.replace(begun, step=step)
        recovery = self._control.secrets.hash_token(plain_recovery_code(code))
        if recovery not in factor.recovery:
            return refuse("invalid_code")
        return structs.replace(begun, recovery=recovery)


def sign_in_router(signing_in: SigningIn) -> APIRouter:
    """`/users/v1/sessions`."""
    router = management_router("users")

    @router.post(SESSIONS)
    async def sign_in(request: Request, body: SignInBody) -> Response:
        return await signing_in.sign_in(request, body)

    @router.delete(f"{SESSIONS}/current")
    async def sign_out(request: Request) -> Response:
        return await signing_in.sign_out(request)

    return router


def _email_in(text: str) -> str:
    """As addresses are stored; what is none is nobody's."""
    try:
        return normalise_email(text)
    except ValueError:
        return ""
