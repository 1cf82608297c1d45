"""What those are called who ask the API: members and keys of a project, by their ids.

Who may not read logs sees ids. What is known of a project is believed for a minute, for all who look
at it and may see it, so that lists do not ask for it with every page.
"""

import time
from collections.abc import Collection, Mapping
from typing import Any, Final

from services.dashboard.web.asking import Api, ask_quietly

NAMES_SECONDS: Final = 60.0
PROJECTS_KEPT_MAX: Final = 500
#: The privilege of whoever may read who called.
NEEDS: Final = "audit.read"
#: Kinds of keys, in words.
KEY_WORDS: Final[Mapping[str, str]] = {
    "server": "Server",
    "client": "Client",
    "management": "Management",
}

Named = Mapping[str, Any]


def key_name(key: Named) -> str:
    """The name of a key, else where it came from."""
    return str(key.get("name") or f"{KEY_WORDS.get(key['kind'], key['kind'])}, of the project")


def member_name(member: Named) -> str:
    """How somebody is called, else the address."""
    return str(member.get("name") or member.get("email") or member.get("login") or member["id"])


def caller_name(caller: Named) -> str:
    """How the API says that somebody who called it is called, else what that is."""
    return key_name(caller) if caller["kind"] != "user" else member_name(caller)


class Callers:
    """Names by project, as far as they were asked for."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Mapping[str, str]]] = {}

    async def find(
        self, api: Api, project: str, privileges: Collection[str], ids: Collection[str]
    ) -> Mapping[str, str]:
        """Names of members and keys; none that the privileges do not show, or cannot be asked."""
        if not ids or NEEDS not in privileges:
            return {}
        known = self._known.get(project)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        body = await ask_quietly(api.get(f"/management/v1/projects/{project}/callers"))
        if body is None:
            return {}
        names = {str(each["id"]): caller_name(each) for each in body["data"]}
        if len(self._known) >= PROJECTS_KEPT_MAX:
            self._known.clear()
        self._known[project] = (time.monotonic() + NAMES_SECONDS, names)
        return names
