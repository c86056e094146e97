"""The scripted caller waits, speaks, interrupts and hangs up when a person would."""

from __future__ import annotations

import numpy as np
import pytest

from backend.domain.conversation.effects import CancelReply, Effect, ReplyKind, StartReply
from backend.domain.conversation.events import CallStarted, Event, PlayoutStarted, ReplyEnded
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.instant import Instant
from backend.interfaces.cli.call_script import BREATH_MS, PATIENCE_MS, CallScript, HangUp, Utterance
from backend.interfaces.cli.call_story import CallStory

RATE = 1_000  # so that samples are milliseconds
AT = Instant(0)


def utterance(name: str, silence_after: int = 0) -> Utterance:
    sound = np.concatenate((np.full(500, 9_000, np.int16), np.zeros(silence_after, np.int16)))
    return Utterance(name, sound, RATE)


class Call:
    """A call that is told to a script."""

    def __init__(self, *utterances: Utterance, barge_in_ms: int | None = None) -> None:
        self.story = CallStory()
        self.script = CallScript(list(utterances), rate=RATE, barge_in_ms=barge_in_ms)
        self._seq = 0

    def happens(self, event: Event, *effects: Effect, stretch_start: int | None = None) -> None:
        self._seq += 1
        self.story.take(TimelineEntry(self._seq, event, effects), stretch_start)

    def reply(self, id_: int, kind: ReplyKind, audible_at: int) -> None:
        self.happens(CallStarted(AT), StartReply(id_, kind, "what was asked"))
        self.happens(PlayoutStarted(AT, id_, AT), stretch_start=audible_at)

    def says(self, now: int, quiet_since: int = 0) -> str | None:
        match self.script.next(self.story, now=now, quiet_since=quiet_since):
            case None:
                return None
            case HangUp():
                return "hangs up"
            case spoken:
                return spoken.name


def test_nothing_is_said_before_the_call_has_begun() -> None:
    assert Call(utterance("hello")).says(now=10_000) is None


def test_the_caller_lets_the_greeting_end_and_breathes() -> None:
    call = Call(utterance("hello"))
    call.reply(1, ReplyKind.FIRST_MESSAGE, audible_at=40)
    assert call.says(now=9_000) is None
    call.happens(ReplyEnded(AT, 1))
    assert call.says(now=3_000 + BREATH_MS - 1, quiet_since=3_000) is None
    assert call.says(now=3_000 + BREATH_MS, quiet_since=3_000) == "hello"


def test_who_is_not_greeted_speaks_first() -> None:
    call = Call(utterance("hello"))
    call.happens(CallStarted(AT))
    assert call.says(now=BREATH_MS) == "hello"


def test_the_next_thing_is_said_after_the_answer_and_then_the_caller_hangs_up() -> None:
    call = Call(utterance("one"), utterance("two"))
    call.happens(CallStarted(AT))
    assert call.says(now=1_000) == "one"
    assert call.says(now=5_000) is None
    call.reply(1, ReplyKind.ANSWER, audible_at=5_000)
    assert call.says(now=6_000, quiet_since=6_000) is None
    call.happens(ReplyEnded(AT, 1))
    assert call.says(now=7_000, quiet_since=6_000) == "two"
    call.reply(2, ReplyKind.ANSWER, audible_at=9_000)
    call.happens(ReplyEnded(AT, 2))
    assert call.says(now=12_000, quiet_since=11_000) == "hangs up"


def test_an_answer_that_was_withdrawn_before_it_was_heard_is_none() -> None:
    call = Call(utterance("one"))
    call.happens(CallStarted(AT))
    call.says(now=1_000)
    call.happens(CallStarted(AT), StartReply(1, ReplyKind.ANSWER, "what"))
    call.happens(CallStarted(AT), CancelReply(1))
    assert call.says(now=3_000) is None
    assert call.script.answer_to(0, call.story) is None


def test_after_waiting_in_vain_the_caller_goes_on() -> None:
    call = Call(utterance("one"))
    call.happens(CallStarted(AT))
    call.says(now=1_000)
    assert call.says(now=1_499 + PATIENCE_MS) is None
    assert call.says(now=1_500 + PATIENCE_MS) == "hangs up"


def test_an_answer_may_begin_in_the_silence_at_the_end_of_a_sound() -> None:
    call = Call(utterance("one", silence_after=3_000))
    call.happens(CallStarted(AT))
    call.says(now=1_000)
    call.reply(1, ReplyKind.ANSWER, audible_at=2_200)
    answer = call.script.answer_to(0, call.story)
    assert answer is not None
    assert answer.id == 1


@pytest.mark.parametrize(("now", "expected"), [(3_399, None), (3_400, "two")])
def test_an_impatient_caller_interrupts_the_first_answer(now: int, expected: str | None) -> None:
    call = Call(utterance("one"), utterance("two"), barge_in_ms=400)
    call.happens(CallStarted(AT))
    assert call.says(now=1_000) == "one"
    call.reply(1, ReplyKind.ANSWER, audible_at=3_000)
    assert call.says(now=now, quiet_since=9_000) == expected


def test_with_one_thing_to_say_an_impatient_caller_interrupts_the_greeting() -> None:
    call = Call(utterance("stop"), barge_in_ms=400)
    call.reply(1, ReplyKind.FIRST_MESSAGE, audible_at=100)
    assert call.says(now=499, quiet_since=9_000) is None
    assert call.says(now=500, quiet_since=9_000) == "stop"


def test_what_follows_the_next_utterance_does_not_answer_the_one_before() -> None:
    call = Call(utterance("one"), utterance("two"))
    call.happens(CallStarted(AT))
    call.says(now=1_000)
    call.says(now=1_500 + PATIENCE_MS)
    call.reply(1, ReplyKind.ANSWER, audible_at=20_000)
    assert call.script.answer_to(0, call.story) is None
    assert call.script.answer_to(1, call.story) is not None
