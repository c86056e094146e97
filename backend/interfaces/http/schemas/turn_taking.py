"""How an agent conducts a conversation, as a client sees it.

Each model mirrors a policy of the domain, takes its defaults from it, and asks it whether the values go
together. The upper limits are ours: a wait of days is a typing error.
"""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from backend.domain.entities import agent as domain
from backend.domain.value_objects import policies
from backend.domain.value_objects.policies import FirstSpeaker
from backend.interfaces.http.schemas.base import LINE_PATTERN, RequestModel

_ENDPOINTING: Final = policies.Endpointing()
_BARGE_IN: Final = policies.BargeIn()
_SILENCE: Final = policies.Silence()
_LIMITS: Final = policies.Limits()

WaitMs = Annotated[int, Field(ge=0, le=600_000, description="milliseconds")]
Word = Annotated[str, Field(min_length=1, max_length=40, pattern=LINE_PATTERN)]
Words = Annotated[list[Word], Field(max_length=200)]


def _lower(words: list[str]) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in words)


class Endpointing(RequestModel):
    """When a pause ends the caller's turn. ``max_pause_ms`` cannot be shorter than ``min_pause_ms``.

    ``adaptive`` grants less where a sentence sounds clearly finished, and more where there are doubts.
    """

    min_pause_ms: WaitMs = _ENDPOINTING.min_pause_ms
    max_pause_ms: WaitMs = _ENDPOINTING.max_pause_ms
    finished_above: float = Field(_ENDPOINTING.finished_above, ge=0, le=1)
    final_transcript_timeout_ms: WaitMs = _ENDPOINTING.final_transcript_timeout_ms
    max_utterance_ms: WaitMs = _ENDPOINTING.max_utterance_ms
    connectives: Words = Field(
        default=[], description="words, beyond the language's own, after which a sentence is not finished"
    )
    adaptive: bool = _ENDPOINTING.adaptive
    closings: Words = Field(
        default=[], description="words, beyond the language's own, with which a sentence is finished"
    )
    numerals: Words = Field(
        default=[], description="words, beyond the language's own, of which a number is made up"
    )

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        self.to_domain()
        return self

    def to_domain(self) -> policies.Endpointing:
        """Return the policy. Raises ``ValueError`` when the values contradict each other."""
        return policies.Endpointing(
            min_pause_ms=self.min_pause_ms,
            max_pause_ms=self.max_pause_ms,
            finished_above=self.finished_above,
            final_transcript_timeout_ms=self.final_transcript_timeout_ms,
            max_utterance_ms=self.max_utterance_ms,
            connectives=_lower(self.connectives),
            adaptive=self.adaptive,
            closings=_lower(self.closings),
            numerals=_lower(self.numerals),
        )

    @classmethod
    def of(cls, policy: policies.Endpointing) -> Endpointing:
        """Return what a client sees of ``policy``."""
        return cls.model_construct(
            min_pause_ms=policy.min_pause_ms,
            max_pause_ms=policy.max_pause_ms,
            finished_above=policy.finished_above,
            final_transcript_timeout_ms=policy.final_transcript_timeout_ms,
            max_utterance_ms=policy.max_utterance_ms,
            connectives=sorted(policy.connectives),
            adaptive=policy.adaptive,
            closings=sorted(policy.closings),
            numerals=sorted(policy.numerals),
        )


class BargeIn(RequestModel):
    """What takes the floor from the agent."""

    enabled: bool = _BARGE_IN.enabled
    min_words: int = Field(_BARGE_IN.min_words, ge=0, le=20)
    max_hold_ms: WaitMs = _BARGE_IN.max_hold_ms
    backchannels: Words = Field(
        default=[], description='"mm-hm" and the like, beyond the language\'s own, which do not interrupt'
    )

    def to_domain(self) -> policies.BargeIn:
        """Return the policy."""
        return policies.BargeIn(
            enabled=self.enabled,
            min_words=self.min_words,
            max_hold_ms=self.max_hold_ms,
            backchannels=_lower(self.backchannels),
        )

    @classmethod
    def of(cls, policy: policies.BargeIn) -> BargeIn:
        """Return what a client sees of ``policy``."""
        return cls.model_construct(
            enabled=policy.enabled,
            min_words=policy.min_words,
            max_hold_ms=policy.max_hold_ms,
            backchannels=sorted(policy.backchannels),
        )


class Silence(RequestModel):
    """What to do when nobody speaks, and when the agent should but does not."""

    idle_prompt_after_ms: WaitMs = _SILENCE.idle_prompt_after_ms
    max_idle_prompts: int = Field(_SILENCE.max_idle_prompts, ge=0, le=20)
    filler_after_ms: WaitMs = _SILENCE.filler_after_ms
    give_up_after_ms: WaitMs = _SILENCE.give_up_after_ms
    max_failures: int = Field(_SILENCE.max_failures, ge=1, le=20)
    reprompt_after_voiced_ms: WaitMs = _SILENCE.reprompt_after_voiced_ms
    hold_ms: WaitMs = _SILENCE.hold_ms

    def to_domain(self) -> policies.Silence:
        """Return the policy."""
        return policies.Silence(**self.model_dump())

    @classmethod
    def of(cls, policy: policies.Silence) -> Silence:
        """Return what a client sees of ``policy``."""
        return cls.model_construct(**{name: getattr(policy, name) for name in cls.model_fields})


class Limits(RequestModel):
    """Hard ends of a call."""

    max_call_ms: int = Field(_LIMITS.max_call_ms, ge=1, le=24 * 60 * 60 * 1_000, description="milliseconds")
    goodbye_ms: int = Field(_LIMITS.goodbye_ms, ge=1, le=60_000, description="milliseconds")
    settle_ms: int = Field(_LIMITS.settle_ms, ge=1, le=60_000, description="milliseconds")
    transfer_ms: int = Field(_LIMITS.transfer_ms, ge=1, le=600_000, description="milliseconds")
    max_turns: int = Field(_LIMITS.max_turns, ge=1, le=10_000, description="of the agent")

    def to_domain(self) -> policies.Limits:
        """Return the policy."""
        return policies.Limits(**self.model_dump())

    @classmethod
    def of(cls, policy: policies.Limits) -> Limits:
        """Return what a client sees of ``policy``."""
        return cls.model_construct(**{name: getattr(policy, name) for name in cls.model_fields})


class TurnTaking(RequestModel):
    """Who begins, when a turn is over, what interrupts, what silence means, when it ends."""

    first_speaker: Annotated[FirstSpeaker, Field(strict=False)] = FirstSpeaker.AGENT
    endpointing: Endpointing = Endpointing()
    barge_in: BargeIn = BargeIn()
    silence: Silence = Silence()
    limits: Limits = Limits()

    def to_domain(self) -> domain.TurnTaking:
        """Return the policies."""
        return domain.TurnTaking(
            first_speaker=self.first_speaker,
            endpointing=self.endpointing.to_domain(),
            barge_in=self.barge_in.to_domain(),
            silence=self.silence.to_domain(),
            limits=self.limits.to_domain(),
        )

    @classmethod
    def of(cls, turn_taking: domain.TurnTaking) -> TurnTaking:
        """Return what a client sees of ``turn_taking``."""
        return cls.model_construct(
            first_speaker=turn_taking.first_speaker,
            endpointing=Endpointing.of(turn_taking.endpointing),
            barge_in=BargeIn.of(turn_taking.barge_in),
            silence=Silence.of(turn_taking.silence),
            limits=Limits.of(turn_taking.limits),
        )
