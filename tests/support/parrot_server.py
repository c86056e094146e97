"""Providers as unpleasant as can be: whatever they are sent, they repeat it, keys and all.

Real HTTP on loopback, in threads of its own, because those who are repeated to may be other processes.
WebSocket handshakes are answered in the same ways. The first part of the path says how:

    refuse    401, and an error in the provider's words that quotes every header
    garbage   200 with nonsense where an answer should be, quoting every header
    cut       200, a piece of an answer that quotes every header, and the end of the connection
    redirect  307 to another server, with every header in the address
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, cast
from urllib.parse import quote

WAYS: Final = ("refuse", "garbage", "cut", "redirect")


class Parrot:
    """One server. ``heard`` is everything that it was ever sent in heads and bodies."""

    def __init__(self, elsewhere: str = "", *, repeats: bool = True) -> None:
        self.elsewhere: Final = elsewhere
        self.repeats: Final = repeats
        self.heard: Final[list[str]] = []
        self._server: Final = _Server(("127.0.0.1", 0), _Handler)
        self._server.parrot = self
        self.url: Final = f"http://127.0.0.1:{self._server.server_port}"

    def has_heard(self, words: str) -> bool:
        """Whether ``words`` have ever been sent here."""
        return any(words in each for each in self.heard)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Answer until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="parrot")
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


@contextmanager
def parrots(*, repeats: bool = True) -> Iterator[tuple[Parrot, Parrot]]:
    """Yield a server that ``repeats`` (or only is as useless), and the one to which it redirects."""
    stranger = Parrot()
    parrot = Parrot(stranger.url, repeats=repeats)
    with stranger.running(), parrot.running():
        yield parrot, stranger


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a client that keeps its connection must not keep the test
    parrot: Parrot


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, *_args: object) -> None:
        """Keep quiet: what is said here is not the server under test."""

    def _answer(self) -> None:
        parrot = cast("_Server", self.server).parrot
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parrot.heard.append(f"{self.path}\n{self.headers}\n{body.decode('latin-1')}")
        echo = " ".join(self.headers.values()) if parrot.repeats else "nonsense"
        match self.path.split("/")[1]:
            case "garbage":
                self._send(200, f"data: {{{echo}}}\n\n{echo}".encode())
            case "cut":
                self._send(200, f'data: {{"choices": [{{"delta": {{"content": "{echo}'.encode(), missing=100)
            case "redirect":
                self._send(307, b"", Location=f"{parrot.elsewhere}/garbage?heard={quote(echo)}")
            case _:
                encoded = base64.b64encode(echo.encode()).decode()
                message = f"Incorrect API key provided: {echo} ({encoded})"
                self._send(401, json.dumps({"error": {"message": message, "code": echo}}).encode())

    def _send(self, status: int, body: bytes, *, missing: int = 0, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status != 200 else "text/event-stream")
        self.send_header("Content-Length", str(len(body) + missing))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = missing > 0
