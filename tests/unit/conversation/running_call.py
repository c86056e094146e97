"""A call that goes on from event to event, and in time: every step is checked, whoever plays."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from backend.domain.conversation.deadlines import next_deadline
from backend.domain.conversation.effects import FinalizeTranscript, FlushPlayout, PlayFiller
from backend.domain.conversation.events import (
    CallStarted,
    DeadlineReached,
    Event,
)
from backend.domain.conversation.machine import step
from backend.domain.conversation.state import Pausing, State
from backend.domain.conversation.words import words
from backend.domain.value_objects.instant import Instant, later, ms
from tests.unit.conversation.conducts import POLICIES
from tests.unit.conversation.referee import Performance, Referee

# No deadline may be met more often than this without time going on.
MOST_AT_ONCE: Final = 12


class RunningCall(RuleBasedStateMachine):
    """One call, what the others have to remember of it, and its clock."""

    @initialize(conduct=st.sampled_from(sorted(POLICIES)))
    def start(self, conduct: str) -> None:
        self.policy = POLICIES[conduct]
        self.state = State()
        self.now = ms(0)
        self.referee = Referee()
        self.recorded: list[tuple[Event, tuple[Any, ...]]] = []
        self.deadlines_at_once = 0
        self.met_at = self.now
        self.flushes: list[int] = []  # ordered, and not yet reported
        self.fillers: set[int] = set()  # ordered, and not yet queued
        self.finalized = 0
        self.word = 0
        self.said: list[str] = []  # of the current stretch of speech, not yet final
        self.due_in_transcript: Counter[str] = Counter()
        self.finals: Counter[str] = Counter()
        self.send(CallStarted(self.now))

    def send(self, event: Event) -> None:
        before = self.state
        self.state, effects = step(before, event, self.policy)
        assert step(before, event, self.policy) == (self.state, effects), "not a function of its arguments"
        self.recorded.append((event, effects))
        self.referee.watch(event, effects)
        self.a_draft_answers_a_caller_who_pauses()
        for effect in effects:
            if isinstance(effect, FlushPlayout):
                self.flushes.append(effect.reply_id)
            if isinstance(effect, FinalizeTranscript):
                self.finalized = effect.utterance
            if isinstance(effect, PlayFiller):
                self.fillers.add(effect.reply_id)
        if self.state.ended:
            assert next_deadline(self.state, self.policy) is None
        else:
            assert next_deadline(self.state, self.policy) is not None, "the call would never end"

    def wake(self, until: Instant) -> None:
        """Run the deadlines up to ``until``."""
        while (due := next_deadline(self.state, self.policy)) is not None and due <= until:
            is_same_instant = due <= self.now == self.met_at
            self.deadlines_at_once = self.deadlines_at_once + 1 if is_same_instant else 0
            assert self.deadlines_at_once <= MOST_AT_ONCE, "a deadline that makes no progress"
            self.now = self.met_at = max(self.now, due)
            unsettled = len(self.state.cuts)
            self.send(DeadlineReached(self.now))
            if len(self.state.cuts) < unsettled:  # of these there may be any number
                self.deadlines_at_once = 0
        self.now = max(self.now, until)

    @property
    def live(self) -> Performance | None:
        number = self.referee.current_id
        return None if number is None else self.referee.replies[number]

    @property
    def live_id(self) -> int:
        number = self.referee.current_id
        assert number is not None
        return number

    def a_draft_answers_a_caller_who_pauses(self) -> None:
        draft = self.state.draft
        assert self.referee.draft_id == (None if draft is None else draft.id)
        if draft is not None:
            assert isinstance(self.state.caller, Pausing), "the caller speaks, or waits for the draft"
            assert self.state.stalled_at is None, "nobody knows whether the caller speaks"
            assert words(draft.text) == words(self.state.pending.text), "it answers other words"

    # --- time -------------------------------------------------------------------------------------

    @rule(passed_ms=st.sampled_from([1, 20, 100, 500, 1_000, 3_000, 12_000]))
    def time_passes(self, passed_ms: int) -> None:
        self.wake(later(self.now, passed_ms))

    @rule()
    def the_next_deadline_comes(self) -> None:
        due = next_deadline(self.state, self.policy)
        if due is not None:
            self.wake(due)

    @rule()
    def an_early_wake_up_changes_nothing(self) -> None:
        due = next_deadline(self.state, self.policy)
        if due is not None and due > self.now:
            assert step(self.state, DeadlineReached(self.now), self.policy) == (self.state, ())
