"""What the host that has the log of calls knows, as the one that faces clients asks it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx
import msgspec
import structlog

from runtime.http.internal import KEY_KIND_HEADER, PROJECT_HEADER, SECRET_HEADER
from schemas.base import Millis

KEYS_PATH: Final = "/internal/keys/used"
ERRORS_PATH: Final = "/internal/api-errors"
#: How long whoever asks waits; then it does without.
ASK_SECONDS_MAX: Final = 3.0

log = structlog.get_logger(__name__)
_used = msgspec.json.Decoder(dict[str, int])
_errors = msgspec.json.Decoder(dict[str, list[dict[str, Any]]])


class InsightAsked:
    """Asks that host; None where it does not answer."""

    def __init__(self, client: httpx.AsyncClient, secret: str) -> None:
        self._client = client
        self._headers = {SECRET_HEADER: secret, KEY_KIND_HEADER: "system"}

    async def keys_used(self, project: str) -> Mapping[str, Millis] | None:
        """When the keys of a project were used last, by id."""
        told: Mapping[str, Millis] | None = await self._ask(KEYS_PATH, project, _used)
        return told

    async def errors(self, project: str) -> Sequence[dict[str, Any]] | None:
        """Which calls of a project failed in the last day, newest first."""
        told = await self._ask(ERRORS_PATH, project, _errors)
        errors: Sequence[dict[str, Any]] | None = None if told is None else told["errors"]
        return errors

    async def _ask(self, path: str, project: str, decoder: msgspec.json.Decoder[Any]) -> Any:
        headers = self._headers | {PROJECT_HEADER: project}
        try:
            answer = await self._client.get(path, headers=headers, timeout=ASK_SECONDS_MAX)
            answer.raise_for_status()
            return decoder.decode(answer.content)
        except (httpx.HTTPError, msgspec.MsgspecError) as fault:
            log.warning("calls not known", path=path, reason=type(fault).__name__)
            return None
