"""When has an utterance been understood? The rules, without I/O.

Each ``finalize`` marks a place in the audio and asks the service to flush what it holds up to there. The
answer says so, but the service does not promise one: where it holds hardly any audio it may stay silent. So
an utterance settles

- when a flush reaches (nearly) up to its mark, or a result begins behind it;
- when final words reach (nearly) up to its mark and no flush has followed for a moment;
- when its time is up. What had been understood by then is kept: a partial is better than nothing, and its
  final, should it come later, is not said again. If the service has said nothing at all since it was
  asked, it is not going to: the stream has failed.

Positions are milliseconds of the audio fed, times are seconds of any one clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from backend.domain.ports.stt_port import SttEvent, SttFinal, SttPartial, SttSettled
from backend.domain.value_objects.language import Language
from backend.infrastructure.adapters.stt.deepgram_wire import Heard

# What the end of a result may be short of the audio that it answers for: less than the pause by which the
# voice detector has found the end of speech, so no word is in there.
_TAIL_MS: Final = 300
# From the request to the flush, when all words are there already.
_FLUSH_TIMEOUT_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class _Pending:
    """An utterance whose audio, ``[begin_ms, mark_ms)``, is all there."""

    utterance: int
    begin_ms: float
    mark_ms: float
    asked_at: float


class DeepgramUtterances:
    """One stream's utterances; every method but the first two returns the events that follow from it.

    ``settle_timeout_s`` is how long an utterance waits for a flush, from the request on or from the last
    result that came nearer to the mark. ``spoken`` are the languages that may be heard.
    """

    def __init__(self, settle_timeout_s: float, spoken: tuple[Language, ...] = ()) -> None:
        self._settle_timeout_s = settle_timeout_s
        self._spoken = spoken
        self._pending: deque[_Pending] = deque()
        self._fed_ms = 0.0
        self._begin_ms = 0.0  # of the utterance that is being fed
        self._partial: Heard | None = None
        self._heard_ms = 0.0  # how far the service has come …
        self._final_ms = 0.0  # … and up to where its words will not change
        self._given_up_ms = 0.0  # results that begin before it have been replaced by their partial
        self._moved_at: float | None = None  # connected, or come nearer to a mark
        self._answered_at = float("-inf")
        self.is_unanswered = False  # the service was asked, and says nothing

    def connected(self, now: float) -> None:
        """From here on the service can be expected to answer."""
        self._moved_at = now

    def feed(self, milliseconds: float) -> None:
        """More audio is on its way to the service."""
        self._fed_ms += milliseconds

    @property
    def has_audio(self) -> bool:
        """Whether the utterance that is being fed has any."""
        return self._fed_ms > self._begin_ms

    @property
    def next_deadline(self) -> float | None:
        """When ``expire`` is to be called."""
        if not self._pending or self._moved_at is None:
            return None
        first = self._pending[0]
        if self._is_covered(first):
            return max(first.asked_at, self._moved_at) + _FLUSH_TIMEOUT_S
        return max(first.asked_at, self._moved_at) + self._settle_timeout_s

    def finalize(self, utterance: int, now: float) -> list[SttEvent]:
        """The caller has paused; the service is asked to flush if there ``has_audio``."""
        self._pending.append(_Pending(utterance, self._begin_ms, self._fed_ms, now))
        self._begin_ms = self._fed_ms
        return self._settle_empty()

    def heard(self, heard: Heard, now: float) -> list[SttEvent]:
        """The service has understood something."""
        self._answered_at = now
        if self._pending and self._heard_ms < heard.end_ms < self._pending[0].mark_ms - _TAIL_MS:
            self._moved_at = now
        self._heard_ms = max(self._heard_ms, heard.end_ms)
        events: list[SttEvent] = []
        while self._pending and self._pending[0].mark_ms <= heard.begin_ms:
            events.append(self._settle())
        if heard.begin_ms >= self._given_up_ms:
            events.extend(self._final(heard) if heard.is_final else self._interim(heard))
        if heard.is_flushed:
            events.extend(self._flushed(heard.end_ms))
        return [*events, *self._settle_empty()]

    def expire(self, now: float) -> list[SttEvent]:
        """Settle the utterances whose time is up, or say that the service ``is_unanswered``."""
        events: list[SttEvent] = []
        while (deadline := self.next_deadline) is not None and deadline <= now:
            first = self._pending[0]
            if not self._is_covered(first):
                if self._answered_at < first.asked_at:
                    self.is_unanswered = True
                    return events
                events.extend(self._give_up(first))
            events.append(self._settle())
            events.extend(self._settle_empty())
        return events

    def _interim(self, heard: Heard) -> list[SttEvent]:
        is_news = bool(heard.text) and (self._partial is None or self._partial.text != heard.text)
        if heard.text:
            self._partial = heard
        return [SttPartial(heard.text)] if is_news else []

    def _final(self, heard: Heard) -> list[SttEvent]:
        self._partial = None
        self._final_ms = max(self._final_ms, heard.end_ms)
        return [self._words(heard)] if heard.text else []

    def _give_up(self, pending: _Pending) -> list[SttEvent]:
        partial, self._partial = self._partial, None
        if partial is None or partial.begin_ms >= pending.mark_ms:
            self._partial = partial
            return []
        self._given_up_ms = pending.mark_ms
        return [self._words(partial)]

    def _flushed(self, end_ms: float) -> list[SttEvent]:
        """One flush answers for one utterance, and for all that lie before its end."""
        events: list[SttEvent] = []
        if self._pending and self._pending[0].mark_ms - _TAIL_MS <= end_ms:
            events.append(self._settle())
        while self._pending and self._pending[0].mark_ms <= end_ms:
            events.append(self._settle())
        return events

    def _settle_empty(self) -> list[SttEvent]:
        events: list[SttEvent] = []
        while self._pending and self._pending[0].begin_ms == self._pending[0].mark_ms:
            events.append(self._settle())
        return events

    def _is_covered(self, pending: _Pending) -> bool:
        return self._partial is None and self._final_ms >= pending.mark_ms - _TAIL_MS

    def _settle(self) -> SttSettled:
        return SttSettled(self._pending.popleft().utterance)

    def _words(self, heard: Heard) -> SttFinal:
        return SttFinal(heard.text, self._language(heard.language) if len(self._spoken) > 1 else None)

    def _language(self, tag: str | None) -> Language | None:
        """Return what the service calls ``tag`` as the caller's language, with the region that we know of."""
        if tag is None:
            return None
        try:
            heard = Language(tag)
        except ValueError:
            return None
        return next((language for language in self._spoken if language.base == heard.base), heard)
