"""An engine for tests of the worker machinery: it echoes, and fails in every way an engine can.

Run as ``python -m tests.support.echo_worker [--cannot-load]``.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from backend.infrastructure.adapters.local.framing import Kind, Message
from backend.infrastructure.adapters.local.worker_host import Send, serve


class EchoEngine:
    def load(self) -> None:
        if "--cannot-load" in sys.argv:
            raise FileNotFoundError("there is no model")

    def open(self, opening: bytes, send: Send) -> EchoSession:
        return EchoSession(opening, send)


class EchoSession:
    """Answers ``AUDIO`` with the same bytes; ``steps`` opened with, so many slices per answer."""

    def __init__(self, opening: bytes, send: Send) -> None:
        self._slices_each = int(opening or b"1")
        self._send = send
        self._waiting: list[bytes] = []
        self._slices_left = self._slices_each

    def accept(self, message: Message) -> None:
        match message.payload:
            case b"crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case b"hang":
                time.sleep(3_600)
            case b"bug":
                raise RuntimeError("a bug of this stream")
            case b"print":
                print("libraries print things")  # noqa: T201
            case b"environment":
                self._send(Kind.PARTIAL, "\n".join(os.environ).encode())
            case payload:
                self._waiting.append(payload)

    def advance(self) -> bool:
        if not self._waiting:
            return False
        self._slices_left -= 1
        if not self._slices_left:
            self._slices_left = self._slices_each
            self._send(Kind.PARTIAL, self._waiting.pop(0))
        return True

    def close(self) -> None:
        """Nothing is held."""


if __name__ == "__main__":
    serve(EchoEngine())
