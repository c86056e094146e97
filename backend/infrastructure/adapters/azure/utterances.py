"""When has an utterance been understood? The rules, without I/O.

The service knows nothing of utterances: it ends a phrase after some silence, and tells where in the audio the
phrase was. The caller's pause is known here, by the voice detector. So each ``finalize`` marks a place in
the audio, and an utterance settles when a phrase has come that reaches (nearly) up to its mark, when the
service is already busy with what was said after it, or when its time is up: then there were no words in it.

That can only be told of a service that listens. One without a connection, one that has not said a thing over
it, or one that begins a phrase and does not end it has failed: others may understand what it did not.

Positions are milliseconds of the audio fed, times are seconds of any one clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from backend.domain.ports.stt_port import SttEvent, SttFinal, SttPartial, SttSettled
from backend.domain.value_objects.language import Language
from backend.infrastructure.adapters.azure.errors import silent

# The voice detector's pause, and what two detectors may differ in.
_TAIL_MS: Final = 600
# From the pause to the phrase, once words have come …
_PHRASE_TIMEOUT_S: Final = 1.5
# … and to the first sign of words, if there has been none: a cough, or a slow service.
_WORDS_TIMEOUT_S: Final = 0.7
# A second utterance of which the service says nothing is no cough any more.
_MOST_SILENT: Final = 1


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
        self._phrase_end_ms = 0.0
        self._silent_in_a_row = 0  # utterances whose time was up since the service last said anything
        self._is_mute = True  # there is no connection, or nothing has been said over it
        self._may_begin_anew = True  # the connection before, if there was one, was not mute

    @property
    def next_deadline(self) -> float | None:
        """When ``expire`` is to be called."""
        if not self._pending:
            return None
        return self._pending[0].asked_at + (_PHRASE_TIMEOUT_S if self._partial else _WORDS_TIMEOUT_S)

    def feed(self, milliseconds: float) -> None:
        """More audio is on its way to the service."""
        self._fed_ms += milliseconds

    def finalize(self, utterance: int, now: float, *, padding_ms: float) -> list[SttEvent]:
        """The caller has paused; ``padding_ms`` of silence, which belong to no utterance, follow."""
        self._pending.append(_Pending(utterance, self._begin_ms, self._fed_ms, now))
        self._fed_ms += padding_ms
        self._begin_ms = self._fed_ms
        return self._settle_what_is_done()

    def connected(self, now: float) -> None:
        """The service gets the audio since its last phrase, again if it is not the first connection, and
        needs its time for it; but not time and again, if all that it does is to accept connections."""
        if self._may_begin_anew:
            self._pending = deque(replace(pending, asked_at=now) for pending in self._pending)
        self._is_mute, self._may_begin_anew = True, False

    def disconnected(self) -> None:
        """Nothing reaches the service."""
        self._is_mute = True

    def sign_of_life(self) -> None:
        """The service has said something, be it nothing about words."""
        self._is_mute, self._may_begin_anew = False, True
        self._silent_in_a_row = 0

    def hypothesis(self, text: str, begin_ms: float) -> list[SttEvent]:
        """The service has understood these words of the phrase that began at ``begin_ms``, so far.

        After a reconnection it begins the phrase anew: what only repeats the beginning is no news.
        """
        if self._partial.startswith(text):
            return []
        events = self._settle_before(begin_ms)
        self._partial = text
        return [*events, SttPartial(text)]

    def phrase(
        self, text: str, begin_ms: float, end_ms: float, language: Language | None = None
    ) -> list[SttEvent]:
        """The service has finished a phrase; one without text says that there were no words."""
        if end_ms <= self._phrase_end_ms:
            return []
        events = self._settle_before(begin_ms)
        self._phrase_end_ms = end_ms
        self._partial = ""
        if text:
            events.append(SttFinal(text, language))
        return [*events, *self._settle_what_is_done()]

    def expire(self, now: float) -> list[SttEvent]:
        """Settle the next utterance if its time is up. Raises ``ProviderTimeoutError`` if that would be to
        say for the service what it has not said; all that has not settled is to be heard by others then."""
        deadline = self.next_deadline
        if deadline is None or now < deadline:
            return []
        self._silent_in_a_row += 1
        if self._partial or self._is_mute or self._silent_in_a_row > _MOST_SILENT:
            raise silent()
        return [self._settle(), *self._settle_what_is_done()]

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
