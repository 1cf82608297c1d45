"""Requests to addresses that clients of the API chose: where they may go, and that they end.

Nothing is sent into private, loopback, link-local, multicast or otherwise special networks, unless
the installation allows it. A name is resolved once, each of its addresses is looked at, and the
connection goes to the one that was: resolving again could give another. Redirects are not
followed, proxies of the environment not used, and of an answer only so much is read.

Fault: Unreachable, whose text never holds what the other side answered.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import httpx

URL_LENGTH_MAX: Final = 2048
ANSWER_BYTES_MAX: Final = 64 * 1024
CONNECT_SECONDS_MAX: Final = 5.0
#: IPv6 networks that carry an IPv4 address in their last 32 bits.
_EMBEDDING: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


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


class Outbound:
    """Sends such requests; each has a connection of its own."""

    def __init__(self, *, timeout_seconds: float, allow_private: bool) -> None:
        self._timeout_seconds = timeout_seconds
        self._allow_private = allow_private
        # An idle connection belongs to an address, not to the name that was checked: none is kept.
        self._http = httpx.AsyncClient(
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
            raise Unreachable(f"the request failed: {type(fault).__name__}") from fault

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
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unreachable("the name of the host is not known") from None
        addresses = [ipaddress.ip_address(str(each[4][0])) for each in found]
        if not self._allow_private:
            for address in addresses:
                if not is_public(address):
                    raise Unreachable("the host lies in a private network")
        return addresses[0]

    async def close(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()


def _may_be_public(host: str) -> bool:
    """Whether a host that is written as an address is a public one; a name may be."""
    if host.lower().rstrip(".") == "localhost":
        return False
    try:
        return is_public(ipaddress.ip_address(host))
    except ValueError:
        return True
