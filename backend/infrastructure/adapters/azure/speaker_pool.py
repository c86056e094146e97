"""Speakers that are connected before they are needed.

A handshake with a far region takes half a second that the caller would hear. So some speakers of each audio
format that is in use wait with an open connection; whoever takes one has it replaced behind the scenes.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from backend.domain.value_objects.audio import AudioFormat
from backend.infrastructure.adapters.azure.account import PROVIDER, AzureAccount
from backend.infrastructure.adapters.azure.blocking import BlockingCalls
from backend.infrastructure.adapters.azure.handover import Handover
from backend.infrastructure.adapters.azure.speaker import Speaker, SpeechItem
from backend.infrastructure.adapters.service_errors import closed

_OPEN_TIMEOUT_S: Final = 5.0
_CLOSE_TIMEOUT_S: Final = 1.5
_MOST_IDLE: Final = 8
# A connection that the service closes sooner than this is not replaced: it does not want us now.
_WORTH_REPLACING_S: Final = 10.0


class SpeakerPool:
    """Belongs to the event loop that first uses it. ``spare`` speakers of a format wait connected."""

    def __init__(self, account: AzureAccount, *, spare: int) -> None:
        self._account = account
        self._spare = spare
        self._calls = BlockingCalls()
        # Each with the time at which it came here.
        self._opening: dict[Speaker, float] = {}
        self._idle: dict[Speaker, float] = {}
        self._busy: set[Speaker] = set()
        self._being_made: list[AudioFormat] = []
        self._in_use: set[AudioFormat] = set()  # formats that were asked for
        self._is_closed = False

    @property
    def idle(self) -> int:
        """How many speakers wait connected."""
        return len(self._idle)

    def warm_all(self) -> None:
        """Have connected speakers of every format that was ever asked for soon. Returns at once."""
        for audio_format in tuple(self._in_use):
            self.warm(audio_format)

    def warm(self, audio_format: AudioFormat) -> None:
        """Have connected speakers of ``audio_format`` soon. Returns at once; nothing happens once closed."""
        if self._is_closed:
            return
        self._in_use.add(audio_format)
        self._give_up_opening()
        there = [speaker.audio_format for speaker in (*self._idle, *self._opening)] + self._being_made
        loop = asyncio.get_running_loop()
        for _ in range(self._spare - there.count(audio_format)):
            self._being_made.append(audio_format)
            self._calls.dismiss(lambda: self._open(loop, audio_format))

    async def take(self, audio_format: AudioFormat) -> Speaker:
        """Return a speaker, connected if one is there. To be given back, or discarded."""
        self._refuse_if_closed()
        idle = [speaker for speaker in self._idle if speaker.audio_format == audio_format]
        if idle:
            speaker = idle[-1]
            del self._idle[speaker]
        else:
            loop = asyncio.get_running_loop()
            speaker = await self._calls.run(lambda: self._make(loop, audio_format))
            self._refuse_if_closed()  # while it was made; it has not connected yet
        self._busy.add(speaker)
        self.warm(audio_format)
        return speaker

    def begin(self, speaker: Speaker, document: str, handover: Handover[SpeechItem]) -> None:
        """Let ``speaker`` say ``document``, see ``Speaker.speak``. Returns at once."""
        self._calls.dismiss(lambda: speaker.speak(document, handover))

    def give_back(self, speaker: Speaker) -> None:
        """The speaker has finished and may speak again."""
        if self._is_closed or not speaker.is_connected or len(self._idle) >= _MOST_IDLE:
            self.discard(speaker)
        else:
            self._busy.discard(speaker)
            self._idle[speaker] = asyncio.get_running_loop().time()

    def discard(self, speaker: Speaker) -> None:
        """The speaker is to fall silent and is of no more use. Returns at once."""
        self._busy.discard(speaker)
        self._calls.dismiss(speaker.stop)

    async def aclose(self) -> None:
        """Disconnect all within two seconds. Idempotent."""
        self._is_closed = True
        speakers = [*self._opening, *self._idle, *self._busy]
        self._opening.clear()
        self._idle.clear()
        for speaker in speakers:
            self.discard(speaker)
        await self._calls.aclose(_CLOSE_TIMEOUT_S)

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise closed(PROVIDER)

    def _make(self, loop: asyncio.AbstractEventLoop, audio_format: AudioFormat) -> Speaker:
        """Make a speaker, in a thread."""

        def link_changed() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(self._on_link_changed, speaker)

        speaker = Speaker(self._account, audio_format, link_changed)
        return speaker

    def _open(self, loop: asyncio.AbstractEventLoop, audio_format: AudioFormat) -> None:
        """Make a speaker that connects, in a thread, and bring it here."""
        speaker: Speaker | None = None
        try:
            speaker = self._make(loop, audio_format)
            speaker.open()
        finally:
            with contextlib.suppress(RuntimeError):  # as above
                loop.call_soon_threadsafe(self._on_made, audio_format, speaker)

    def _on_made(self, audio_format: AudioFormat, speaker: Speaker | None) -> None:
        self._being_made.remove(audio_format)
        if speaker is None:
            return
        if self._is_closed or speaker.is_connected:
            self.give_back(speaker)
        else:
            self._opening[speaker] = asyncio.get_running_loop().time()

    def _on_link_changed(self, speaker: Speaker) -> None:
        if speaker.is_connected:
            if self._opening.pop(speaker, None) is not None:
                self.give_back(speaker)
            return
        # The service closes connections that were idle for long.
        since = self._idle.pop(speaker, None)
        if since is None:
            return
        self.discard(speaker)
        if asyncio.get_running_loop().time() - since > _WORTH_REPLACING_S:
            self.warm(speaker.audio_format)

    def _give_up_opening(self) -> None:
        """Discard what has not connected in time: the SDK does not tell that it failed."""
        latest = asyncio.get_running_loop().time() - _OPEN_TIMEOUT_S
        for speaker in [speaker for speaker, since in self._opening.items() if since < latest]:
            del self._opening[speaker]
            self.discard(speaker)
