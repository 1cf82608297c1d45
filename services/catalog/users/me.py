"""The own account: who it is, preferences, password, sessions, second factor, what happened."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.projects.body import list_body
from engine.users.body import act_body, me_body, session_body
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.errors import refuse
from schemas.user_commands import (
    ChangePassword,
    DisableTwoFactor,
    EnableTwoFactor,
    EndUserSessions,
    PrepareTwoFactor,
    UpdateUser,
)
from schemas.users import User
from services.catalog.users.bodies import (
    CodeBody,
    CurrentPasswordBody,
    PasswordBody,
    ProfileBody,
)
from services.catalog.users.codes import (
    new_recovery_codes,
    new_secret,
    otpauth_url,
    plain_recovery_code,
    secret_text,
)
from services.catalog.users.control import Control, place_of
from services.catalog.users.guesses import Guesses
from services.catalog.users.passwords import check_password
from services.catalog.users.sign_in import Guard

ME = "/users/v1/me"


class Me:
    """The handlers."""

    def __init__(self, control: Control, guard: Guard, guesses: Guesses) -> None:
        self._control = control
        self._guard = guard
        self._guesses = guesses

    async def get(self, request: Request) -> Response:
        caller, view, user = await self._control.asking(request)
        body = me_body(view, user, caller.session_id, self._control.release)
        return self._control.respond(request, body)

    async def update(self, request: Request, body: ProfileBody) -> Response:
        caller = caller_of(request)
        command = UpdateUser(
            caller.key_id, body.name, body.language, body.theme, body.density, body.release_read
        )
        await self._control.decide(request, caller, command)
        return await self.get(request)

    async def sessions(self, request: Request) -> Response:
        caller, view, user = await self._control.asking(request)
        now = self._control.clock_ms()
        there = [each for each in view.scan(tables.USER_SESSIONS, user.id) if each.ends_at() > now]
        newest = sorted(there, key=lambda each: (each.started_at, each.id), reverse=True)
        bodies = [session_body(each, caller.session_id) for each in newest]
        return self._control.respond(request, list_body(bodies))

    async def end_session(self, request: Request, session_id: str) -> Response:
        caller = caller_of(request)
        command = EndUserSessions(caller.key_id, (session_id,))
        await self._control.decide(request, caller, command)
        return self._control.respond(request, None)

    async def end_others(self, request: Request) -> Response:
        caller = caller_of(request)
        command = EndUserSessions(caller.key_id, but=caller.session_id)
        await self._control.decide(request, caller, command)
        return self._control.respond(request, None)

    async def change_password(self, request: Request, body: PasswordBody) -> Response:
        caller, _, user = await self._control.asking(request)
        check_password(body.new_password, user.email, "new_password")
        await self._check_current(request, user, body.current_password)
        if body.new_password == body.current_password:
            raise invalid_payload("Property `.new_password` must be another one")
        hashed = await self._guard.passwords.hash(body.new_password)
        command = ChangePassword(
            user.id, hashed, user.credentials, caller.session_id, place_of(request)
        )
        await self._control.decide(request, caller, command)
        return self._control.respond(request, None)

    async def prepare_two_factor(self, request: Request, body: CurrentPasswordBody) -> Response:
        caller, _, user = await self._control.asking(request)
        await self._check_current(request, user, body.password)
        secret = new_secret()
        command = PrepareTwoFactor(user.id, self._guard.factors.seal(user.id, secret))
        await self._control.decide(request, caller, command)
        shown = {"secret": secret_text(secret), "otpauth_url": otpauth_url(secret, user.email)}
        return self._control.respond(request, shown)

    async def confirm_two_factor(self, request: Request, body: CodeBody) -> Response:
        caller, _, user = await self._control.asking(request)
        factor = user.two_factor
        if factor is None or factor.enabled_at is not None:
            raise invalid_payload("There is no second factor to be confirmed")
        code, now = "".join(body.code.split()), self._control.clock_ms()
        step = self._guard.factors.find_step(user.id, factor.box, code, now)
        if step is None:
            raise invalid_payload("Property `.code` is not the code of this moment")
        codes = new_recovery_codes()
        hashes = tuple(
            self._control.secrets.hash_token(plain_recovery_code(each)) for each in codes
        )
        command = EnableTwoFactor(user.id, user.credentials, step, hashes, place_of(request))
        await self._control.decide(request, caller, command)
        return self._control.respond(request, {"recovery_codes": codes})

    async def disable_two_factor(self, request: Request, body: CurrentPasswordBody) -> Response:
        caller, _, user = await self._control.asking(request)
        await self._check_current(request, user, body.password)
        command = DisableTwoFactor(user.id, user.credentials, place_of(request))
        await self._control.decide(request, caller, command)
        return self._control.respond(request, None)

    async def activity(self, request: Request) -> Response:
        _, view, user = await self._control.asking(request)
        known = view.get(tables.USER_ACTIVITIES, user.id)
        acts = () if known is None else reversed(known.acts)
        return self._control.respond(request, list_body([act_body(each) for each in acts]))

    async def _check_current(self, request: Request, user: User, password: str) -> None:
        """Raises ApiError unless it is the user's password; a guess is one as at sign-in."""
        guess = self._guesses.begin(request, await self._control.view(), user.email, user)
        if not await self._guard.passwords.matches(password, user.password_hash):
            self._guesses.record_failure(request, user)
            raise ApiError(refuse("wrong_password"))
        guess.take_back()


def me_router(me: Me) -> APIRouter:
    """`/users/v1/me` and what lies below it."""
    router = management_router("users")

    @router.get(ME)
    async def get_me(request: Request) -> Response:
        return await me.get(request)

    @router.put(ME)
    async def update_me(request: Request, body: ProfileBody) -> Response:
        return await me.update(request, body)

    @router.get(f"{ME}/sessions")
    async def list_sessions(request: Request) -> Response:
        return await me.sessions(request)

    @router.delete(f"{ME}/sessions")
    async def end_others(request: Request) -> Response:
        return await me.end_others(request)

    @router.delete(f"{ME}/sessions/{{session_id:ident}}")
    async def end_session(request: Request, session_id: Captured) -> Response:
        return await me.end_session(request, session_id)

    @router.post(f"{ME}/password")
    async def change_password(request: Request, body: PasswordBody) -> Response:
        return await me.change_password(request, body)

    @router.post(f"{ME}/two-factor")
    async def prepare_two_factor(request: Request, body: CurrentPasswordBody) -> Response:
        return await me.prepare_two_factor(request, body)

    @router.post(f"{ME}/two-factor/confirm")
    async def confirm_two_factor(request: Request, body: CodeBody) -> Response:
        return await me.confirm_two_factor(request, body)

    @router.delete(f"{ME}/two-factor")
    async def disable_two_factor(request: Request, body: CurrentPasswordBody) -> Response:
        return await me.disable_two_factor(request, body)

    @router.get(f"{ME}/activity")
    async def list_activity(request: Request) -> Response:
        return await me.activity(request)

    return router
