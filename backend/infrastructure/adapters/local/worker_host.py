"""The child's side: an engine's process from its first line to its end.

One thread reads messages, the main thread works. Work is cut into slices of a few milliseconds, and the
sessions take turns, so that a long text or a busy caller delays the others by no more than a slice each.
The process ends when its stdin does, at once and whatever it is doing: its parent is gone.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Final, Protocol

from backend.infrastructure.adapters.local.child_runtime import become_child, write_message
from backend.infrastructure.adapters.local.framing import PROCESS_STREAM, Kind, Message, MessageReader

_READ_BYTES: Final = 256 * 1024

Send = Callable[[Kind, bytes], None]


class Session(Protocol):
    """One stream's work."""

    def accept(self, message: Message) -> None:
        """Note what the message says; no work."""
        ...

    def advance(self) -> bool:
        """Do one slice of work; False if there is nothing to do now."""
        ...

    def close(self) -> None:
        """Free everything. Called once."""
        ...


class Engine(Protocol):
    """What the process is for."""

    def load(self) -> None:
        """Get ready to work. Raises any exception if it cannot; its text is what the owner reads."""
        ...

    def open(self, opening: bytes, send: Send) -> Session:
        """Begin a stream that answers with ``send``."""
        ...


def serve(engine: Engine, *, niceness: int = 0) -> None:
    """Serve ``engine`` over stdin and stdout until stdin ends. Never returns normally."""
    output = become_child()
    os.nice(niceness)
    inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_read_stdin, args=(inbox,), daemon=True).start()
    try:
        engine.load()
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
    host = _Host(engine, inbox, output)
    host.send(PROCESS_STREAM, Kind.READY)
    host.run()


class _Host:
    def __init__(self, engine: Engine, inbox: queue.SimpleQueue[Message], output: int) -> None:
        self._engine = engine
        self._inbox = inbox
        self._output = output
        self._sessions: dict[int, Session] = {}

    def run(self) -> None:
        """Take messages and give every session its slice, for ever."""
        while True:
            did_work = [self._guard(stream, self._advance) for stream in tuple(self._sessions)]
            if not any(did_work):
                self._take(self._inbox.get())
            while not self._inbox.empty():
                self._take(self._inbox.get())

    def send(self, stream: int, kind: Kind, payload: bytes = b"") -> None:
        """Write a message to the parent; waits while the parent does not read."""
        write_message(self._output, Message(stream, kind, payload))

    def _take(self, message: Message) -> None:
        match message.kind:
            case Kind.OPEN:
                self._guard(message.stream, lambda stream: self._open(stream, message.payload))
            case Kind.CLOSE:
                self._guard(message.stream, self._close)
            case _ if message.stream in self._sessions:
                self._guard(message.stream, lambda stream: self._accept(stream, message))

    def _open(self, stream: int, opening: bytes) -> bool:
        def send(kind: Kind, payload: bytes) -> None:
            self.send(stream, kind, payload)

        self._sessions[stream] = self._engine.open(opening, send)
        return True

    def _accept(self, stream: int, message: Message) -> bool:
        self._sessions[stream].accept(message)
        return True

    def _advance(self, stream: int) -> bool:
        return self._sessions[stream].advance()

    def _close(self, stream: int) -> bool:
        session = self._sessions.pop(stream, None)
        if session is not None:
            session.close()
        return True

    def _guard(self, stream: int, act: Callable[[int], bool]) -> bool:
        """Do something for a stream; what goes wrong ends this stream and no other."""
        try:
            return act(stream)
        except Exception as error:
            traceback.print_exc()
            self.send(stream, Kind.FAILED, f"{type(error).__name__}: {error}".encode())
            session = self._sessions.pop(stream, None)
            if session is not None:
                session.close()
            return True


def _read_stdin(inbox: queue.SimpleQueue[Message]) -> None:
    reader = MessageReader()
    while block := os.read(0, _READ_BYTES):
        for message in reader.feed(block):
            inbox.put(message)
    os._exit(0)
