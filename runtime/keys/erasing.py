"""What a host does when keys are destroyed: it removes what its own files hold of them.

Every host folds the customers' keys, so each of them notices by itself, and notes it until it is
done (runtime/keys/keyring.py): a host that was away, or died over it, goes on when it is back.
`clean` removes what the host has beside the keys; it may say that it is too early, and is asked
again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.http.errors import JSON, unavailable
from runtime.http.service import Service
from runtime.keys.keyring import Keyring
from runtime.log.log import LogError
from runtime.store.store import StoreError

#: How many owners are cleaned up after at a time.
OWNERS_MAX = 500
#: How often those are looked at of whom something is left.
PERIOD_SECONDS = 0.5
PATH = "/internal/erased"

#: Removes what is left of these owners; gives those of whom nothing is.
Clean = Callable[[Sequence[str]], Awaitable[Sequence[str]]]

log = structlog.get_logger(__name__)


class Erasing:
    """Cleans up after owners whose keys were destroyed. Give `service` to the host."""

    def __init__(self, keyring: Keyring, clean: Clean) -> None:
        self._keyring = keyring
        self._clean = clean

    @property
    def service(self) -> Service:
        """The task, and what other hosts ask."""
        return Service(
            "erasing",
            routes=(Route(PATH, self._answer, methods=["GET"]),),
            tasks={"erase": self._run},
        )

    async def is_erased(self, owner: str) -> bool:
        """Whether nothing of the owner can be read in this host any more. Raises LogError."""
        await self._keyring.catch_up()
        return self._keyring.is_forgotten(owner)

    async def clean_up(self) -> int:
        """Cleans up once; how many owners are left."""
        noted = self._keyring.forgotten_owners()
        owners = noted[:OWNERS_MAX]
        if not owners:
            return 0
        cleaned = await self._clean(owners)
        if cleaned:
            await run_in_thread(self._keyring.compact)
            self._keyring.note_cleaned(cleaned)
            log.info("erased", owners=len(cleaned), left=len(noted) - len(cleaned))
        return len(noted) - len(cleaned)

    async def _run(self) -> None:
        noted = self._keyring.noted
        while True:
            noted.clear()
            left = 1
            try:
                left = await self.clean_up()
            except StoreError as fault:
                log.warning("not erased yet", reason=str(fault))
            with suppress(TimeoutError):
                async with asyncio.timeout(PERIOD_SECONDS if left else None):
                    await noted.wait()

    async def _answer(self, request: Request) -> Response:
        """Whether the owner that is asked for is erased here. Raises ApiError 503."""
        try:
            erased = await self.is_erased(request.query_params.get("owner", ""))
        except LogError as fault:
            raise unavailable("The customers' keys cannot be read") from fault
        return Response(msgspec.json.encode({"erased": erased}), media_type=JSON)


async def run_in_thread(call: Callable[[], None]) -> None:
    """Waits for the call, which blocks, to its end, also when it is cancelled meanwhile.

    So nothing that it uses is closed under it.
    """
    future = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait((future,))
        raise
