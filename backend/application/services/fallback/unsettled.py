"""What a recogniser still owes us: kept, so that another one can do it instead.

Audio is kept until its utterance settles, so a recogniser that takes over begins where the utterance began
(or ``REPLAY_MS`` ago). Words that were already given for that audio are taken out of what it says.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Final

from backend.application.services.fallback.repeated_words import repeated
from backend.domain.ports.stt_port import SttEvent, SttFinal, SttPartial, SttSettled, SttStream
from backend.domain.value_objects.audio import AudioFrame
from backend.domain.value_objects.instant import NS_PER_MS

# Recognisers fail a stream that is 10 s ahead of time; this leaves room for what is said meanwhile.
REPLAY_MS: Final = 8_000
# As many words as nobody speaks in that time. Words before them cannot be heard again.
_MOST_REPEATED: Final = 100


@dataclass(slots=True)
class _Utterance:
    """Audio up to a ``finalize``, or, while there is no ``number``, up to now."""

    frames: deque[AudioFrame] = field(default_factory=deque)
    number: int | None = None
    is_cut: bool = False  # its beginning has been dropped


class Unsettled:
    """The utterances of one caller that have not settled."""

    def __init__(self) -> None:
        self._utterances: deque[_Utterance] = deque([_Utterance()])
        self._audio_ns = 0
        self._given: list[str] = []  # final words of the first utterance
        self._owed: list[str] = []  # those of them that the present recogniser will say again
        self._begins_late = False

    @property
    def is_awaited(self) -> bool:
        """Whether final words have been asked for and have not all come."""
        return len(self._utterances) > 1

    def feed(self, frame: AudioFrame) -> None:
        """Keep audio, and no more than ``REPLAY_MS`` of it."""
        self._utterances[-1].frames.append(frame)
        self._audio_ns += frame.duration_ns
        while self._audio_ns > REPLAY_MS * NS_PER_MS:
            oldest = next(utterance for utterance in self._utterances if utterance.frames)
            self._audio_ns -= oldest.frames.popleft().duration_ns
            oldest.is_cut = True

    def finalize(self, utterance: int) -> None:
        """Keep the order for final words."""
        self._utterances[-1].number = utterance
        self._utterances.append(_Utterance())

    def replay_into(self, stream: SttStream) -> None:
        """Give everything to a recogniser that knows nothing yet."""
        self._owed = self._given[-_MOST_REPEATED:]
        self._begins_late = self._utterances[0].is_cut
        for utterance in self._utterances:
            for frame in utterance.frames:
                stream.feed(frame)
            if utterance.number is not None:
                stream.finalize(utterance.number)

    def receive(self, event: SttEvent) -> SttEvent | None:
        """Return what is new in a recogniser's event; None if nothing is."""
        match event:
            case SttPartial():
                text, _ = self._without_repetition(event.text)
                return SttPartial(text) if text or not self._owed else None
            case SttFinal():
                was_owed = bool(self._owed)
                text, repeated_words = self._without_repetition(event.text)
                if was_owed:
                    self._owed = self._owed[repeated_words:]
                    self._begins_late = False
                self._given += text.split()
                return replace(event, text=text) if text or not was_owed else None
            case SttSettled():
                return event if self._settle(event.utterance) else None

    def _without_repetition(self, text: str) -> tuple[str, int]:
        """Return the new words of ``text``, and how many of those owed it repeats."""
        if not self._owed:
            return text, 0
        words = text.split()
        old, spoken = repeated(self._owed, words, begins_late=self._begins_late)
        return " ".join(words[spoken:]), old

    def _settle(self, number: int) -> bool:
        if all(utterance.number != number for utterance in self._utterances):
            return False
        while (utterance := self._utterances.popleft()).number != number:
            self._audio_ns -= sum(frame.duration_ns for frame in utterance.frames)
        self._audio_ns -= sum(frame.duration_ns for frame in utterance.frames)
        self._given, self._owed = [], []
        return True
