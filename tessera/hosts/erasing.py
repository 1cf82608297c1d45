"""How the hosts erase: what each of them has of a person, and when all of them have nothing more."""

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack

import httpx
import msgspec

from engine.kernel import tables
from runtime.http.errors import ApiError
from runtime.http.forward import make_client
from runtime.http.internal import KEY_KIND_HEADER, SECRET_HEADER
from runtime.keys.erasing import OWNERS_MAX, PATH, Erasing, run_in_thread
from runtime.log.log import LogError
from runtime.store.store import Store
from tessera.hosts.parts import Replicas

#: How long the answer to forgetting a customer waits for the end of it.
WAIT_SECONDS_MAX = 10.0
LOOK_SECONDS = 0.2
ASK_SECONDS_MAX = 2.0
#: How long the rows of actions that ended stay in the files of states, at least from the second on.
ROWS_SECONDS = 60.0


class StateCleaner:
    """Removes customers, the rows of actions and the filters of exports, from the files of states.

    That rewrites whole states, so actions and exports, which end all the time, wait for one
    another.
    """

    def __init__(
        self,
        stores: Callable[[], Iterable[Store]],
        clock: Callable[[], float] = time.monotonic,
        *,
        drop: Callable[[], None] = lambda: None,
    ) -> None:
        self._stores = stores
        #: Drops states that were rebuilt and are not in use yet.
        self._drop = drop
        self._clock = clock
        self._cleaned_at = -math.inf

    async def clean(self, owners: Sequence[str]) -> Sequence[str]:
        """See `runtime.keys.erasing.Clean`: once no state has them any more. Raises StoreError."""
        stores = list(self._stores())
        gone = [owner for owner in owners if not any(_knows(each, owner) for each in stores)]
        if not gone or not stores:
            return ()
        can_wait = len(owners) < OWNERS_MAX and all(map(_ends_often, gone))
        if can_wait and self._clock() < self._cleaned_at + ROWS_SECONDS:
            return ()

        def compact() -> None:
            self._drop()
            for store in stores:
                store.compact()

        await run_in_thread(compact)
        self._cleaned_at = self._clock()
        return gone


def _ends_often(owner: str) -> bool:
    return owner.partition("/")[2].startswith(("aa_", "exp_"))


def _knows(store: Store, owner: str) -> bool:
    """Whether a state has the customer, or rows of the action."""
    project, _, owner_id = owner.partition("/")
    rows = store.scan(tables.STAGED.prefix(project, owner_id))
    return store.get(tables.CUSTOMERS.key(project, owner_id)) is not None or any(rows)


class Erased:
    """Whether a customer who was forgotten is erased in all hosts."""

    def __init__(
        self,
        replicas: Replicas,
        own: Erasing,
        urls: Mapping[str, str],
        secret: str,
        *,
        wait_seconds: float = WAIT_SECONDS_MAX,
    ) -> None:
        self._replicas = replicas
        self._own = own
        self._urls = urls
        self._headers = {SECRET_HEADER: secret, KEY_KIND_HEADER: "system"}
        self._wait_seconds = wait_seconds

    async def __call__(self, project: str, customer_id: str) -> bool:
        """Waits for the end, within a bound; what is not done by then goes on by itself."""
        try:
            async with asyncio.timeout(self._wait_seconds), AsyncExitStack() as opened:
                made = map(make_client, self._urls.values())
                others = [await opened.enter_async_context(each) for each in made]
                while True:
                    if await self._is_erased(project, customer_id, others):
                        return True
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            return False

    async def _is_erased(
        self, project: str, customer_id: str, others: Sequence[httpx.AsyncClient]
    ) -> bool:
        owner = f"{project}/{customer_id}"
        try:
            if self._replicas.view(project).get(tables.ERASURES, customer_id) is not None:
                return False
            if not await self._own.is_erased(owner):
                return False
            return all(await asyncio.gather(*[self._ask(each, owner) for each in others]))
        except (ApiError, LogError):
            return False

    async def _ask(self, other: httpx.AsyncClient, owner: str) -> bool:
        try:
            answer = await other.get(
                PATH, params={"owner": owner}, headers=self._headers, timeout=ASK_SECONDS_MAX
            )
            return bool(msgspec.json.decode(answer.content)["erased"])
        except (httpx.HTTPError, msgspec.DecodeError, KeyError, TypeError):
            return False
