"""``victoria serve``: the server that lets live calls finish.

On SIGTERM uvicorn closes every WebSocket within milliseconds, before any shutdown hook runs. So the first
signal only begins a drain (no new calls, live ones may end, then a goodbye), and uvicorn is told when that is
over; a second signal stops at once.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from backend.application.services.call_registry import CallRegistry
from backend.domain.errors import ConfigurationError
from backend.interfaces.websocket.read_rounds import websocket_protocol

MAX_MESSAGE_BYTES: Final = 256 * 1_024
BACKLOG: Final = 2_048


class DrainingServer(uvicorn.Server):
    """uvicorn, with a drain before its shutdown. ``on_started`` is called when it takes connections."""

    def __init__(
        self,
        config: uvicorn.Config,
        calls: CallRegistry,
        drain_seconds: float,
        on_started: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._calls = calls
        self._drain_seconds = drain_seconds
        self._on_started = on_started
        self._is_told_to_stop = False
        self._drain: asyncio.Task[bool] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal: the first one drains, the second one stops."""
        if self._is_told_to_stop or not self.started or self._drain_seconds == 0:
            super().handle_exit(sig, frame)
        self._is_told_to_stop = True

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to stop."""
        if self._is_told_to_stop and self._drain is None:
            # Owned by the server, which does not stop before it is done or a second signal comes.
            self._drain = asyncio.create_task(self._calls.drain(self._drain_seconds))
        if self._drain is not None and self._drain.done():
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop for good."""
        if self._drain is not None:
            self._drain.cancel()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises ``ConfigurationError`` if the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError, TypeError, UnicodeError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else "there is no such address"
        raise ConfigurationError(
            f"Cannot listen on {host} port {port} ({reason}). "
            "Is Victoria running already? Another port can be chosen with --port or VICTORIA_PORT.",
            code="port-taken",
        ) from None
    listener.setblocking(False)
    return listener


async def serve(
    app: FastAPI,
    listener: socket.socket,
    *,
    drain_seconds: float,
    on_started: Callable[[], None],
) -> None:
    """Serve ``app`` until a signal says stop. Raises ``ConfigurationError`` if it cannot start."""
    config = uvicorn.Config(
        app,
        lifespan="off",  # entered here, so that what keeps it from starting can be said in one sentence
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws=websocket_protocol(),
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=5,
    )
    async with app.router.lifespan_context(app):
        server = DrainingServer(config, app.state.calls, drain_seconds, on_started)
        await server.serve(sockets=[listener])


def run_loop(main: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop where there is one."""
    if sys.platform == "win32":
        asyncio.run(main)
        return
    import uvloop  # noqa: PLC0415 - not on Windows

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
