"""What a caller noticed of a fault, and whether that is bearable.

All times are seconds. A fault is *detected* when the engine raises, or is abandoned by whoever waited for it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from backend.domain.conversation.events import EngineFailed, Event, TranscriptionFailed
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from tests.faults.trial import FAULTY, Trial
from tests.support.answering_engines import ANSWERS, QUESTIONS

THROUGH_STAND_IN_S: Final = 2.5  # from the fault's detection to an audible reply
APOLOGY_S: Final = 4.0  # from the decision to answer
SILENCE_S: Final = 5.0
_WORDS: Final = frozenset(word for answer in ANSWERS.values() for word in answer.split())


@dataclass
class Verdict:
    """What became of one call. ``problems`` is empty if all is well; durations are None where there was no
    such thing."""

    longest_silence: float
    end_cause: EndCause | None
    detected_after: float | None = None  # the end of the caller's question
    reply_after: float | None = None
    apology_after: float | None = None
    problems: list[str] = field(default_factory=list)

    def expect(self, is_so: bool, problem: str) -> None:
        """Write down ``problem`` unless it ``is_so``."""
        if not is_so:
            self.problems.append(problem)


def judge(trial: Trial, *, tolerance: float = 0.0) -> Verdict:
    """Judge a call that has ended. ``tolerance`` is what a busy machine may take from us."""
    verdict = Verdict(trial.longest_silence_s, trial.orchestrator.call.end_cause)
    silence = verdict.longest_silence
    verdict.expect(silence <= SILENCE_S + tolerance, f"{silence:.2f} s of silence")
    verdict.expect(not trial.unhandled, f"unhandled: {trial.unhandled}")
    verdict.expect(trial.still_running == 0, f"{trial.still_running} streams left running")
    for number in range(len(trial.questions)):
        _judge_turn(trial, number, verdict, tolerance)
    _judge_words(trial, verdict)
    if trial.watch.failures(0, trial.ended_at - tolerance - 0.01):
        is_told = any(_tells(entry.event, trial) for entry in trial.timeline)
        verdict.expect(is_told, "the timeline does not tell that the engine failed")
    return verdict


def _tells(event: Event, trial: Trial) -> bool:
    """Whether the timeline says here that the engine failed."""
    if isinstance(event, EngineFailed):
        return (event.port, event.engine) == (trial.port, FAULTY)
    return isinstance(event, TranscriptionFailed) and trial.port == "stt"


def _judge_turn(trial: Trial, number: int, verdict: Verdict, tolerance: float) -> None:
    asked_at, until = trial.turn(number)
    speech_at, apology_at = trial.speech_at(asked_at, until), trial.apology_at(asked_at, until)
    heard = [at for at in (speech_at, apology_at) if at is not None]
    if not heard:
        verdict.expect(False, f"nothing was said to question {number + 1}")
        return
    decided_at = trial.decided_at(number) or asked_at
    after = min(heard) - (decided_at if trial.port != "stt" else asked_at)
    problem = f"{after:.2f} s until anything was said to question {number + 1}"
    verdict.expect(after <= APOLOGY_S + tolerance, problem)
    failures = trial.watch.failures(trial.questions[number].began_at, min(heard))
    if trial.has_stand_in and failures:
        after = min(heard) - max(decided_at, failures[-1])
        problem = f"{after:.2f} s from the detection to the stand-in's first sound (question {number + 1})"
        verdict.expect(after <= THROUGH_STAND_IN_S + tolerance, problem)
    if number == 0:
        failures = trial.watch.failures(trial.questions[0].began_at, until)
        verdict.detected_after = failures[0] - asked_at if failures else None
        verdict.reply_after = None if speech_at is None else speech_at - asked_at
        verdict.apology_after = None if apology_at is None else apology_at - asked_at


def _judge_words(trial: Trial, verdict: Verdict) -> None:
    said = Counter(word for word in trial.heard_by_caller.split() if word in _WORDS)
    twice = sorted(word for word, times in said.items() if times > 1)
    verdict.expect(not twice, f"said twice: {twice}")
    kept = Counter(word for role, text in trial.dialogue if role is Role.AGENT for word in text.split())
    twice = sorted(word for word, times in kept.items() if times > 1 and word in _WORDS)
    verdict.expect(not twice, f"twice in the transcript: {twice}")
    heard = [text for role, text in trial.dialogue if role is Role.CALLER]
    understood = Counter(word for text in heard for word in text.split())
    asked = Counter(word for text in QUESTIONS[: len(trial.questions)] for word in text.split())
    verdict.expect(understood <= asked, f"heard twice: {sorted(understood - asked)}")
