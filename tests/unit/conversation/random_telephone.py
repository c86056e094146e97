"""A random call on a line that is a telephone, too: keys, written words, machines, transfers and holds."""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from backend.domain.conversation.events import (
    AnswererDetected,
    CallerLeft,
    HoldRequested,
    KeyPressed,
    TextTyped,
    TransferFailed,
    TransferRequested,
)
from backend.domain.conversation.keyed import is_tone
from backend.domain.conversation.state import Transferring
from backend.domain.conversation.words import words
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.answerer import Answerer
from tests.unit.conversation.policies import WORKSHOP
from tests.unit.conversation.random_call import RandomCall


class RandomTelephone(RandomCall):
    """Anything plausible may happen next, by telephone or in writing."""

    def __init__(self) -> None:
        super().__init__()
        self.pressed: Counter[str] = Counter()  # digits

    def is_due(self, text: str) -> bool:
        """One word right after a key may be taken for its sound."""
        is_noise = is_tone(text, keyed_at=self.state.keyed_at, at=self.now)
        return super().is_due(text) and not is_noise

    @rule()
    def something_is_written(self) -> None:
        self.word += 1
        text = f"typed{self.word}"
        if not (self.state.ended or self.is_leaving):
            self.due_in_transcript[text] += 1
        self.send(TextTyped(self.now, text))

    @rule(text=st.sampled_from(["", " ", "?", "👍"]))
    def nothing_is_written(self, text: str) -> None:
        self.send(TextTyped(self.now, text))

    @rule(keys=st.text("0123456789*#", min_size=1, max_size=3))
    def keys_are_pressed(self, keys: str) -> None:
        for key in keys:
            if key.isdecimal() and not (self.state.ended or self.is_leaving):
                self.pressed[key] += 1
            self.send(KeyPressed(self.now, key))

    @rule(chance=st.integers(0, 9), answerer=st.sampled_from(Answerer), is_over=st.booleans())
    def the_answerer_is_found_out(self, chance: int, answerer: Answerer, is_over: bool) -> None:
        if chance == 0:
            self.send(AnswererDetected(self.now, answerer, is_over))

    @precondition(lambda self: self.live)
    @rule(summary=st.sampled_from(["", "A flat tyre."]))
    def the_model_transfers(self, summary: str) -> None:
        self.send(TransferRequested(self.now, self.live_id, WORKSHOP.name, summary))

    @precondition(lambda self: self.live)
    @rule()
    def the_model_asks_for_somebody_unknown(self) -> None:
        self.send(TransferFailed(self.now, "unknown-destination", self.live_id))

    @precondition(lambda self: self.live)
    @rule()
    def the_model_waits(self) -> None:
        self.send(HoldRequested(self.now, self.live_id))

    @rule()
    def a_transfer_fails(self) -> None:
        self.send(TransferFailed(self.now, "busy"))

    @precondition(lambda self: isinstance(self.state.standby, Transferring))
    @rule(chance=st.integers(0, 3))
    def a_transfer_succeeds(self, chance: int) -> None:
        if chance == 0:
            self.send(CallerLeft(self.now, EndCause.TRANSFERRED))
            self.wake(self.state.closing_since or self.now)

    def all_keys_are_in_the_transcript(self) -> None:
        """Each once, whatever became of the turn it was part of."""
        committed = Counter(
            word for turn in self.referee.turns for word in words(turn.heard) if turn.reply_id is None
        )
        assert Counter({key: committed[key] for key in "0123456789" if committed[key]}) == self.pressed
