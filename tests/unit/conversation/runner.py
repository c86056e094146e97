"""The conversation machine, run in no time: fed with events, woken at its deadlines, what it orders kept."""

from __future__ import annotations

from typing import TypeVar

from backend.domain.conversation.deadlines import next_deadline
from backend.domain.conversation.effects import CommitTurn, Effect, StartReply
from backend.domain.conversation.events import CallStarted, DeadlineReached, Event
from backend.domain.conversation.machine import step
from backend.domain.conversation.state import State
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import Instant, ms
from backend.domain.value_objects.policies import Policy
from tests.unit.conversation.policies import POLICY

_E = TypeVar("_E", bound=Effect)


class Runner:
    """A call that runs as fast as it is told."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.policy = policy
        self.state = State()
        self.now = ms(0)
        self.timeline: list[TimelineEntry] = []
        self.opening = self.send(CallStarted(self.now))

    # --- the runner -------------------------------------------------------------------------------

    def send(self, event: Event) -> tuple[Effect, ...]:
        """Run the deadlines before ``event``, then it; return the effects of ``event`` alone."""
        while (due := next_deadline(self.state, self.policy)) is not None and due < event.at:
            self._wake(due)
        return self._take(event)

    def wait(self, until: float) -> tuple[Effect, ...]:
        """Let time pass; return what the deadlines order."""
        effects: list[Effect] = []
        while (due := next_deadline(self.state, self.policy)) is not None and due <= ms(until):
            effects += self._wake(due)
        self.now = max(self.now, ms(until))
        return tuple(effects)

    def wait_for_end(self) -> tuple[Effect, ...]:
        """Let time pass until the call is over."""
        effects: list[Effect] = []
        while (due := next_deadline(self.state, self.policy)) is not None:
            effects += self._wake(due)
        assert self.state.ended
        return tuple(effects)

    def _wake(self, due: Instant) -> tuple[Effect, ...]:
        before, at = self.state, max(due, self.now)
        effects = self._take(DeadlineReached(at))
        assert self.state != before, "a deadline that makes no progress"
        return effects

    def _take(self, event: Event) -> tuple[Effect, ...]:
        self.state, effects = step(self.state, event, self.policy)
        self.now = max(self.now, event.at)
        self.timeline.append(TimelineEntry(len(self.timeline) + 1, event, effects))
        return effects

    def _at(self, at: float | None) -> Instant:
        return self.now if at is None else ms(at)

    # --- what came of it --------------------------------------------------------------------------

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Everything ordered so far."""
        return tuple(effect for entry in self.timeline for effect in entry.effects)

    def of(self, kind: type[_E]) -> list[_E]:
        """All effects of one kind so far."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def turns(self) -> list[ConversationTurn]:
        """The turns committed so far."""
        return [effect.turn for effect in self.of(CommitTurn)]

    @property
    def said(self) -> list[tuple[Role, str]]:
        """Who was heard to say what."""
        return [(turn.role, turn.heard) for turn in self.turns]

    @property
    def last_reply(self) -> StartReply:
        """The reply started last."""
        return self.of(StartReply)[-1]

    @property
    def reply_id(self) -> int:
        """The id of the reply started last."""
        return self.state.replies
