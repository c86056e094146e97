"""When a scripted caller speaks, interrupts and hangs up: decided anew for each frame, pure.

A polite caller lets the agent finish, breathes, and says the next thing. An impatient one says the second
thing (or the only one, into the greeting) so many milliseconds after the agent began to speak.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.interfaces.cli.call_story import CallStory, HeardReply
from backend.interfaces.cli.meter import sound_end

BREATH_MS: Final = 300  # between the agent's last sample and the caller's next word
PATIENCE_MS: Final = 15_000  # how long an answer is waited for


@dataclass(slots=True)
class Utterance:
    """Something to say at ``rate`` Hz, int16, shape (n,).

    ``began_at`` is the sample of the line where it begins, ``sound_samples`` how long until its sound ends
    (a file may have silence behind it).
    """

    name: str
    samples: NDArray[np.int16] = field(repr=False)
    rate: int
    began_at: int | None = None
    sound_samples: int = field(init=False)

    def __post_init__(self) -> None:
        self.sound_samples = sound_end(self.samples, self.rate) or len(self.samples)


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller has nothing more to say."""


class CallScript:
    """Follows one call at ``rate`` Hz; all times are samples of the caller's line."""

    def __init__(self, utterances: list[Utterance], *, rate: int, barge_in_ms: int | None = None) -> None:
        self.utterances = utterances
        self._rate = rate
        self._barge_in = None if barge_in_ms is None else barge_in_ms * rate // 1_000
        self._interrupts = min(1, len(utterances) - 1)
        self._said = 0
        self._sound_end = 0  # where the last utterance's sound ends

    def next(self, story: CallStory, *, now: int, quiet_since: int) -> Utterance | HangUp | None:
        """Return what to do now, if anything. ``quiet_since`` is where the loudspeaker has nothing more."""
        if not story.entries or not self._may_speak(story, now, quiet_since):
            return None
        if self._said == len(self.utterances):
            return HangUp()
        utterance = self.utterances[self._said]
        self._said += 1
        utterance.began_at = now
        self._sound_end = now + utterance.sound_samples
        return utterance

    def answer_to(self, index: int, story: CallStory) -> HeardReply | None:
        """Return the first reply that was audible after the sound of an utterance, before the next one."""
        begins = self.utterances[index].began_at
        if begins is None:
            return None
        after = begins + self.utterances[index].sound_samples
        until = self.utterances[index + 1].began_at if index + 1 < len(self.utterances) else None
        for reply in story.replies.values():
            at = reply.audible_at
            if at is not None and at >= after and (until is None or at < until):
                return reply
        return None

    def _may_speak(self, story: CallStory, now: int, quiet_since: int) -> bool:
        if self._barge_in is not None and self._said == self._interrupts:
            reply = self._awaited(story)
            return (
                reply is not None
                and reply.audible_at is not None
                and (now >= reply.audible_at + self._barge_in)
            )
        if story.is_agents_turn or now < quiet_since + self._samples(BREATH_MS):
            return False
        if self._said == 0 or self.answer_to(self._said - 1, story) is not None:
            return True
        return now >= self._sound_end + self._samples(PATIENCE_MS)

    def _awaited(self, story: CallStory) -> HeardReply | None:
        if self._said > 0:
            return self.answer_to(self._said - 1, story)
        return next((reply for reply in story.replies.values() if reply.audible_at is not None), None)

    def _samples(self, milliseconds: int) -> int:
        return milliseconds * self._rate // 1_000
