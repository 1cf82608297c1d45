"""Who is signed in, as the API says it, known anew every second."""

import asyncio
import time
from typing import Final

import httpx

from services.dashboard.web.asking import Api
from services.dashboard.web.visit import Me, read_me

#: How long what the API says of a session is believed: as long as of a key.
ME_SECONDS: Final = 1.0
ME_KEPT_MAX: Final = 2_000


class People:
    """Who is signed in, by session; known anew every second."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._known: dict[str, tuple[float, Me]] = {}
        #: What is being asked, so that many pages of a session ask once.
        self._asking: dict[str, asyncio.Task[Me]] = {}

    async def find(self, token: str, agent: str) -> Me:
        """Whose session it is. Raises ApiFault."""
        known = self._known.get(token)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        asking = self._asking.get(token)
        if asking is None:
            asking = asyncio.create_task(self._ask(token, agent))
            self._asking[token] = asking
            asking.add_done_callback(lambda _: self._asking.pop(token, None))
        return await asyncio.shield(asking)

    async def _ask(self, token: str, agent: str) -> Me:
        me = read_me(await Api(self._client, token, None, agent).get("/users/v1/me"))
        if len(self._known) >= ME_KEPT_MAX:
            self._known.clear()
        self._known[token] = (time.monotonic() + ME_SECONDS, me)
        return me

    def forget(self, token: str) -> None:
        """Asks anew at the next visit: something of the person or the session changed."""
        self._known.pop(token, None)
