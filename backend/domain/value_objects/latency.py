"""Why a turn took as long as it did.

The segments of a ``TurnLatency`` lie end to end between two facts the caller can feel (the end of
their last voiced sound, the first audible sample of the answer), so they sum to ``voice_to_voice_ms``
by construction. Each has one owner: a setting, an engine, or Victoria herself.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from backend.domain.value_objects.instant import Instant, elapsed_ms


@dataclass(frozen=True, slots=True)
class TurnLatency:
    """One answered turn, in milliseconds.

    ``pause_ms``         the pause the caller was granted before the turn counted as over (a setting)
    ``transcript_ms``    waiting for the final transcript beyond that pause (STT)
    ``first_token_ms``   from the decision to answer to the first token (LLM)
    ``first_clause_ms``  from there to the first clause that can be spoken (LLM)
    ``first_audio_ms``   from there to the first audio (TTS)
    ``playout_ms``       from there to the first audible sample at the caller (Victoria and the network)
    """

    pause_ms: float
    transcript_ms: float
    first_token_ms: float
    first_clause_ms: float
    first_audio_ms: float
    playout_ms: float

    @property
    def voice_to_voice_ms(self) -> float:
        """What the caller felt: the sum of the segments."""
        return (
            self.pause_ms
            + self.transcript_ms
            + self.first_token_ms
            + self.first_clause_ms
            + self.first_audio_ms
            + self.playout_ms
        )


def turn_latency(
    *,
    speech_ended: Instant,
    entitled_until: Instant,
    decided: Instant,
    first_token: Instant | None,
    first_clause: Instant | None,
    first_audio: Instant | None,
    audible: Instant,
) -> TurnLatency:
    """Lay the stages end to end. A stage that was not reached when sound began (a filler was heard
    first) takes all the time that was left.

    Stages are clamped to be in order, so that no segment is negative and the sum is exact.
    """
    edges = [speech_ended]
    for stage in (min(entitled_until, decided), decided, first_token, first_clause, first_audio, audible):
        edges.append(max(edges[-1], audible if stage is None else min(stage, audible)))
    return TurnLatency(*(elapsed_ms(a, b) for a, b in pairwise(edges)))
