"""A caller's recognition by Azure.

The SDK hides much: it reconnects without a word, and of a service that accepts and then says nothing it never
tells. So the stream watches for itself: the connection must be there while audio flows, and an utterance must
not pass without a sign from the service (see ``Utterances``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Final

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.stt_port import SttEvent, SttRequest
from backend.domain.value_objects.audio import AudioFrame, Encoding
from backend.domain.value_objects.instant import NS_PER_MS
from backend.domain.value_objects.language import Language
from backend.infrastructure.adapters.azure.account import LANGUAGES, PROVIDER, AzureAccount, locale_of
from backend.infrastructure.adapters.azure.blocking import BlockingCalls
from backend.infrastructure.adapters.azure.listener import (
    GaveUp,
    Heard,
    Hypothesis,
    LinkChanged,
    Listener,
    ListeningOrder,
    Phrase,
    SignOfLife,
)
from backend.infrastructure.adapters.azure.utterances import Utterances
from backend.infrastructure.adapters.local.mailbox import Mailbox
from backend.infrastructure.adapters.service_errors import closed, connection_timed_out

# A few partials a second: nearly a minute in which nobody listens.
_UNREAD_EVENTS: Final = 256
_SILENCE: Final = {Encoding.PCM16: b"\0\0", Encoding.MULAW: b"\xff", Encoding.ALAW: b"\xd5"}  # one sample


@dataclass(frozen=True, slots=True)
class AzureSttSettings:
    """``segmentation_ms`` of silence end a phrase; the service allows 100 to 5000. Audio that comes
    ``max_ahead_ms`` faster than time lies unsent in memory and is too much. Audio must not flow for
    ``link_timeout_ms`` without a connection."""

    segmentation_ms: int = 300
    max_ahead_ms: int = 10_000
    link_timeout_ms: int = 4_000


class AzureSttStream:
    """``SttStream`` on a recognizer of its own."""

    def __init__(self, calls: BlockingCalls, settings: AzureSttSettings, request: SttRequest) -> None:
        self._calls = calls
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._format = request.format
        # The service tells languages apart, not the places where they are spoken.
        self._languages: dict[str, Language] = {}
        for language in (request.language, *request.alternatives):
            if language.base in LANGUAGES:
                self._languages.setdefault(language.base, language)
        locales = tuple(locale_of(language) for language in self._languages.values())
        self._order = ListeningOrder(locales, request.hints, request.format, settings.segmentation_ms)
        samples = request.format.samples_in(settings.segmentation_ms)
        self._padding = _SILENCE[request.format.encoding] * samples
        self._utterances = Utterances()
        self._events: Mailbox[SttEvent] = Mailbox(_UNREAD_EVENTS)
        self._listener: Listener | None = None
        self._began_at = self._loop.time()
        self._caller_ms = 0.0  # of audio fed, without padding
        self._unlinked_since: float | None = self._began_at
        self._timer: asyncio.TimerHandle | None = None
        self._is_over = False

    async def begin(self, account: AzureAccount) -> None:
        """Start to listen. Does not wait for the connection: audio waits for it. Cancelling is safe."""

        def start() -> None:
            listener = Listener(account, self._order, self._from_any_thread)
            self._listener = listener  # whoever closes the stream meanwhile stops it
            if not self._is_over:
                listener.start()

        await self._calls.run(start)

    def feed(self, frame: AudioFrame) -> None:
        """See ``SttStream``. Raises ``ValueError`` if the audio is not in the stream's format."""
        if frame.format != self._format:
            raise ValueError(f"this recognition takes {self._format}, not {frame.format}")
        now = self._loop.time()
        self._caller_ms += frame.duration_ns / NS_PER_MS
        if self._caller_ms - (now - self._began_at) * 1_000 > self._settings.max_ahead_ms:
            self._fail(ProviderError(PROVIDER, "cannot keep up", code="stt-overloaded"))
        elif self._unlinked_since is not None and (
            (now - self._unlinked_since) * 1_000 > self._settings.link_timeout_ms
        ):
            self._fail(connection_timed_out(PROVIDER))
        else:
            self._write(frame)

    def finalize(self, utterance: int) -> None:
        """See ``SttStream``. Silence follows the caller's audio at once, so that the service need not wait
        for the caller to be silent long enough to end the phrase."""
        if self._is_over:
            return
        padding_ms = self._settings.segmentation_ms
        self._put(self._utterances.finalize(utterance, self._loop.time(), padding_ms=padding_ms))
        if self._listener is not None and not self._is_over:
            self._listener.write(self._padding)

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        """See ``SttStream``."""
        while (event := await self._events.get()) is not None:
            yield event

    async def aclose(self) -> None:
        """See ``SttStream``. Does not wait for the service."""
        self._events.close()
        self._stop()

    def shut_down(self) -> None:
        """The adapter is being closed: what goes on fails."""
        self._fail(closed(PROVIDER))

    def _write(self, frame: AudioFrame) -> None:
        if self._listener is not None and not self._is_over and frame.payload:
            self._utterances.feed(frame.duration_ns / NS_PER_MS)
            self._listener.write(frame.payload)

    def _from_any_thread(self, heard: Heard) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._on_heard, heard)

    def _on_heard(self, heard: Heard) -> None:
        if self._is_over:
            return
        match heard:
            case Hypothesis():
                self._put(self._utterances.hypothesis(heard.text, heard.begin_ms))
            case Phrase():
                language = self._languages.get(heard.locale.partition("-")[0])
                self._put(self._utterances.phrase(heard.text, heard.begin_ms, heard.end_ms, language))
            case LinkChanged(is_connected=True):
                self._unlinked_since = None
                self._utterances.connected(self._loop.time())
                self._put(())
            case LinkChanged():
                self._unlinked_since = self._loop.time()
                self._utterances.disconnected()
            case SignOfLife():
                self._utterances.sign_of_life()
            case GaveUp():
                self._fail(heard.error)

    def _on_time(self) -> None:
        self._timer = None
        try:
            events = self._utterances.expire(self._loop.time())
        except ProviderTimeoutError as error:
            self._fail(error)
        else:
            self._put(events)

    def _put(self, events: Sequence[SttEvent]) -> None:
        if not all(self._events.put(event) for event in events):
            self._fail(ProviderError(PROVIDER, "its events were not taken in time"))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._utterances.next_deadline
        if deadline is not None and not self._is_over:
            self._timer = self._loop.call_at(deadline, self._on_time)

    def _fail(self, error: ProviderError) -> None:
        self._events.fail(error)
        self._stop()

    def _stop(self) -> None:
        self._is_over = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._listener is not None:
            self._calls.dismiss(self._listener.stop)
            self._listener = None
