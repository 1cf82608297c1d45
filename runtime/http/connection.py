"""Connections: the head of an answer and its body leave in one write.

The server writes them one after the other, and the event loop sends each at once. A write costs
more than most of what a request is made of, on both sides: two packets, two wake-ups.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Joining(asyncio.Transport):
    """A transport that keeps a first write until the second, or the end of the loop's turn."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._call_soon = asyncio.get_running_loop().call_soon
        self._kept = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Sends with what was kept, or is kept itself."""
        if self._kept:
            kept, self._kept = self._kept, b""
            self._transport.write(kept + data)
        else:
            self._kept = bytes(data)
            self._call_soon(self._flush)

    def close(self) -> None:
        """Sends what was kept, then closes."""
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """See `asyncio.Transport`."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """See `asyncio.Transport`."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """See `asyncio.Transport`."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """See `asyncio.Transport`."""
        return self._transport.get_extra_info(name, default)

    def _flush(self) -> None:
        if self._kept:
            kept, self._kept = self._kept, b""
            if not self._transport.is_closing():
                self._transport.write(kept)


class Connection(HttpToolsProtocol):
    """The server's protocol over a joining transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See `asyncio.Protocol`."""
        super().connection_made(Joining(transport))
