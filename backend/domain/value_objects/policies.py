"""How a conversation is to be conducted: every wait, limit and phrase of the conversation machine.

All durations are milliseconds. A policy is frozen into the call when it starts; changing an agent
changes its next call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from backend.domain.value_objects.answerer import OnMachine
from backend.domain.value_objects.keypad import Keypad


class FirstSpeaker(StrEnum):
    """Who opens the conversation."""

    AGENT = "agent"
    CALLER = "caller"


def _not_negative(owner: object, *names: str) -> None:
    for name in names:
        if getattr(owner, name) < 0:
            raise ValueError(f"{name} cannot be negative")


@dataclass(frozen=True, slots=True)
class Endpointing:
    """When a pause ends the caller's turn.

    A pause after a sentence that sounds finished (``completeness >= finished_above``) is granted
    ``min_pause_ms``, any other ``max_pause_ms``; with ``adaptive``, less where it sounds clearly finished and
    more where there are doubts (see ``endpointing``). Without it, those two are all there is, as they are
    set.
    The final transcript is awaited no longer than ``final_transcript_timeout_ms`` after the end of speech;
    then the last partial has to do. ``max_utterance_ms`` ends the turn of a caller (or a noise) that never
    pauses.
    A transcript whose last word is one of ``connectives`` ("and", "porque") does not sound finished;
    one that ends in one of ``closings`` ("please") does, without a full stop, and one that ends in
    several ``numerals`` is perhaps a number that is being dictated (these two matter only if ``adaptive``).
    """

    min_pause_ms: int = 480
    max_pause_ms: int = 1_200
    finished_above: float = 0.5
    final_transcript_timeout_ms: int = 2_500
    max_utterance_ms: int = 45_000
    connectives: frozenset[str] = frozenset()
    adaptive: bool = True
    closings: frozenset[str] = frozenset()
    numerals: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _not_negative(self, "min_pause_ms", "final_transcript_timeout_ms", "max_utterance_ms")
        if self.max_pause_ms < self.min_pause_ms:
            raise ValueError("max_pause_ms cannot be shorter than min_pause_ms")


@dataclass(frozen=True, slots=True)
class BargeIn:
    """What takes the floor from the agent.

    Playout is held the moment the caller's voice is detected, so the caller always hears silence at
    once. ``min_words`` words that are not all in ``backchannels`` then cut the reply for good;
    otherwise it goes on where it was held. Speech of ``max_hold_ms`` without any transcript cuts too.
    With ``min_words`` 0 the first voiced sound cuts. ``enabled=False`` makes replies uninterruptible:
    the words spoken meanwhile are answered afterwards.
    """

    enabled: bool = True
    min_words: int = 1
    max_hold_ms: int = 1_500
    backchannels: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _not_negative(self, "min_words", "max_hold_ms")


@dataclass(frozen=True, slots=True)
class Silence:
    """What to do when nobody speaks, and when the agent should but does not.

    ``idle_prompt_after_ms`` of mutual silence earns a prompt; after ``max_idle_prompts`` of them, a
    goodbye. When it is the agent's turn, ``filler_after_ms`` without sound earns a filler and
    ``give_up_after_ms`` (counted from the last sound) a recorded apology instead of the reply.
    ``max_failures`` failed replies in a row end the call politely.
    ``reprompt_after_voiced_ms``: speech that long without any recognised word is asked for again.
    ``hold_ms``: how long a caller who has asked for a moment is left in peace.
    """

    idle_prompt_after_ms: int = 10_000
    max_idle_prompts: int = 2
    filler_after_ms: int = 1_800
    give_up_after_ms: int = 4_000
    max_failures: int = 3
    reprompt_after_voiced_ms: int = 600
    hold_ms: int = 120_000

    def __post_init__(self) -> None:
        _not_negative(self, "idle_prompt_after_ms", "max_idle_prompts", "filler_after_ms", "give_up_after_ms")
        _not_negative(self, "reprompt_after_voiced_ms", "hold_ms")
        if self.max_failures < 1:
            raise ValueError("max_failures must be at least 1")


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard ends. ``goodbye_ms`` is how long a goodbye may take to be heard before we hang up anyway;
    ``settle_ms`` how long we wait to learn what was heard of a reply that was cut; ``transfer_ms`` how long
    the caller may wait to be put through before we take them back. After ``max_turns`` turns of the agent
    the call is taken to make no progress (hold music, two machines), and ends."""

    max_call_ms: int = 30 * 60 * 1_000
    goodbye_ms: int = 8_000
    settle_ms: int = 1_000
    transfer_ms: int = 60_000
    max_turns: int = 200

    def __post_init__(self) -> None:
        waits_ms = (self.max_call_ms, self.goodbye_ms, self.settle_ms, self.transfer_ms)
        if min(*waits_ms, self.max_turns) <= 0:
            raise ValueError("limits must be positive")


@dataclass(frozen=True, slots=True)
class Speculation:
    """Asking the model before it is certain that the caller's turn is over.

    A draft of the answer is begun ``after_ms`` into a pause after words that sound finished. If the words
    change it is withdrawn and another one begun, ``max_drafts`` at most for one answer: each costs tokens.
    """

    enabled: bool = True
    after_ms: int = 200  # no voice detector is sure of a pause much sooner
    max_drafts: int = 3

    def __post_init__(self) -> None:
        _not_negative(self, "after_ms", "max_drafts")


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the machine itself has the agent say, in the agent's language."""

    idle_prompt: str
    reprompt: str
    goodbye: str
    filler: str
    apology: str
    farewell: str
    transferring: str
    transfer_failed: str
    resumed: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything the conversation machine may ask about how this call is to go.

    ``phrases`` are in the agent's ``language`` (a tag), ``translations`` in others that its callers may
    speak, by their base tags. ``destinations`` names whom the caller can be put through to: nobody on a line
    that cannot do that. ``on_machine``, ``voicemail`` and ``keypad`` are the agent's; ``announcement``
    is empty on a line that is no telephone.
    """

    phrases: Phrases
    first_message: str = ""
    first_speaker: FirstSpeaker = FirstSpeaker.AGENT
    endpointing: Endpointing = field(default_factory=Endpointing)
    barge_in: BargeIn = field(default_factory=BargeIn)
    silence: Silence = field(default_factory=Silence)
    limits: Limits = field(default_factory=Limits)
    speculation: Speculation = field(default_factory=Speculation)
    language: str = ""
    translations: Mapping[str, Phrases] = field(default_factory=dict)
    announcement: str = ""
    destinations: tuple[str, ...] = ()
    on_machine: OnMachine = OnMachine.HANG_UP
    voicemail: str = ""
    keypad: Keypad = field(default_factory=Keypad)

    def phrases_in(self, tag: str) -> Phrases:
        """Return the phrases in the language with ``tag``, the agent's own where there are none."""
        return self.translations.get(tag.partition("-")[0], self.phrases)
