"""A reply's audio and what it says: one line of samples, clause after clause.

Samples are PCM16 at one rate and are counted from the reply's first one. Audio that was heard is
forgotten, a second's worth at a time; the text is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from backend.domain.conversation.heard import SpokenClause, heard_text
from backend.domain.value_objects.audio import AudioFormat, AudioFrame
from backend.domain.value_objects.word_timing import WordTiming

STEP_BACK_MS: Final = 600  # on resuming, a word that was broken off is said again from its beginning
SAMPLE_BYTES: Final = 2
# How long a character lasts, until this reply has shown it: 150 to 170 words a minute, in English and
# Spanish alike, are 14 to 17 characters a second.
PACE_MS: Final = 65.0


@dataclass(slots=True)
class _Clause:
    text: str
    samples: int = 0
    is_complete: bool = False
    words: list[WordTiming] = field(default_factory=list)


class ReplyAudio:
    """What there is of one reply so far."""

    def __init__(self, format_: AudioFormat) -> None:
        self._format = format_
        self._clauses: list[_Clause] = []
        self._audio = bytearray()  # samples [_kept, total)
        self._kept = 0
        self.total = 0
        self.is_complete = False
        self.failure = ""  # why it is complete although there should be more

    @property
    def duration_ms(self) -> float:
        """How long all of it lasts, what has been forgotten included."""
        return self._ms(self.total)

    def begin_clause(self, text: str) -> None:
        """The audio that follows speaks ``text``."""
        self._clauses.append(_Clause(text))

    def append(self, frame: AudioFrame, words: tuple[WordTiming, ...] = ()) -> None:
        """Add audio and words (timed from the clause's start) to the last clause."""
        clause = self._clauses[-1]
        self._audio += frame.payload
        self.total += frame.samples
        clause.samples += frame.samples
        clause.words += words

    def insert_first_clause(self, text: str, frame: AudioFrame) -> None:
        """Put a whole clause before all others; there must be no audio yet."""
        assert self.total == 0
        self._clauses.insert(0, _Clause(text, frame.samples, is_complete=True))
        self._audio += frame.payload
        self.total = frame.samples

    def end_clause(self) -> None:
        """The last clause has all its audio."""
        self._clauses[-1].is_complete = True

    def end(self, failure: str = "") -> None:
        """No more is to come: the reply is complete, or broken off because of ``failure``."""
        self.is_complete = True
        self.failure = failure

    def slice(self, start: int, end: int) -> bytes:
        """Return samples ``[start, end)``; they must not have been forgotten."""
        first, last = start - self._kept, end - self._kept
        assert first >= 0
        return bytes(memoryview(self._audio)[first * SAMPLE_BYTES : last * SAMPLE_BYTES])

    def forget_heard(self, heard: int) -> None:
        """Drop audio before sample ``heard`` that cannot be needed again."""
        spare = heard - self._format.samples_in(STEP_BACK_MS) - self._kept
        if spare > self._format.rate:
            del self._audio[: spare * SAMPLE_BYTES]
            self._kept += spare

    def text_until(self, heard: int) -> str:
        """Return the text that samples ``[0, heard)`` have spoken, in whole words."""
        if heard == 0:
            return ""
        clauses = (
            SpokenClause(clause.text, self._length_ms(clause), clause.is_complete, tuple(clause.words))
            for clause in self._clauses
        )
        return heard_text(clauses, self._ms(heard))

    def _length_ms(self, clause: _Clause) -> float:
        """How long the clause lasts, or is going to last as far as we can tell."""
        so_far = self._ms(clause.samples)
        if clause.is_complete:
            return so_far
        spoken = [other for other in self._clauses if other.is_complete]
        characters = sum(len(other.text) for other in spoken)
        pace = self._ms(sum(other.samples for other in spoken)) / characters if characters else PACE_MS
        return max(so_far, pace * len(clause.text))

    def whole_clauses_until(self, heard: int) -> str:
        """Return the text of the clauses that lie wholly in samples ``[0, heard)``."""
        texts, end = [], 0
        for clause in self._clauses:
            end += clause.samples
            if not clause.is_complete or end > heard:
                break
            texts.append(clause.text)
        return "".join(texts)

    def word_beginning(self, heard: int) -> int:
        """Return where to go on after a break at ``heard``: at the beginning of the word that was broken
        off, if that is known and near."""
        nearest = max(self._kept, heard - self._format.samples_in(STEP_BACK_MS))
        begin = 0
        for clause in self._clauses:
            if heard < begin + clause.samples:
                starts = (begin + self._format.samples_in(word.at_ms) for word in clause.words)
                return max((start for start in starts if nearest <= start <= heard), default=heard)
            begin += clause.samples
        return heard

    def _ms(self, samples: int) -> float:
        return samples * 1_000 / self._format.rate
