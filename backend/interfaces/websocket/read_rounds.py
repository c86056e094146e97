"""What the sockets of a server bring, taken in rounds.

A packet that is taken right behind others costs less than one alone: the loop runs the tasks of all of them
in one go, while their code is still in the core's cache. So what comes less than ``ROUND_S`` after a round
waits for the next, and what comes later makes one at once. The packets of one call, 20 ms apart, never wait;
those of fifty wait for half of ``ROUND_S`` on average, and nothing waits longer.

Everything else is as uvicorn has it. A socket's bytes are taken in order and before its end is; no more than
one reading of it is ever kept; what goes wrong with one ends that one only.
"""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ROUND_S: Final = 0.005  # a quarter of a packet; docs/benchmarks/telephone.md has others


class Reader(Protocol):
    """One socket."""

    def take(self, content: bytes) -> None:
        """Take what was read."""
        ...

    def fail(self, error: Exception) -> None:
        """End the connection because ``take`` raised ``error``."""
        ...


class ReadRounds:
    """The rounds of one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[Reader, bytes] = {}
        self._next_at = 0.0  # by the loop's clock
        self._timer: asyncio.TimerHandle | None = None

    def read(self, reader: Reader, content: bytes) -> None:
        """Have ``reader`` take ``content``, now or in the next round."""
        if reader in self._waiting:
            self._take()
        self._waiting[reader] = content
        loop = asyncio.get_running_loop()
        if loop.time() >= self._next_at:
            self._take()
        elif self._timer is None:
            self._timer = loop.call_at(self._next_at, self._take)

    def finish(self, reader: Reader) -> None:
        """Have ``reader`` take what it has read so far, and with it all others."""
        if reader in self._waiting:
            self._take()

    def _take(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._next_at = asyncio.get_running_loop().time() + ROUND_S
        waiting, self._waiting = self._waiting, {}
        for reader, content in waiting.items():
            try:
                reader.take(content)
            except Exception as error:  # a bug, which the loop would have end this connection, too
                reader.fail(error)


def websocket_protocol() -> type[asyncio.Protocol]:
    """Return uvicorn's WebSocket protocol for one server, whose sockets are read in rounds."""
    rounds = ReadRounds()

    class RoundsWebSocket(WebSocketsSansIOProtocol):
        def data_received(self, data: bytes) -> None:
            if self.handshake_complete:
                rounds.read(self, data)
            else:
                self.take(data)

        def eof_received(self) -> None:
            rounds.finish(self)
            super().eof_received()

        def connection_lost(self, exc: Exception | None) -> None:
            rounds.finish(self)
            super().connection_lost(exc)

        def take(self, content: bytes) -> None:
            super().data_received(content)

        def fail(self, error: Exception) -> None:
            context = {"message": "what a WebSocket brought was not taken", "exception": error}
            self.loop.call_exception_handler({**context, "transport": self.transport, "protocol": self})
            self.transport.abort()

    return RoundsWebSocket
