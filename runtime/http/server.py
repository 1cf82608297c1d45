"""The HTTP server, which sleeps while nothing comes.

The one it stands on wakes ten times a second, to look whether it is to end and to write the header
`date` anew. Here the end wakes it, and the date is made when an answer needs it.
"""

import asyncio
import time
from email.utils import formatdate
from types import FrameType

import uvicorn
from uvicorn.server import ServerState

_Headers = list[tuple[bytes, bytes]]


class Shared(ServerState):
    """What the server's connections share; the headers of every answer say the second."""

    def __init__(self) -> None:
        self._second = -1
        self._headers: _Headers = []
        super().__init__()

    @property
    def default_headers(self) -> _Headers:
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._headers = [(b"date", formatdate(second, usegmt=True).encode())]
        return self._headers

    @default_headers.setter
    def default_headers(self, _: _Headers) -> None:
        pass


class Server(uvicorn.Server):
    """Serves until a signal, or `end`. Make it within the loop that it runs in."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.server_state = Shared()
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Has `serve` end in order."""
        self.should_exit = True
        self._ended.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        # a signal is handled between any two steps of the loop
        self._loop.call_soon_threadsafe(self._ended.set)

    async def main_loop(self) -> None:
        if not self.should_exit:
            await self._ended.wait()
