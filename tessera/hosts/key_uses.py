"""When keys were used last, as the host that has the log of calls knows it."""

from collections.abc import Mapping

import httpx
import msgspec
import structlog

from runtime.http.internal import KEY_KIND_HEADER, PROJECT_HEADER, SECRET_HEADER
from schemas.base import Millis

PATH = "/internal/keys/used"
#: How long a list of keys waits; then it does without.
ASK_SECONDS_MAX = 3.0

log = structlog.get_logger(__name__)
_used = msgspec.json.Decoder(dict[str, int])


class KeyUses:
    """Asks that host; see `services.catalog.projects.api_keys.KeysUsed`."""

    def __init__(self, client: httpx.AsyncClient, secret: str) -> None:
        self._client = client
        self._secret = secret

    async def __call__(self, project: str) -> Mapping[str, Millis] | None:
        headers = {
            SECRET_HEADER: self._secret,
            KEY_KIND_HEADER: "system",
            PROJECT_HEADER: project,
        }
        try:
            answer = await self._client.get(PATH, headers=headers, timeout=ASK_SECONDS_MAX)
            answer.raise_for_status()
            return _used.decode(answer.content)
        except (httpx.HTTPError, msgspec.MsgspecError) as fault:
            log.warning("uses of keys not known", reason=type(fault).__name__)
            return None
