"""The keys and origins that the edge asks for, from the replica of the control project."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from engine.kernel import tables
from engine.kernel.state import View
from engine.users.store import lacks_second_factor, privileges_in
from runtime.base.clock import clock_ms
from runtime.http.auth import KnownKey
from runtime.http.session_uses import SessionUses
from runtime.http.sessions import SignedIn
from schemas.base import Millis
from schemas.projects import CONTROL_PROJECT, Project

#: The client-side endpoints that a project can switch off, and the setting that does.
_FLAGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/client/v1/redemptions": "client_redeem_enabled",
        "/client/v1/redeem": "client_redeem_enabled",
        "/client/v1/publish": "client_publish_enabled",
    }
)


class KeyDirectory:
    """A `Directory` (runtime/http/auth.py) over state.

    A key of a project that is not yet open in its own partition does not work yet. `is_younger`
    waits, bounded, until the control project is known as of so many seconds ago at least.
    """

    def __init__(
        self,
        view_of: Callable[[str], View],
        is_younger: Callable[[float], Awaitable[bool]],
        uses: SessionUses,
        clock_ms: Callable[[], Millis] = clock_ms,
    ) -> None:
        self._view_of = view_of
        self._clock_ms = clock_ms
        self._is_younger = is_younger
        self._uses = uses

    def key(self, key_id: str) -> KnownKey | None:
        found = self._view_of(CONTROL_PROJECT).get(tables.KEYS, key_id)
        if found is None or not found.works(self._clock_ms()):
            return None
        if self._view_of(found.project_id).get(tables.OPENED, found.project_id) is None:
            return None
        return KnownKey(found.project_id, found.kind, found.token_hash, found.scopes)

    def is_revoked(self, token_id: str) -> bool:
        view = self._view_of(CONTROL_PROJECT)
        return view.get(tables.REVOKED_TOKENS, token_id) is not None

    def trusts(self, project: str, origins: frozenset[str]) -> bool:
        found = self._view_of(CONTROL_PROJECT).get(tables.PROJECTS, project)
        return found is not None and _trusts(found, origins)

    def permits(self, project: str, path: str) -> bool:
        flag = _FLAGS.get(path)
        if flag is None:
            return True
        found = self._view_of(CONTROL_PROJECT).get(tables.PROJECTS, project)
        return found is not None and bool(getattr(found.terms, flag))

    def anyone_trusts(self, origins: frozenset[str]) -> bool:
        projects = self._view_of(CONTROL_PROJECT).scan(tables.PROJECTS)
        return any(each.deleted_at is None and _trusts(each, origins) for each in projects)

    def session(self, token_hash: str, now: Millis) -> SignedIn | None:
        view = self._view_of(CONTROL_PROJECT)
        place = view.get(tables.USER_TOKENS, token_hash)
        session = None if place is None else view.get(tables.USER_SESSIONS, *place)
        user = None if place is None else view.get(tables.USERS, place[0])
        if session is None or user is None:
            return None
        if session.ends_at(self._uses.last(session.id)) <= now:
            return None
        self._uses.note(session, now)
        return SignedIn(user.id, session.id, user.email, user.must_change_password)

    def privileges(self, user_id: str, project: str) -> frozenset[str] | None:
        control = self._view_of(CONTROL_PROJECT)
        user = control.get(tables.USERS, user_id)
        found = control.get(tables.PROJECTS, project)
        if user is None or found is None or found.deleted_at is not None:
            return None
        if project not in user.memberships:
            return None
        if self._view_of(project).get(tables.OPENED, project) is None:
            return None
        return privileges_in(control, user, project)

    def lacks_second_factor(self, user_id: str, project: str) -> bool:
        control = self._view_of(CONTROL_PROJECT)
        user = control.get(tables.USERS, user_id)
        return user is not None and lacks_second_factor(control, user, project)

    async def is_younger(self, seconds_max: float) -> bool:
        return await self._is_younger(seconds_max)


def _trusts(project: Project, origins: frozenset[str]) -> bool:
    return any(each.lower() in origins for each in project.trusted_origins)
