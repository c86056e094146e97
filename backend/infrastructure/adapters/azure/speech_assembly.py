"""From what the service says to chunks of speech with their words, without I/O.

The service tells of each word by its text and time; here the words are found in the text that was asked for.
The SDK brings words and audio on different threads, so that a word may come a moment after its audio:
``lacks_words`` tells when waiting for it makes sense.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.application.processors.resampler import Resampler
from backend.domain.ports.tts_port import SpeechChunk
from backend.domain.value_objects.audio import AudioFormat, AudioFrame
from backend.domain.value_objects.word_timing import WordTiming

_SPOKEN: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word begins to sound ``at_ms`` into the audio."""

    text: str
    at_ms: float


class SpeechAssembly:
    """One request's speech: made by the service in ``source``, wanted in ``target``."""

    def __init__(self, text: str, source: AudioFormat, target: AudioFormat) -> None:
        self._text = text
        self._source = source
        self._target = target
        self._resampler = None if source == target else Resampler(source.rate, target.rate)
        self._searched = 0  # characters of the text that are behind the last word found
        self._told_until_ms = -1.0
        self._split_sample = b""
        self._audio = bytearray()  # in ``source``, whole samples, not yet taken
        self._given_samples = 0  # of ``source``
        self._words: list[WordTiming] = []

    @property
    def has_audio(self) -> bool:
        """Whether there is audio to be taken."""
        return bool(self._audio)

    @property
    def lacks_words(self) -> bool:
        """Whether there is audio whose words may still be to come."""
        if not self._audio or not _SPOKEN.search(self._text, self._searched):
            return False
        samples = self._given_samples + len(self._audio) // self._source.sample_bytes
        return self._told_until_ms < samples * 1_000 / self._source.rate

    def add_audio(self, payload: bytes) -> None:
        """The next bytes have come; a piece may end in the middle of a sample."""
        payload = self._split_sample + payload
        whole = len(payload) - len(payload) % self._source.sample_bytes
        self._split_sample = payload[whole:]
        self._audio += payload[:whole]

    def add_word(self, word: SpokenWord) -> None:
        """A word has been told; one that is not found in the text is left out."""
        self._told_until_ms = max(self._told_until_ms, word.at_ms)
        for text in (word.text, html.unescape(word.text)):
            found = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)").search(self._text, self._searched)
            if found and _SPOKEN.search(text):
                self._searched = found.end()
                given_ms = self._given_samples * 1_000 / self._source.rate
                self._words.append(WordTiming(found.start(), found.end(), max(word.at_ms, given_ms)))
                return

    def take(self, *, is_last: bool = False) -> SpeechChunk | None:
        """Return the audio that has come since, with the words since, or None without audio."""
        audio = bytes(self._audio)
        self._audio.clear()
        self._given_samples += len(audio) // self._source.sample_bytes
        if self._resampler is not None:
            samples = self._resampler.process(np.frombuffer(audio, "<i2"))
            tail = self._resampler.flush() if is_last else samples[:0]
            audio = np.concatenate((samples, tail)).astype("<i2").tobytes()
        if not audio:
            return None
        words, self._words = tuple(self._words), []
        return SpeechChunk(AudioFrame(self._target, audio), words)
