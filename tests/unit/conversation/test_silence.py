"""What happens when nobody speaks."""

from __future__ import annotations

from backend.domain.conversation.effects import ReplyKind, StartReply
from tests.unit.conversation.builders import Talk


def test_words_that_stay_a_guess_without_a_voice_are_answered_before_anyone_asks_who_is_there() -> None:
    talk = Talk()
    talk.partial("hello is anyone there", 1_000)
    assert talk.wait(10_000) == (StartReply(1, ReplyKind.ANSWER, "hello is anyone there"),)
