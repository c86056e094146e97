"""A caller's recognition by an engine in a worker process."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttEvent, SttFinal, SttPartial, SttSettled
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.infrastructure.adapters.local.framing import Kind, Message, decode_number, encode_number
from backend.infrastructure.adapters.local.mailbox import Mailbox
from backend.infrastructure.adapters.local.worker_process import WorkerLink, WorkerProcess

# Five partials a second: nearly a minute in which nobody listens.
_UNREAD_EVENTS: Final = 256


class WorkerSttStream:
    """``SttStream`` whose audio is worked through elsewhere.

    The engine reports what it has consumed; when more than ``max_backlog_ms`` of audio is on its way, it
    cannot keep up and the stream fails (``stt-overloaded``).
    """

    def __init__(self, provider: str, *, max_backlog_ms: int) -> None:
        self._provider = provider
        self._most_samples = WIDEBAND.samples_in(max_backlog_ms)
        self._samples_ahead = 0
        self._events: Mailbox[SttEvent] = Mailbox(_UNREAD_EVENTS)
        self._link: WorkerLink | None = None

    async def begin(self, worker: WorkerProcess) -> None:
        """Open the stream at ``worker``. Raises ``ProviderError``."""
        self._link = await worker.open(b"", self._deliver)

    def feed(self, frame: AudioFrame) -> None:
        """See ``SttStream``. Raises ``ValueError`` if the audio is not PCM16 at 16 kHz."""
        if frame.format != WIDEBAND:
            raise ValueError(f"recognition takes PCM16 at 16 kHz, not {frame.format}")
        self._samples_ahead += frame.samples
        if self._samples_ahead > self._most_samples:
            self._fail(ProviderError(self._provider, "cannot keep up", code="stt-overloaded"))
        elif self._link is not None and frame.payload:
            self._link.send(Kind.AUDIO, frame.payload)

    def finalize(self, utterance: int) -> None:
        """See ``SttStream``."""
        if self._link is not None:
            self._link.send(Kind.FINALIZE, encode_number(utterance))

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        """See ``SttStream``."""
        while (event := await self._events.get()) is not None:
            yield event

    async def aclose(self) -> None:
        """See ``SttStream``."""
        self._events.close()
        if self._link is not None:
            self._link.close()
            self._link = None

    def _deliver(self, message: Message | ProviderError) -> None:
        if isinstance(message, ProviderError):
            self._fail(message)
            return
        match message.kind:
            case Kind.CONSUMED:
                self._samples_ahead -= decode_number(message.payload)
            case Kind.PARTIAL:
                self._put(SttPartial(message.payload.decode()))
            case Kind.FINAL:
                self._put(SttFinal(message.payload.decode()))
            case Kind.SETTLED:
                self._put(SttSettled(decode_number(message.payload)))

    def _put(self, event: SttEvent) -> None:
        if not self._events.put(event):
            self._fail(ProviderError(self._provider, "its events were not taken in time"))

    def _fail(self, error: ProviderError) -> None:
        self._events.fail(error)
        if self._link is not None:
            self._link.close()
            self._link = None
