"""What a caller noticed of a fault, and whether that is bearable.

All times are seconds. A fault is *detected* when the engine raises, or is abandoned by whoever waited for it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from backend.domain.conversation.events import EngineFailed, Event, TranscriptionFailed
from backend.domain.conversation.words import words
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from tests.faults.trial import FAULTY, Trial, Turn
from tests.support.answering_engines import ANSWERS, QUESTIONS

THROUGH_STAND_IN_S: Final = 2.5  # from the fault's detection to an audible reply
APOLOGY_S: Final = 4.0  # from the decision to answer
SILENCE_S: Final = 5.0
A_TICK_S: Final = 0.01
_WORDS: Final = frozenset(word for answer in ANSWERS.values() for word in answer.split())


@dataclass
class Verdict:
    """What became of one call. ``problems`` is empty if all is well.

    The next three are of the first turn in which the engine failed, after the end of what the caller said, or
    the start of the call; None if there was no such thing. ``stand_in_after`` is the longest time from a
    detection to a sound, ``attended_after`` from the decision to speak (with no ears, from the end of the
    question) to a sound that is no filler.
    """

    longest_silence: float
    end_cause: EndCause | None
    detected_after: float | None = None
    reply_after: float | None = None
    apology_after: float | None = None
    stand_in_after: float | None = None
    attended_after: float = 0.0
    problems: list[str] = field(default_factory=list)

    def expect(self, is_so: bool, problem: str) -> None:
        """Write down ``problem`` unless it ``is_so``."""
        if not is_so:
            self.problems.append(problem)


def judge(trial: Trial, *, tolerance: float = 0.0, is_exact: bool = True) -> Verdict:
    """Judge a call that has ended.

    ``tolerance`` is what a busy machine may take from us; ``is_exact`` says that the recognisers hear what is
    said, and not what a script says.
    """
    verdict = Verdict(trial.longest_silence_s, trial.orchestrator.call.end_cause)
    for turn in trial.turns_asked:
        _judge_turn(trial, turn, verdict)
    for name, seconds, limit in (
        ("of silence", verdict.longest_silence, SILENCE_S),
        ("from the decision to a sound", verdict.attended_after, APOLOGY_S),
        ("from the detection to a sound", verdict.stand_in_after or 0.0, THROUGH_STAND_IN_S),
    ):
        verdict.expect(seconds <= limit + tolerance, f"{seconds:.2f} s {name}")
    verdict.expect(not trial.unhandled, f"unhandled: {trial.unhandled}")
    verdict.expect(trial.still_running == 0, f"{trial.still_running} streams left running")
    _judge_speech(trial, verdict)
    if is_exact:
        _judge_hearing(trial, verdict)
    if trial.watch.failures(0, trial.over_at - A_TICK_S):
        is_told = any(_tells(entry.event, trial) for entry in trial.timeline)
        verdict.expect(is_told, "the timeline does not tell that the engine failed")
    return verdict


def _tells(event: Event, trial: Trial) -> bool:
    """Whether the timeline says here that the engine failed."""
    if isinstance(event, EngineFailed):
        return (event.port, event.engine) == (trial.port, FAULTY)
    return isinstance(event, TranscriptionFailed) and trial.port == "stt"


def _judge_turn(trial: Trial, turn: Turn, verdict: Verdict) -> None:
    speech_at, apology_at = trial.speech_at(turn), trial.apology_at(turn)
    decided_at = turn.asked_at if trial.port == "stt" else trial.decided_at(turn)
    failures = trial.watch.failures(turn.began_at, turn.until)
    if heard := [at for at in (speech_at, apology_at) if at is not None]:
        verdict.attended_after = max(verdict.attended_after, min(heard) - decided_at)
        if trial.has_stand_in and (before := [at for at in failures if at <= min(heard)]):
            after = min(heard) - max(decided_at, before[-1])
            verdict.stand_in_after = max(verdict.stand_in_after or 0.0, after)
    else:
        verdict.expect(turn.until - turn.asked_at < A_TICK_S, f"nothing was said at {turn.asked_at:.2f} s")
    if trial.port == "stt" and not _is_greeting(turn, trial):
        failures = trial.watch.failures(0, turn.until)  # it may have failed before anything was asked
    if verdict.detected_after is None and not (trial.port == "stt" and _is_greeting(turn, trial)):
        verdict.detected_after = failures[0] - turn.asked_at if failures else None
        verdict.reply_after = None if speech_at is None else speech_at - turn.asked_at
        verdict.apology_after = None if apology_at is None else apology_at - turn.asked_at


def _is_greeting(turn: Turn, trial: Trial) -> bool:
    return turn.began_at == trial.started_at


def _judge_speech(trial: Trial, verdict: Verdict) -> None:
    said = Counter(word for word in trial.heard_by_caller.split() if word in _WORDS)
    twice = sorted(word for word, times in said.items() if times > 1)
    verdict.expect(not twice, f"said twice: {twice}")
    kept = Counter(word for role, text in trial.dialogue if role is Role.AGENT for word in text.split())
    twice = sorted(word for word, times in kept.items() if times > 1 and word in _WORDS)
    verdict.expect(not twice, f"twice in the transcript: {twice}")


def _judge_hearing(trial: Trial, verdict: Verdict) -> None:
    heard = [text for role, text in trial.dialogue if role is Role.CALLER]
    understood = Counter(word for text in heard for word in words(text))
    asked = Counter(word for text in QUESTIONS[: len(trial.questions)] for word in words(text))
    verdict.expect(understood <= asked, f"heard twice: {sorted(understood - asked)}")
