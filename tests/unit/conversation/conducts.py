"""Ways to conduct a call that random calls try."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from backend.domain.entities.telephone import Telephone
from backend.domain.value_objects.answerer import OnMachine
from backend.domain.value_objects.keypad import Keypad
from backend.domain.value_objects.policies import BargeIn, Endpointing, Limits, Silence, Speculation
from tests.unit.conversation.policies import (
    EAGER,
    FIRST_SOUND_CUTS,
    POLICY,
    UNINTERRUPTIBLE,
    WORKSHOP,
    policy,
)

IMPATIENT: Final = policy(
    "Hi.",
    endpointing=Endpointing(min_pause_ms=0, max_pause_ms=0, final_transcript_timeout_ms=0),
    barge_in=BargeIn(max_hold_ms=0),
    silence=Silence(idle_prompt_after_ms=0, filler_after_ms=0, give_up_after_ms=0, max_failures=1),
    limits=Limits(max_call_ms=60_000, goodbye_ms=1_000, settle_ms=1),
)
TELEPHONE: Final = Telephone(
    announcement="This call is recorded.",
    destinations=(WORKSHOP,),
    on_machine=OnMachine.LEAVE_MESSAGE,
    voicemail="Please call us back.",
)
POLICIES: Final = {
    "default": POLICY,
    "greets": policy("Hello, this is Ada. How can I help?"),
    "first sound cuts": FIRST_SOUND_CUTS,
    "uninterruptible": UNINTERRUPTIBLE,
    "short call": policy("Hello.", limits=Limits(max_call_ms=20_000)),
    "impatient": IMPATIENT,
    "eager": EAGER,
    "telephone": policy("Hello.", telephone=TELEPHONE, is_eager=True),
    "uninterruptible telephone": policy(
        "Hello.", telephone=TELEPHONE, barge_in=BargeIn(enabled=False), limits=Limits(max_turns=5)
    ),
    "keys only": policy(telephone=Telephone(keypad=Keypad(end_key="", pause_ms=500))),
    "impatient telephone": replace(
        IMPATIENT, announcement="Recorded.", destinations=("Workshop",), on_machine=OnMachine.CONTINUE
    ),
    "eager, greets, first sound cuts": policy("Hello.", is_eager=True, barge_in=BargeIn(min_words=0)),
    "eager and impatient": replace(IMPATIENT, speculation=Speculation(after_ms=0, max_drafts=2)),
}
