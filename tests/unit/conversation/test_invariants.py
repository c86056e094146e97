"""What holds in every call, however caller, recogniser, engines and line behave.

At every step (see the referee): at most one reply; a retired one is not heard of again; what was heard is
what was reported, and a beginning of what was generated; every reply ends once; turns are numbered without
gaps and in the order they began; a question stands before its answer; nobody is answered before the
announcement or during a transfer; what has to be heard is not cut by the caller; hanging up is the last
order. And of the whole call, below.
"""

from __future__ import annotations

from typing import Final

import orjson
from hypothesis import HealthCheck, settings

from backend.domain.conversation.codec import decode_effect, decode_event, encode
from backend.domain.conversation.deadlines import next_deadline
from backend.domain.conversation.machine import step
from backend.domain.conversation.state import State
from backend.domain.value_objects.conversation_turn import Role
from tests.unit.conversation.random_telephone import RandomTelephone

# No abandoned call may take longer to end than this many deadlines.
MOST_TO_THE_END: Final = 60


class CheckedCall(RandomTelephone):
    """A random call that is checked when it is over."""

    def teardown(self) -> None:
        if not hasattr(self, "state"):
            return
        self.the_call_ends_by_itself()
        self.no_word_is_lost_or_said_twice()
        self.all_keys_are_in_the_transcript()
        self.every_reply_is_over()
        self.replay_orders_the_same()
        self.the_record_can_be_written_and_read()

    def the_call_ends_by_itself(self) -> None:
        for _ in range(MOST_TO_THE_END):
            due = next_deadline(self.state, self.policy)
            if due is None:
                break
            self.wake(due)
        assert self.state.ended, "an abandoned call goes on for ever"
        assert self.referee.hang_ups == 1

    def no_word_is_lost_or_said_twice(self) -> None:
        """Each word of a final transcript that takes the floor is in the caller's turns, unless it came
        when its turn had already been answered, or the call was over. None is there more often than it
        was recognised; one that was only ever guessed is there once at most."""
        committed = self.referee.committed_words(Role.CALLER)
        lost = self.due_in_transcript - committed
        assert not lost, f"lost {sorted(lost)}"
        for word, times in committed.items():
            if word.startswith("word"):
                assert times <= max(1, self.finals[word]), f"{word} is there {times} times"

    def every_reply_is_over(self) -> None:
        assert self.referee.current_id is None
        assert self.referee.draft_id is None

    def replay_orders_the_same(self) -> None:
        state = State()
        for event, effects in self.recorded:
            state, again = step(state, event, self.policy)
            assert again == effects

    def the_record_can_be_written_and_read(self) -> None:
        for event, effects in self.recorded:
            assert decode_event(orjson.loads(orjson.dumps(encode(event)))) == event
            for effect in effects:
                assert decode_effect(orjson.loads(orjson.dumps(encode(effect)))) == effect


CheckedCall.TestCase.settings = settings(
    max_examples=300,
    report_multiple_bugs=False,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_every_call = CheckedCall.TestCase
