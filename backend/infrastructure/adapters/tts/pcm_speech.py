"""From the bytes of a stream to chunks of speech in the format asked for, without I/O.

A piece from the network may end in the middle of a sample. Pieces are glued before they are cut at samples,
and converted as one stream: so no seam clicks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_encode, mulaw_encode
from backend.application.processors.resampler import Resampler
from backend.domain.ports.tts_port import SpeechChunk
from backend.domain.value_objects.audio import PTIME_MS, AudioFormat, AudioFrame, Encoding
from backend.domain.value_objects.word_timing import WordTiming

# Shorter pieces wait for more: a server that drips is not making progress. Longer ones are cut, because
# converting 200 ms from 24 to 16 kHz takes a millisecond.
_SHORTEST_MS: Final = PTIME_MS
_LONGEST_MS: Final = 100


class PcmSpeech:
    """One request's audio: comes in ``source``, is wanted in ``target``.

    ``source`` is PCM16, or equal to ``target``.
    """

    def __init__(self, source: AudioFormat, target: AudioFormat) -> None:
        self._source = source
        self._target = target
        self._resampler = Resampler(source.rate, target.rate)
        self._unread = bytearray()  # in ``source``; may end with half a sample
        self._taken_samples = 0  # of ``source``
        self._given_samples = 0  # of ``target``
        self._words: list[WordTiming] = []

    @property
    def is_empty(self) -> bool:
        """Whether no audio has come yet."""
        return not (self._taken_samples or self._unread)

    @property
    def duration_ms(self) -> float:
        """How long the audio is that has come."""
        samples = self._taken_samples + len(self._unread) / self._source.sample_bytes
        return samples * 1_000 / self._source.rate

    @property
    def is_torn(self) -> bool:
        """Whether what has come ends in the middle of a sample."""
        return len(self._unread) % self._source.sample_bytes != 0

    def add(self, payload: bytes, words: Iterable[WordTiming] = ()) -> None:
        """The next bytes have come, and ``words`` that lie in them or later."""
        self._unread += payload
        self._words.extend(words)

    def take(self) -> Iterator[SpeechChunk]:
        """Yield what there is, as far as it is worth a chunk."""
        shortest = self._source.bytes_in(_SHORTEST_MS)
        longest = self._source.bytes_in(_LONGEST_MS)
        while len(self._unread) >= shortest:
            samples = min(len(self._unread), longest) // self._source.sample_bytes
            yield from self._chunk(self._convert(samples))

    def finish(self) -> Iterator[SpeechChunk]:
        """Yield the rest; half a sample is dropped."""
        yield from self.take()
        rest = self._convert(len(self._unread) // self._source.sample_bytes)
        yield from self._chunk(rest + self._encode(self._resampler.flush()))

    def _convert(self, samples: int) -> bytes:
        size = samples * self._source.sample_bytes
        payload = bytes(self._unread[:size])
        del self._unread[:size]
        self._taken_samples += samples
        if self._source == self._target:
            return payload
        return self._encode(self._resampler.process(np.frombuffer(payload, "<i2")))

    def _encode(self, samples: NDArray[np.int16]) -> bytes:
        match self._target.encoding:
            case Encoding.PCM16:
                return samples.astype("<i2").tobytes()
            case Encoding.MULAW:
                return mulaw_encode(samples)
            case Encoding.ALAW:
                return alaw_encode(samples)

    def _chunk(self, payload: bytes) -> Iterator[SpeechChunk]:
        if not payload:
            return
        # A word that was told too late gets the place where the next audio begins.
        now_ms = self._given_samples * 1_000 / self._target.rate
        words = tuple(replace(word, at_ms=max(word.at_ms, now_ms)) for word in self._words)
        self._words.clear()
        frame = AudioFrame(self._target, payload)
        self._given_samples += frame.samples
        yield SpeechChunk(frame, words)
