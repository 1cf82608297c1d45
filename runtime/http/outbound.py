"""Requests to addresses that clients of the API chose: where they may go, and that they end.

Nothing is sent into private, loopback, link-local, multicast or otherwise special networks, unless
the installation allows it. A name is resolved once, each of its addresses is looked at, and the
connection goes to the one that was: resolving again could give another. Redirects are not
followed, proxies of the environment not used, and of an answer only so much is read.

An https address has to show a certificate for the name that it has, from an authority that is
trusted: those that browsers trust (certifi), and those of a file that the installation names.

Each name is resolved by a thread of its own. The event loop's few would all be taken by some names
whose servers do not answer, and every other request would wait for them; and nobody waits for such
a thread when the process ends.

Fault: Unreachable, whose text never holds what the other side answered.
"""

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

URL_LENGTH_MAX: Final = 2048
ANSWER_BYTES_MAX: Final = 64 * 1024
CONNECT_SECONDS_MAX: Final = 5.0
#: How many names are resolved at once; one may take longer than the request that wanted it.
RESOLVERS_MAX: Final = 256
REASON_LENGTH_MAX: Final = 200
#: IPv6 networks that carry an IPv4 address in their last 32 bits.
_EMBEDDING: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: What `socket.getaddrinfo` gives for a host and a port. Raises OSError, ValueError.
Resolve = Callable[[str, int], Sequence[tuple[Any, ...]]]


class Unreachable(Exception):
    """The request had no answer; the text says why."""


def wrong_target(url: str, *, allow_private: bool) -> str | None:
    """Why nothing can be sent to that address, as far as its text says; None: it may be tried."""
    if not url.isascii() or any(char.isspace() or not char.isprintable() for char in url):
        return "an address of printable ASCII characters is wanted"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "an http or https address is wanted"
    if parts.scheme not in ("http", "https") or not host or port == 0:
        return "an http or https address is wanted"
    if "@" in parts.netloc:
        return "an address without credentials is wanted"
    if parts.fragment:
        return "an address without a fragment is wanted"
    if not allow_private and not _may_be_public(host):
        return "an address in a public network is wanted"
    return None


def is_public(address: Address) -> bool:
    """Whether an address lies in the public networks, an embedded IPv4 address included."""
    if isinstance(address, ipaddress.IPv6Address):
        for embedded in (address.ipv4_mapped, address.sixtofour):
            if embedded is not None:
                return is_public(embedded)
        if address.teredo is not None or address.is_site_local:
            return False
        if any(address in network for network in _EMBEDDING):
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def resolve(host: str, port: int) -> Sequence[tuple[Any, ...]]:
    """The addresses of a host, as the system knows them."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def make_tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """What a server's certificate has to satisfy; `ca_file` adds authorities.

    Raises OSError, ssl.SSLError for a file that does not hold any.
    """
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


class Outbound:
    """Sends such requests; each has a connection of its own."""

    def __init__(
        self,
        *,
        timeout_seconds: float,
        allow_private: bool,
        ca_file: Path | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._allow_private = allow_private
        self._resolve = resolve
        self._resolving = 0
        # An idle connection belongs to an address, not to the name that was checked: none is kept.
        self._http = httpx.AsyncClient(
            verify=make_tls_context(ca_file),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS_MAX),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer. Raises Unreachable."""
        wrong = wrong_target(url, allow_private=self._allow_private)
        if wrong is not None:
            raise Unreachable(wrong)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._post(url, body, headers)
        except TimeoutError:
            raise Unreachable(f"no answer within {self._timeout_seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            raise Unreachable(_why(fault)) from fault

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        target = httpx.URL(url)
        host = target.host
        port = target.port or (443 if target.scheme == "https" else 80)
        address = await self._resolved(host, port)
        request = self._http.build_request(
            "POST",
            target.copy_with(host=str(address)),
            content=body,
            headers={**headers, "host": target.netloc.decode("ascii")},
            extensions={"sni_hostname": host},
        )
        answer = await self._http.send(request, stream=True)
        try:
            read = 0
            async for chunk in answer.aiter_raw():
                read += len(chunk)
                if read > ANSWER_BYTES_MAX:
                    break
        finally:
            await answer.aclose()
        return answer.status_code

    async def _resolved(self, host: str, port: int) -> Address:
        """The address to connect to; every address that the name has is allowed."""
        try:
            found = await self._looked_up(host, port)
        except (OSError, ValueError):
            raise Unreachable("the name of the host is not known") from None
        addresses = [ipaddress.ip_address(str(each[4][0])) for each in found]
        if not self._allow_private:
            for address in addresses:
                if not is_public(address):
                    raise Unreachable("the host lies in a private network")
        return addresses[0]

    async def _looked_up(self, host: str, port: int) -> Sequence[tuple[Any, ...]]:
        if self._resolving >= RESOLVERS_MAX:
            raise Unreachable("too many names are being resolved")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[tuple[Any, ...]]] = loop.create_future()

        def end(found: Sequence[tuple[Any, ...]], fault: Exception | None) -> None:
            self._resolving -= 1
            if answer.done():
                return
            if fault is None:
                answer.set_result(found)
            else:
                answer.set_exception(fault)

        def look_up() -> None:
            found: Sequence[tuple[Any, ...]] = ()
            fault: Exception | None = None
            try:
                found = self._resolve(host, port)
            except (OSError, ValueError) as caught:
                fault = caught
            # the loop may have ended meanwhile
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(end, found, fault)

        try:
            threading.Thread(target=look_up, name="resolve", daemon=True).start()
        except RuntimeError:
            raise Unreachable("no name can be resolved now") from None
        # its end comes through the loop, so never before this
        self._resolving += 1
        return await answer

    async def close(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()


def _why(fault: BaseException) -> str:
    """A failure in words: for a certificate what is wrong with it, else what kind it is."""
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not accepted: {cause.verify_message}"[:REASON_LENGTH_MAX]
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {cause.reason or type(cause).__name__}"[:REASON_LENGTH_MAX]
        cause = cause.__cause__ or cause.__context__
    return f"the request failed: {type(fault).__name__}"


def _may_be_public(host: str) -> bool:
    """Whether a host that is written as an address is a public one; a name may be."""
    if host.lower().rstrip(".") == "localhost":
        return False
    try:
        return is_public(ipaddress.ip_address(host))
    except ValueError:
        return True
