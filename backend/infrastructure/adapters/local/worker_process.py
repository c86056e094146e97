"""The parent's side of a process that runs a local engine.

An engine that burns CPU (it would hold the interpreter's lock for seconds) or whose licence must not
meet ours (GPL) lives in a process of its own and exchanges messages with us over its stdin and stdout.
Any number of streams share the process. When it dies, the streams that were open fail with
``ProviderError`` and a new process is started after a growing pause; nothing else notices. One that hangs
is killed, which makes it one that died. It never outlives us: it ends when its stdin does.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from backend.domain.errors import ProviderError
from backend.infrastructure.adapters.local.child_process import keep_last_line, start_child, stop_child
from backend.infrastructure.adapters.local.framing import (
    PROCESS_STREAM,
    FramingError,
    Kind,
    Message,
    MessageReader,
    encode,
)

_log = logging.getLogger(__name__)

_READ_BYTES: Final = 256 * 1024
_SPAWN_TIMEOUT_S: Final = 3.0
_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 30.0
# A process that worked this long did not die of how it was started.
_HEALTHY_AFTER_S: Final = 10.0
# An engine answers audio within a slice of work. This much, two minutes of it for all streams together,
# means that it hangs; a stream alone gives up after seconds, and its caller's next one would add more.
_MOST_UNANSWERED_BYTES: Final = 4 * 1024 * 1024

Deliver = Callable[["Message | ProviderError"], None]


class WorkerLink:
    """One stream of a worker process."""

    def __init__(self, worker: WorkerProcess, stream: int) -> None:
        self._worker = worker
        self._stream = stream

    def send(self, kind: Kind, payload: bytes = b"") -> None:
        """Send a message. Never blocks; once the stream has failed or was closed, nothing is sent."""
        self._worker.send(self._stream, kind, payload)

    def close(self) -> None:
        """Let the engine forget the stream; nothing is delivered any more. Idempotent."""
        self._worker.forget(self._stream)


class WorkerProcess:
    """Keeps one engine's process alive; ``module`` is what it runs, ``provider`` what errors call it."""

    def __init__(self, provider: str, module: str, arguments: Sequence[str] = ()) -> None:
        self._provider = provider
        self._module = module
        self._arguments = tuple(arguments)
        self._supervisor: asyncio.Task[None] | None = None
        self._is_closed = False
        self._process: asyncio.subprocess.Process | None = None
        self._spawned = asyncio.Event()
        self._is_ready = False
        self._failure = ""
        self._unanswered_bytes = 0  # sent since the process last said anything
        self._streams: dict[int, Deliver] = {}
        self._numbers = itertools.count(1)

    @property
    def is_ready(self) -> bool:
        """Whether the process has loaded its engine."""
        return self._is_ready

    @property
    def failure(self) -> str:
        """Why the last process died before it could work; empty if it did not."""
        return self._failure

    @property
    def pid(self) -> int | None:
        """The process now running."""
        return None if self._process is None else self._process.pid

    @property
    def open_streams(self) -> int:
        """How many streams share the process."""
        return len(self._streams)

    def start(self) -> None:
        """Start the process in the background, if it was not started before; ``open`` does it too."""
        if self._supervisor is None and not self._is_closed:
            self._supervisor = asyncio.get_running_loop().create_task(
                self._supervise(), name=f"{self._provider} worker"
            )

    async def open(self, opening: bytes, deliver: Deliver) -> WorkerLink:
        """Begin a stream; ``opening`` is the engine's own. Does not wait until the engine is loaded.

        ``deliver`` gets the stream's messages on the event loop, and at most one ``ProviderError``, after
        which there is no more. Raises ``ProviderError`` if there is no process to talk to.
        """
        self.start()
        if self._is_closed or self._failure:
            raise ProviderError(self._provider, self._failure or "is shut down", code="worker-failed")
        try:
            async with asyncio.timeout(_SPAWN_TIMEOUT_S):
                await self._spawned.wait()
        except TimeoutError as error:
            raise ProviderError(self._provider, "did not start in time", code="worker-failed") from error
        stream = next(self._numbers)
        self._streams[stream] = deliver
        self.send(stream, Kind.OPEN, opening)
        return WorkerLink(self, stream)

    def send(self, stream: int, kind: Kind, payload: bytes = b"") -> None:
        """Send a message of an open stream; see ``WorkerLink.send``."""
        if stream in self._streams:
            self._write(Message(stream, kind, payload))

    def forget(self, stream: int) -> None:
        """Close a stream; see ``WorkerLink.close``."""
        if self._streams.pop(stream, None) is not None:
            self._write(Message(stream, Kind.CLOSE))

    def begin_close(self) -> None:
        """Begin to stop the process, so that several can stop at the same time; ``aclose`` waits."""
        self._is_closed = True
        if self._supervisor is not None:
            self._supervisor.cancel()

    async def aclose(self) -> None:
        """Stop the process within two seconds; open streams fail. Idempotent."""
        if not self._is_closed:
            self.begin_close()
        if self._supervisor is not None:
            await asyncio.wait({self._supervisor})

    def _write(self, message: Message) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdin.is_closing():
            return
        encoded = encode(message)
        process.stdin.write(encoded)
        self._unanswered_bytes += len(encoded)
        if self._unanswered_bytes > _MOST_UNANSWERED_BYTES:
            self._unanswered_bytes = 0
            _log.warning("A local engine's process hangs and is killed", extra={"provider": self._provider})
            with suppress(ProcessLookupError):  # it has just died by itself
                process.kill()

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        pause_s = _FIRST_PAUSE_S
        while True:
            started_at = loop.time()
            complaint = await self._run_process()
            if loop.time() - started_at >= _HEALTHY_AFTER_S:
                pause_s = _FIRST_PAUSE_S
            _log.warning(
                "A local engine's process ended and will be started again",
                extra={"provider": self._provider, "reason": complaint, "pause_s": pause_s},
            )
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _run_process(self) -> str:
        """Run one process until it dies; return why, as far as it said."""
        try:
            process = await start_child(self._module, self._arguments)
        except OSError as error:
            self._failure = f"could not be started ({error.strerror})"
            return self._failure
        last_line: deque[str] = deque(maxlen=1)
        self._process = process
        self._unanswered_bytes = 0
        self._spawned.set()
        try:
            async with asyncio.TaskGroup() as pipes:
                pipes.create_task(self._listen(process))
                pipes.create_task(keep_last_line(process, last_line))
            await process.wait()
        finally:
            was_ready, self._is_ready = self._is_ready, False
            self._process = None
            self._spawned.clear()
            complaint = last_line[0] if last_line else f"ended with code {process.returncode}"
            if not was_ready and not self._is_closed:
                self._failure = complaint
            self._fail_streams()
            await stop_child(process)
        return complaint

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        reader = MessageReader()
        try:
            while block := await process.stdout.read(_READ_BYTES):
                self._unanswered_bytes = 0
                for message in reader.feed(block):
                    self._dispatch(message)
        except FramingError:
            # There is no way back into step with a stream of bytes; a new process is.
            process.kill()

    def _dispatch(self, message: Message) -> None:
        if message.stream == PROCESS_STREAM:
            self._is_ready = message.kind is Kind.READY
            self._failure = ""
        elif message.kind is Kind.FAILED:
            deliver = self._streams.pop(message.stream, None)
            if deliver is not None:
                deliver(ProviderError(self._provider, message.payload.decode(errors="replace")))
        elif (deliver := self._streams.get(message.stream)) is not None:
            deliver(message)

    def _fail_streams(self) -> None:
        streams, self._streams = self._streams, {}
        for deliver in streams.values():
            deliver(ProviderError(self._provider, "the engine's process ended", code="worker-died"))
