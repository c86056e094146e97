"""The web application behind a real socket, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from tests.support.http import Site, a_site


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where it listens, and what opens it. ``site`` belongs to the thread of the server's loop."""

    url: str
    key: str
    site: Site
    loop: asyncio.AbstractEventLoop


@contextmanager
def a_server(folder: Path) -> Iterator[RunningServer]:
    """Yield a server on a free port of the loopback, with an empty database in ``folder``."""
    started = threading.Event()
    running: list[RunningServer] = []
    servers: list[uvicorn.Server] = []

    async def serve() -> None:
        async with a_site(folder) as site:
            config = uvicorn.Config(
                site.app, host="127.0.0.1", port=0, log_config=None, proxy_headers=False, lifespan="off"
            )
            server = _Server(config, started)
            servers.append(server)
            listener = config.bind_socket()
            # Connections inherit it. Without it an answer's body waits 40 ms for the receipt of its head:
            # asyncio sets it for sockets that name their protocol, which uvicorn's do not.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            port = listener.getsockname()[1]
            loop = asyncio.get_running_loop()
            running.append(RunningServer(f"http://127.0.0.1:{port}", site.key, site, loop))
            await server.serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="server")
    thread.start()
    if not started.wait(timeout=120):
        raise RuntimeError("the server did not start")
    try:
        yield running[0]
    finally:
        servers[0].should_exit = True
        thread.join(timeout=10)


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, started: threading.Event) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        self._started.set()
