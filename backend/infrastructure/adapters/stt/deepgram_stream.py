"""A caller's recognition by Deepgram, over a WebSocket of its own.

The stream is there before its connection: audio waits for it in the outbox, so the caller's first words are
not lost to a handshake. Whatever goes wrong, then or later, reaches the reader of ``events``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.stt_port import SttEvent, SttRequest
from backend.domain.value_objects.audio import AudioFrame
from backend.domain.value_objects.instant import NS_PER_MS
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.local.mailbox import Mailbox
from backend.infrastructure.adapters.service_errors import closed, not_understood
from backend.infrastructure.adapters.stt.deepgram_outbox import Outbox
from backend.infrastructure.adapters.stt.deepgram_socket import dial
from backend.infrastructure.adapters.stt.deepgram_utterances import DeepgramUtterances
from backend.infrastructure.adapters.stt.deepgram_wire import (
    CLOSE_STREAM,
    FINALIZE,
    KEEP_ALIVE,
    NotUnderstoodError,
    ServiceError,
    listen_uri,
    parse,
)
from backend.infrastructure.adapters.stt.stream_task import StreamTask
from backend.infrastructure.adapters.stt.stt_errors import (
    not_read,
    overloaded,
    socket_closed,
)

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

DEEPGRAM_URL: Final = "https://api.deepgram.com"
# A few partials a second: nearly a minute in which nobody listens.
_UNREAD_EVENTS: Final = 256
_FAREWELL_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class DeepgramSettings:
    """Where the service is, and how long we wait for it; durations in milliseconds.

    ``base_url`` may be of ws(s) or http(s). ``connect_timeout_ms`` runs to the end of the handshake,
    ``settle_timeout_ms`` from ``finalize`` to any answer. The service hangs up after ten seconds without a
    message, so there is one after ``keep_alive_ms`` without audio. More than ``max_ahead_ms`` of audio that
    cannot be sent is too much. ``name`` is what errors call the provider.
    """

    api_key: str = field(default="", repr=False)
    base_url: str = DEEPGRAM_URL
    model: str = "nova-3"
    name: str = "deepgram"
    connect_timeout_ms: int = 3_000
    settle_timeout_ms: int = 1_500
    keep_alive_ms: int = 4_000
    max_ahead_ms: int = 10_000


class DeepgramStream:
    """``SttStream`` on a connection of its own."""

    def __init__(self, settings: DeepgramSettings, request: SttRequest) -> None:
        self._settings = settings
        self._request = request
        self._loop = asyncio.get_running_loop()
        self._outbox = Outbox(request.format, limit_ms=settings.max_ahead_ms)
        self._utterances = DeepgramUtterances(
            settings.settle_timeout_ms / 1_000, (request.language, *request.alternatives)
        )
        self._events: Mailbox[SttEvent] = Mailbox(_UNREAD_EVENTS)
        self._task = StreamTask(self._events)
        self._timer: asyncio.TimerHandle | None = None
        self._is_connected = False
        self._is_over = False

    def begin(self) -> None:
        """Begin to connect. Whoever begins a stream must ``aclose`` it."""
        self._task.start(self._converse)

    def feed(self, frame: AudioFrame) -> None:
        """See ``SttStream``. Raises ``ValueError`` if the audio is not in the format asked for."""
        if frame.format != self._request.format:
            raise ValueError(f"this stream takes {self._request.format}, not {frame.format}")
        if self._is_over:
            return
        self._utterances.feed(frame.duration_ns / NS_PER_MS)
        if not self._outbox.put_audio(frame.payload):
            self._fail(overloaded(self._settings.name))

    def finalize(self, utterance: int) -> None:
        """See ``SttStream``."""
        if self._is_over:
            return
        if self._utterances.has_audio:
            self._outbox.put_message(FINALIZE)
        self._put(self._utterances.finalize(utterance, self._loop.time()))

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        """See ``SttStream``."""
        while (event := await self._events.get()) is not None:
            yield event

    async def aclose(self) -> None:
        """See ``SttStream``. Words that are still on their way are not waited for."""
        self._events.close()
        await self._hang_up()

    async def shut_down(self) -> None:
        """The adapter is being closed: the stream fails, and is freed."""
        self._events.fail(closed(self._settings.name))
        await self._hang_up()

    async def _hang_up(self) -> None:
        self._end()
        if not self._is_connected:
            self._task.cancel()
        await self._task.aclose(_FAREWELL_S)

    async def _converse(self) -> None:
        settings = self._settings
        uri = listen_uri(settings.base_url, settings.model, self._request)
        timeout_s = settings.connect_timeout_ms / 1_000
        async with await dial(settings.name, uri, Secret(settings.api_key), timeout_s=timeout_s) as socket:
            self._is_connected = True
            self._utterances.connected(self._loop.time())
            self._put(())
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._send(socket))
                pumps.create_task(self._receive(socket))

    async def _send(self, socket: ClientConnection) -> None:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 (loaded: there is a socket)

        try:
            while (message := await self._next_message()) is not None:
                await socket.send(message)
        except ConnectionClosed:
            return  # whoever receives tells why
        await socket.close()

    async def _next_message(self) -> bytes | str | None:
        try:
            async with asyncio.timeout(self._settings.keep_alive_ms / 1_000):
                return await self._outbox.take()
        except TimeoutError:
            return KEEP_ALIVE

    async def _receive(self, socket: ClientConnection) -> None:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 (loaded: there is a socket)

        try:
            while True:
                self._hear(await socket.recv())
        except ConnectionClosed:
            self._fail(socket_closed(self._settings.name, socket.close_code))

    def _hear(self, message: str | bytes) -> None:
        if self._is_over:
            return
        try:
            heard = parse(message)
        except NotUnderstoodError:
            self._fail(not_understood(self._settings.name))
        except ServiceError:
            self._fail(ProviderError(self._settings.name, "the service gave up", code="answer-failed"))
        else:
            if heard is not None:
                self._put(self._utterances.heard(heard, self._loop.time()))

    def _on_time(self) -> None:
        self._timer = None
        self._put(self._utterances.expire(self._loop.time()))
        if self._utterances.is_unanswered:
            self._fail(ProviderTimeoutError(self._settings.name, "does not say anything", code="stt-silent"))

    def _put(self, events: Sequence[SttEvent]) -> None:
        if not all(self._events.put(event) for event in events):
            self._fail(not_read(self._settings.name))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._utterances.next_deadline
        if deadline is not None and not self._is_over:
            self._timer = self._loop.call_at(deadline, self._on_time)

    def _fail(self, error: ProviderError) -> None:
        if not self._is_over:
            self._events.fail(error)
            self._end()
            self._task.cancel()

    def _end(self) -> None:
        self._is_over = True
        self._outbox.end(CLOSE_STREAM)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
