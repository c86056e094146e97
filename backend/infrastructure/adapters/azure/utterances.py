"""When has an utterance been understood? The rules, without I/O.

The service knows nothing of utterances: it ends a phrase after some silence, and tells where in the audio the
phrase was. The caller's pause is known here, by the voice detector. So each ``finalize`` marks a place in
the audio, and an utterance settles when a phrase has come that reaches (nearly) up to its mark, when the
service is already busy with what was said after it, or when its time is up. What had been understood by then
is kept: a partial is better than nothing, and its phrase, should it come later, is not said again.

Positions are milliseconds of the audio fed, times are seconds of any one clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from backend.domain.ports.stt_port import SttEvent, SttFinal, SttPartial, SttSettled
from backend.domain.value_objects.language import Language

# The voice detector's pause, and what two detectors may differ in.
_TAIL_MS: Final = 600
# From the pause to the phrase, once words have come …
_PHRASE_TIMEOUT_S: Final = 1.5
# … and to the first sign of words, if there has been none: a cough, or a slow service.
_WORDS_TIMEOUT_S: Final = 0.7


@dataclass(frozen=True, slots=True)
class _Pending:
    """An utterance whose audio, ``[begin_ms, mark_ms)``, is all there."""

    utterance: int
    begin_ms: float
    mark_ms: float
    asked_at: float


class Utterances:
    """One stream's utterances. Every method returns the events that follow from it."""

    def __init__(self) -> None:
        self._pending: deque[_Pending] = deque()
        self._fed_ms = 0.0
        self._begin_ms = 0.0  # of the utterance that is being fed
        self._partial = ""
        self._partial_ms = 0.0
        self._phrase_end_ms = 0.0
        self._given_up_ms = 0.0  # phrases that begin before it have been replaced by their partial
        self.silent_in_a_row = 0  # utterances whose time was up since the service last said anything

    @property
    def next_deadline(self) -> float | None:
        """When ``expire`` is to be called."""
        if not self._pending:
            return None
        has_words = self._partial and self._partial_ms < self._pending[0].mark_ms
        return self._pending[0].asked_at + (_PHRASE_TIMEOUT_S if has_words else _WORDS_TIMEOUT_S)

    def feed(self, milliseconds: float) -> None:
        """More audio is on its way to the service."""
        self._fed_ms += milliseconds

    def finalize(self, utterance: int, now: float, *, padding_ms: float) -> list[SttEvent]:
        """The caller has paused; ``padding_ms`` of silence, which belong to no utterance, follow."""
        self._pending.append(_Pending(utterance, self._begin_ms, self._fed_ms, now))
        self._fed_ms += padding_ms
        self._begin_ms = self._fed_ms
        return self._settle_what_is_done()

    def reconnected(self, now: float) -> None:
        """The service gets the audio since its last phrase again, and needs its time for it again."""
        self._pending = deque(replace(pending, asked_at=now) for pending in self._pending)

    def hypothesis(self, text: str, begin_ms: float) -> list[SttEvent]:
        """The service has understood these words of the phrase that began at ``begin_ms``, so far.

        After a reconnection it begins the phrase anew: what only repeats the beginning is no news.
        """
        self.silent_in_a_row = 0
        if begin_ms < self._given_up_ms or self._partial.startswith(text):
            return []
        events = self._settle_before(begin_ms)
        self._partial, self._partial_ms = text, begin_ms
        return [*events, SttPartial(text)]

    def phrase(
        self, text: str, begin_ms: float, end_ms: float, language: Language | None = None
    ) -> list[SttEvent]:
        """The service has finished a phrase; one without text says that there were no words."""
        self.silent_in_a_row = 0
        if begin_ms < self._given_up_ms or end_ms <= self._phrase_end_ms:
            return []
        events = self._settle_before(begin_ms)
        self._phrase_end_ms = end_ms
        self._partial = ""
        if text:
            events.append(SttFinal(text, language))
        return [*events, *self._settle_what_is_done()]

    def expire(self, now: float) -> list[SttEvent]:
        """Settle the utterances whose time is up."""
        events: list[SttEvent] = []
        while (deadline := self.next_deadline) is not None and deadline <= now:
            pending = self._pending[0]
            if self._partial and self._partial_ms < pending.mark_ms:
                events.append(SttFinal(self._partial))
                self._partial = ""
                self._given_up_ms = pending.mark_ms
            self.silent_in_a_row += 1
            events.append(self._settle())
            events.extend(self._settle_what_is_done())
        return events

    def _settle_before(self, position_ms: float) -> list[SttEvent]:
        """The service is busy with audio from ``position_ms`` on: it is done with all before."""
        events: list[SttEvent] = []
        while self._pending and self._pending[0].mark_ms <= position_ms:
            events.append(self._settle())
        return events

    def _settle_what_is_done(self) -> list[SttEvent]:
        events: list[SttEvent] = []
        while self._pending and self._is_done(self._pending[0]):
            events.append(self._settle())
        return events

    def _is_done(self, pending: _Pending) -> bool:
        if pending.begin_ms == pending.mark_ms:
            return True  # nothing was fed
        is_covered = self._phrase_end_ms > max(pending.begin_ms, pending.mark_ms - _TAIL_MS)
        return is_covered and not self._partial

    def _settle(self) -> SttSettled:
        return SttSettled(self._pending.popleft().utterance)
