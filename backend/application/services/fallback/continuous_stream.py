"""A recogniser that wants all audio, fed only with speech.

Where engines that want speech only stand by, the whole chain is fed that way. For the others time must not
stop meanwhile: their service would hang up, or take two sentences for one. Silence fills the gaps.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from backend.domain.ports.stt_port import SttEvent, SttStream
from backend.domain.value_objects.audio import AudioFormat, AudioFrame, Encoding
from backend.domain.value_objects.instant import NS_PER_MS

_TICK_MS: Final = 200
# Speech arrives late: the detector has to notice it, and then 400 ms from before that come at once.
_LAG_MS: Final = 600
# ITU-T G.711, tables 2a and 1a: the code of the smallest positive value.
_SILENCE: Final = {Encoding.PCM16: b"\x00", Encoding.MULAW: b"\xff", Encoding.ALAW: b"\xd5"}


class ContinuousSttStream:
    """An ``SttStream`` before another one of ``format_``, which gets as much audio as time passes,
    ``_LAG_MS`` behind."""

    def __init__(self, stream: SttStream, format_: AudioFormat) -> None:
        self._stream = stream
        self._format = format_
        self._loop = asyncio.get_running_loop()
        self._began_at = self._loop.time()
        self._fed_ms = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._wait()

    def feed(self, frame: AudioFrame) -> None:
        """See ``SttStream``."""
        self._fed_ms += frame.duration_ns / NS_PER_MS
        self._stream.feed(frame)

    def finalize(self, utterance: int) -> None:
        """See ``SttStream``."""
        self._stream.finalize(utterance)

    def events(self) -> AsyncGenerator[SttEvent, None]:
        """See ``SttStream``."""
        return self._stream.events()

    async def aclose(self) -> None:
        """See ``SttStream``."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._stream.aclose()

    def _wait(self) -> None:
        self._timer = self._loop.call_later(_TICK_MS / 1_000, self._on_tick)

    def _on_tick(self) -> None:
        missing_ms = (self._loop.time() - self._began_at) * 1_000 - _LAG_MS - self._fed_ms
        if missing_ms >= _TICK_MS:
            silence = _SILENCE[self._format.encoding] * self._format.bytes_in(missing_ms)
            self.feed(AudioFrame(self._format, silence))
        self._wait()
