"""When a caller on the telephone speaks: by ear alone, for a telephone shows nothing. Pure.

Whoever listens takes a silence of ``QUIET_MS`` after somebody has spoken for their turn. An impatient caller
says the second thing (or the only one, into the greeting) so many milliseconds after hearing the agent begin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backend.interfaces.cli.call_script import PATIENCE_MS, HangUp, Utterance
from backend.interfaces.cli.speaker import Stretch

QUIET_MS: Final = 1_200  # longer than the gap between two sentences of a slow voice
GREETING_PATIENCE_MS: Final = 4_000  # some agents let the caller speak first


@dataclass(frozen=True, slots=True)
class PressKeys:
    """Press these keys, one by one."""

    keys: str


Step = Utterance | PressKeys


class PhoneScript:
    """Follows one call at ``rate`` Hz; all times are samples of the caller's line.

    ``keys`` are pressed after the first utterance was answered; without any utterance, after the greeting.
    """

    def __init__(
        self, utterances: list[Utterance], *, rate: int, keys: str = "", barge_in_ms: int | None = None
    ) -> None:
        self._rate = rate
        self._barge_in = None if barge_in_ms is None else barge_in_ms * rate // 1_000
        self._interrupts = min(1, len(utterances) - 1)
        self._steps: list[Step] = list(utterances)
        if keys:
            self._steps.insert(1, PressKeys(keys))
        self._done = 0
        self._waits_since = 0  # where the caller last stopped to speak or press

    def next(self, heard: list[Stretch], *, now: int) -> Step | HangUp | None:
        """Return what to do now, if anything. ``heard`` is what the loudspeaker has played or will play."""
        if not self._may_go_on(heard, now):
            return None
        if self._done == len(self._steps):
            return HangUp()
        step = self._steps[self._done]
        self._done += 1
        self._waits_since = now
        if isinstance(step, Utterance):
            step.began_at = now
            self._waits_since += step.sound_samples
        return step

    def _may_go_on(self, heard: list[Stretch], now: int) -> bool:
        answer = [stretch for stretch in heard if stretch.start >= self._waits_since]
        if self._barge_in is not None and self._done == self._interrupts:
            return bool(answer) and now >= answer[0].start + self._barge_in
        if answer:
            return now >= answer[-1].end + self._samples(QUIET_MS)
        patience_ms = GREETING_PATIENCE_MS if self._done == 0 else PATIENCE_MS
        quiet_since = max(self._waits_since, heard[-1].end if heard else 0)
        return now >= quiet_since + self._samples(patience_ms)

    def _samples(self, milliseconds: int) -> int:
        return milliseconds * self._rate // 1_000
