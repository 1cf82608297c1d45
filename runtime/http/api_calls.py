"""The log of API calls: one observation for each call that a key made, behind its answer.

The edge notes a call in memory, which costs it about a microsecond; a task writes what was noted
to the topic `api-calls`, some hundred calls in one record. Only so many calls may wait: beyond
that they are dropped and counted. A call says who asked for what and what became of it: no tokens,
and in path and query nothing that may name a person. A body is kept where it is of no person
(runtime/http/call_bodies.py), and of any the names of what nobody read (runtime/http/ignored.py);
what was decided of a call is in the record of the ledger, or in the validation, that it names.
"""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

import msgspec
import structlog

from runtime.http.auth import Caller
from runtime.http.call_bodies import BODY_NOTED_MAX, BUSY, LARGE, MASK, SentBody, mask_body
from runtime.http.service import Part, Service
from runtime.log.log import Entry, LogError, Unsent
from runtime.log.sender import EntrySender
from schemas.base import tag_of
from schemas.observations import ApiCall, ApiCallsObserved
from schemas.paths import PATH_WORDS, PERSONAL_PARAMETERS, PERSONAL_SEGMENTS, SECRET_PARAMETERS
from schemas.topics import API_CALLS

WAITING_MAX: Final = 20_000
#: How many calls a record has at most.
RECORD_CALLS_MAX: Final = 500
#: How many bytes of bodies it has at most, and how many may wait in all. Between two records others
#: have their turn, and masking 16 KiB takes some 2 ms: so it is that of two of the largest.
RECORD_BODY_BYTES_MAX: Final = 2 * BODY_NOTED_MAX
BODY_BYTES_WAITING_MAX: Final = 8 * 1024 * 1024
FLUSH_SECONDS: Final = 0.5
#: How much of a path is kept.
PATH_LENGTH_MAX: Final = 200
#: How much of a path and of a header waits with a call: more than either can matter, and far less
#: than a head may hold.
PATH_NOTED_MAX: Final = 2048
HEADER_NOTED_MAX: Final = 320
QUERY_NOTED_MAX: Final = 2048
#: How much of a query is kept.
QUERY_LENGTH_MAX: Final = 1000
#: Under which name a request's scope says which record answered it, and what stands for none.
RECORD_KEY: Final = "tessera.record"
#: and which validation was observed of it.
VALIDATION_KEY: Final = "tessera.validation"
#: and what was decided of it for another project.
OTHER_KEY: Final = "tessera.other"
NO_RECORD: Final = -1
#: What a client is that does not say, and what it or its site is that says something unheard of.
CHANNEL: Final = b"API"
OTHER: Final = "other"
ID: Final = "{id}"

#: `JS-SDK`, `Java-SDK`, `WOO_COMMERCE`; what a client calls itself may be anything.
_CHANNEL: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9 ._/+-]{0,63}")
#: `https://shop.test:8443`, `capacitor://localhost`, and what a browser says that hides its site.
#: The words of a parameter's name, `filters[source_id][conditions][$is]`, and an id of ours.
_WORDS: Final = re.compile(r"[a-z_]+")
_OWN_CUSTOMER: Final = re.compile(r"cust_[0-9a-f]{1,64}")
_ORIGIN: Final = re.compile(rb"null|[A-Za-z][A-Za-z0-9+.-]{0,31}://[A-Za-z0-9._:\[\]-]{1,260}")

log = structlog.get_logger(__name__)
_encode = msgspec.json.Encoder().encode
_TYPE: Final = tag_of(ApiCallsObserved).encode()


class Noted(NamedTuple):
    """A call as the edge knows it; what is shown of it is made later."""

    caller: Caller
    request_id: str
    method: str
    path: str
    status: int
    #: When it was answered, since 1970, and how long that took.
    ended: float
    seconds: float
    #: The headers `origin` and `x-voucherify-channel`, where there are any.
    origin: bytes | None = None
    channel: bytes | None = None
    #: What nobody read of the body, as the answer told.
    ignored: tuple[str, ...] = ()
    query: bytes = b""
    #: The offset of the record that answered.
    record: int = NO_RECORD
    #: What came of a body that may be kept; nothing where it is not.
    body: bytes = b""
    unkept: str = ""
    #: The id of the validation that was observed.
    validation: str = ""
    #: The record of another project.
    other: str = ""


class ApiCalls:
    """Notes calls and writes them, in the background. Give `service` to the host."""

    def __init__(
        self,
        sender: EntrySender,
        partition_of: Callable[[str], int],
        *,
        waiting_max: int = WAITING_MAX,
        flush_seconds: float = FLUSH_SECONDS,
    ) -> None:
        #: Calls that were not recorded, because too many waited or the log was in doubt.
        self.dropped = 0
        self._sender = sender
        self._partition_of = partition_of
        self._waiting_max = waiting_max
        self._flush_seconds = flush_seconds
        self._waiting: deque[Noted] = deque()
        self._told = 0
        self._body_bytes = 0

    @property
    def service(self) -> Service:
        """The task that writes, and its health."""

        @asynccontextmanager
        async def lifespan() -> AsyncIterator[None]:
            yield
            await self.flush()

        return Service(
            "api-calls", tasks={"write": self._run}, lifespan=lifespan, health=self.health
        )

    def note(self, noted: Noted) -> None:
        """Takes a call, or counts it as dropped."""
        if len(self._waiting) >= self._waiting_max:
            self.dropped += 1
            return
        if noted.body:
            if self._body_bytes + len(noted.body) > BODY_BYTES_WAITING_MAX:
                noted = noted._replace(body=b"", unkept=BUSY)
            self._body_bytes += len(noted.body)
        self._waiting.append(noted)

    def health(self) -> Mapping[str, Part]:
        """Says how many calls were dropped, as long as they are."""
        full = len(self._waiting) >= self._waiting_max
        return {"api-calls": Part(f"{self.dropped} calls are not recorded") if full else Part()}

    async def flush(self) -> None:
        """Writes what waits, once; what surely did not reach the log waits on."""
        noted, self._waiting, self._body_bytes = self._waiting, deque(), 0
        by_project: dict[str, list[Noted]] = {}
        for each in noted:
            by_project.setdefault(each.caller.project, []).append(each)
        for project, calls in by_project.items():
            for part in _parts(calls):
                await self._write(project, part)
        if self.dropped > self._told:
            log.warning("API calls not recorded", calls=self.dropped - self._told)
            self._told = self.dropped

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._flush_seconds)
            if self._waiting:
                await self.flush()

    async def _write(self, project: str, calls: list[Noted]) -> None:
        value = _encode(ApiCallsObserved(project, tuple(map(as_call, calls))))
        entry = Entry(project.encode(), value, (("type", _TYPE), ("version", b"1")))
        try:
            await self._sender.send(API_CALLS, self._partition_of(project), entry)
        except Unsent:
            for each in calls:
                self.note(each)
        except LogError:
            # it may be there: a call is rather missed than told twice
            self.dropped += len(calls)


def _parts(calls: list[Noted]) -> Iterator[list[Noted]]:
    """The calls in the order in which they came, as many together as a record holds."""
    part: list[Noted] = []
    room = RECORD_BODY_BYTES_MAX
    for call in calls:
        if part and (len(part) == RECORD_CALLS_MAX or len(call.body) > room):
            yield part
            part, room = [], RECORD_BODY_BYTES_MAX
        part.append(call)
        room -= len(call.body)
    if part:
        yield part


def sent_of(body: SentBody | None) -> tuple[bytes, str]:
    """What is noted of a body that passed by, and why it is nothing though there was one."""
    if body is None:
        return b"", ""
    return body.content, LARGE if body.is_large else ""


def as_call(noted: Noted) -> ApiCall:
    """The call as it is kept."""
    path, route = mask_path(noted.path)
    body, unkept = mask_body(noted.body) if noted.body else ("", noted.unkept)
    channel = _known_form(noted.channel or CHANNEL, _CHANNEL)
    return ApiCall(
        noted.request_id,
        max(0, int((noted.ended - noted.seconds) * 1000)),
        noted.method,
        path,
        route,
        noted.status,
        int(noted.seconds * 1_000_000),
        noted.caller.key_id,
        noted.caller.kind,
        _known_form(noted.origin, _ORIGIN) if noted.origin else channel,
        channel,
        noted.ignored,
        mask_query(noted.query) if noted.query else "",
        noted.record,
        body,
        unkept,
        noted.validation,
        noted.other,
    )


def mask_query(raw: bytes) -> str:
    """The query without what may be of a person, or lets somebody in; of bounded length."""
    shown = [(name, _masked(name, value)) for name, value in _parameters(raw)]
    return urlencode(shown, safe="[]*:,$")[:QUERY_LENGTH_MAX]


def _parameters(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode("latin-1"), keep_blank_values=True)
    except ValueError:  # more parameters than anybody reads
        return []


def _masked(name: str, value: str) -> str:
    if name.lower() in SECRET_PARAMETERS:
        return MASK
    words = _WORDS.findall(name.lower())
    if "@" not in value and PERSONAL_PARAMETERS.isdisjoint(words):
        return value
    return value if _OWN_CUSTOMER.fullmatch(value) else MASK


@lru_cache(maxsize=1024)
def mask_path(path: str) -> tuple[str, str]:
    """The path without what may name a person, and its route; both of bounded length."""
    shown, route = [], []
    before = ""
    for segment in path.split("/"):
        known = not segment or segment in PATH_WORDS
        own = PERSONAL_SEGMENTS.get(before)
        personal = own is not None and not known and not segment.startswith(own)
        shown.append(MASK if personal else segment)
        route.append(segment if known else ID)
        before = segment or before
    return "/".join(shown)[:PATH_LENGTH_MAX], "/".join(route)[:PATH_LENGTH_MAX]


def _known_form(raw: bytes, form: "re.Pattern[bytes]") -> str:
    """What a client said of itself, where it has the form of such a thing."""
    return raw.decode("ascii") if form.fullmatch(raw) else OTHER
