"""What those are called who ask the API: members and keys of a project, by their ids.

Who may not see them sees ids. What is known of a project is believed for a minute, for all who look
at it and may see it, so that lists do not ask for it with every page.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from services.dashboard.web.asking import Api, ask_quietly

NAMES_SECONDS: Final = 60.0
PROJECTS_KEPT_MAX: Final = 500
#: What ids of people begin with; any other is that of a key.
_PERSON: Final = "user_"
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


class Callers:
    """Names by project, as far as they were asked for."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, Mapping[str, str]]] = {}

    async def find(
        self, api: Api, project: str, privileges: Collection[str], ids: Collection[str]
    ) -> Mapping[str, str]:
        """Names of members and keys; none that the privileges do not show, or cannot be asked."""
        asked = []
        if "team.manage" in privileges and any(each.startswith(_PERSON) for each in ids):
            asked.append(self._find_some(api, project, "users", member_name))
        if "keys.manage" in privileges and any(not each.startswith(_PERSON) for each in ids):
            asked.append(self._find_some(api, project, "keys", key_name))
        names: dict[str, str] = {}
        for each in await asyncio.gather(*asked):
            names |= each
        return names

    async def _find_some(
        self, api: Api, project: str, kind: str, name_of: Callable[[Named], str]
    ) -> Mapping[str, str]:
        known = self._known.get((project, kind))
        if known is not None and known[0] > time.monotonic():
            return known[1]
        body = await ask_quietly(api.get(f"/management/v1/projects/{project}/{kind}"))
        if body is None:
            return {}
        names = {str(each["id"]): name_of(each) for each in body["data"]}
        if len(self._known) >= PROJECTS_KEPT_MAX:
            self._known.clear()
        self._known[project, kind] = (time.monotonic() + NAMES_SECONDS, names)
        return names
