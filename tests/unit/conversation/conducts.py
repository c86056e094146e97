"""Ways to conduct a call that random calls try."""

from __future__ import annotations

from typing import Final

from backend.domain.value_objects.policies import BargeIn, Endpointing, Limits, Silence
from tests.unit.conversation.builders import FIRST_SOUND_CUTS, POLICY, UNINTERRUPTIBLE, policy

IMPATIENT: Final = policy(
    "Hi.",
    endpointing=Endpointing(min_pause_ms=0, max_pause_ms=0, final_transcript_timeout_ms=0),
    barge_in=BargeIn(max_hold_ms=0),
    silence=Silence(idle_prompt_after_ms=0, filler_after_ms=0, give_up_after_ms=0, max_failures=1),
    limits=Limits(max_call_ms=60_000, goodbye_ms=1_000, settle_ms=1),
)
POLICIES: Final = {
    "default": POLICY,
    "greets": policy("Hello, this is Ada. How can I help?"),
    "first sound cuts": FIRST_SOUND_CUTS,
    "uninterruptible": UNINTERRUPTIBLE,
    "short call": policy("Hello.", limits=Limits(max_call_ms=20_000)),
    "impatient": IMPATIENT,
}
