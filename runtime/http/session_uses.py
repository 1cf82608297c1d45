"""When sessions were used last: known at once where they are used."""

from typing import Final, NamedTuple

from schemas.base import Millis
from schemas.users import HOUR_MS, SESSION_IDLE_MS, UserSession

#: How much later than told a use is told again.
TOLD_MS: Final = HOUR_MS
#: How many are told in one command.
TOLD_MAX: Final = 500


class _Use(NamedTuple):
    user_id: str
    told_at: Millis
    at: Millis


class SessionUses:
    """The uses of sessions that are known; no more than there are sessions."""

    def __init__(self) -> None:
        self._uses: dict[str, _Use] = {}

    def last(self, session_id: str) -> Millis:
        """When a session was used last, as far as it is known here; else 0."""
        found = self._uses.get(session_id)
        return 0 if found is None else found.at

    def note(self, session: UserSession, now: Millis) -> None:
        """A session is used."""
        self._uses[session.id] = _Use(session.user_id, session.last_used_at, now)

    def untold(self, now: Millis) -> list[tuple[str, str, Millis]]:
        """What the ledger is to be told: user, session, time. Those that are over are dropped."""
        for session_id in [key for key, use in self._uses.items() if _is_over(use, now)]:
            del self._uses[session_id]
        found = [
            (use.user_id, session_id, use.at)
            for session_id, use in self._uses.items()
            if use.at - use.told_at >= TOLD_MS
        ]
        return found[:TOLD_MAX]

    def note_told(self, told: list[tuple[str, str, Millis]]) -> None:
        """The ledger knows these uses."""
        for user_id, session_id, at in told:
            use = self._uses.get(session_id)
            if use is not None:
                self._uses[session_id] = _Use(user_id, at, use.at)


def _is_over(use: _Use, now: Millis) -> bool:
    return use.at + SESSION_IDLE_MS <= now
