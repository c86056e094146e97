"""One order spoken by eSpeak NG, slice by slice.

A piece of text is synthesised whole (a few milliseconds), then resampled, encoded and sent in short
chunks. No more pieces are made than the listener has asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_encode, mulaw_encode
from backend.application.processors.resampler import Resampler
from backend.domain.value_objects.audio import AudioFormat, Encoding
from backend.domain.value_objects.word_timing import WordTiming
from backend.infrastructure.adapters.local.espeak_library import Utterance
from backend.infrastructure.adapters.local.framing import Kind, Message
from backend.infrastructure.adapters.local.speakable_text import speakable
from backend.infrastructure.adapters.local.speech_messages import PIECES_AHEAD, SpeechOrder, encode_speech
from backend.infrastructure.adapters.local.speech_pieces import Piece, cut_into_pieces
from backend.infrastructure.adapters.local.worker_host import Send

_CHUNK_MS: Final = 200
_SILENCE_BEFORE_MS: Final = 10
_SILENCE_AFTER_MS: Final = 120
# Samples up to here are silence: 46 dB below full scale, and eSpeak's noises begin well above.
_SILENCE_PEAK: Final = 164
_EXHAUSTED: Final = object()


class Synthesizer(Protocol):
    """What speaks; see ``EspeakLibrary``."""

    @property
    def rate(self) -> int:
        """Sample rate, Hz."""
        ...

    def synthesize(
        self, text: str, *, voice: str, words_per_minute: int, pitch: int, pause_at_end: bool
    ) -> Utterance:
        """Speak ``text`` to its end."""
        ...


class EspeakSession:
    """Speaks one order, a piece for every grant."""

    def __init__(self, library: Synthesizer, order: SpeechOrder, send: Send) -> None:
        self._library = library
        self._order = order
        self._format = order.format
        self._send = send
        self._granted = PIECES_AHEAD
        self._pieces = cut_into_pieces(speakable(order.text))
        self._next = next(self._pieces, None)
        self._resampler = Resampler(library.rate, order.rate)
        self._spoken_samples = 0  # at the library's rate
        self._slices: Iterator[None] = iter(())
        self._is_done = False

    def accept(self, message: Message) -> None:
        """Note a grant."""
        if message.kind is Kind.MORE:
            self._granted += 1

    def advance(self) -> bool:
        """Synthesise the next piece, if it has been granted, or send the next chunk of this one."""
        if next(self._slices, _EXHAUSTED) is not _EXHAUSTED:
            return True
        if self._is_done or not self._granted:
            return False
        self._granted -= 1
        piece, self._next = self._next, next(self._pieces, None)
        self._is_done = self._next is None
        self._slices = self._speak(piece)
        return True

    def close(self) -> None:
        """Nothing is held."""

    def _speak(self, piece: Piece | None) -> Iterator[None]:
        """Send the piece's audio; a slice of work ends at every ``yield``."""
        if piece is not None:
            yield from self._send_piece(piece)
        self._send(Kind.DONE if self._is_done else Kind.PIECE_DONE, b"")

    def _send_piece(self, piece: Piece) -> Iterator[None]:
        utterance = self._library.synthesize(
            piece.text,
            voice=self._order.voice,
            words_per_minute=self._order.words_per_minute,
            pitch=self._order.pitch,
            pause_at_end=piece.is_sentence_end,
        )
        begin, end = self._audible(utterance.samples)
        words = tuple(self._timings(piece, utterance, begin))
        self._spoken_samples += end - begin
        # Chunk by chunk, so that the first one need not wait until the last is resampled.
        chunk = self._library.rate * _CHUNK_MS // 1000
        for start in range(begin, end, chunk):
            samples = self._resampler.process(utterance.samples[start : min(start + chunk, end)])
            if self._is_done and start + chunk >= end:
                samples = np.concatenate((samples, self._resampler.flush()))
            if len(samples):
                self._send(Kind.SPEECH, encode_speech(encode_samples(samples, self._format), words))
                words = ()
            yield

    def _audible(self, samples: NDArray[np.int16]) -> tuple[int, int]:
        """Return the stretch to keep: silence is cut before the first piece and after the last."""
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > _SILENCE_PEAK)
        if not len(loud):
            return 0, len(samples)
        per_ms = self._library.rate / 1000
        begin = 0 if self._spoken_samples else max(0, int(loud[0] - _SILENCE_BEFORE_MS * per_ms))
        end = int(loud[-1] + _SILENCE_AFTER_MS * per_ms) if self._is_done else len(samples)
        return begin, min(end, len(samples))

    def _timings(self, piece: Piece, utterance: Utterance, begin: int) -> Iterator[WordTiming]:
        to_ms = 1000 / self._library.rate
        for word, sample in zip(piece.words, word_samples(piece, utterance), strict=True):
            at = self._spoken_samples + max(0, sample - begin)
            yield WordTiming(word.start, word.end, at * to_ms)


def word_samples(piece: Piece, utterance: Utterance) -> Sequence[int]:
    """Return for each word of ``piece`` the sample at which it begins to sound, never decreasing.

    eSpeak reports the parts of what we call a word ("e-mail", "3.50") one by one and some words not at
    all: of the first the earliest counts, the second begin in proportion between their neighbours.
    """
    known = [(-1, 0)]
    for word in piece.words:
        inside = [sample for at, sample in utterance.word_starts if word.at <= at < word.until]
        if inside and min(inside) >= known[-1][1]:
            known.append((word.at, min(inside)))
    known.append((len(piece.text), len(utterance.samples)))
    characters, samples = zip(*known, strict=True)
    return [int(sample) for sample in np.interp([word.at for word in piece.words], characters, samples)]


def encode_samples(samples: NDArray[np.int16], audio_format: AudioFormat) -> bytes:
    """Return ``samples`` (int16, shape (n,)) in the encoding of ``audio_format``."""
    match audio_format.encoding:
        case Encoding.PCM16:
            return samples.astype("<i2").tobytes()
        case Encoding.MULAW:
            return mulaw_encode(samples)
        case Encoding.ALAW:
            return alaw_encode(samples)
