"""What cannot have happened is refused, and changes nothing."""

from __future__ import annotations

import pytest

from backend.domain.conversation.events import (
    CallStarted,
    ClauseGenerated,
    DeadlineReached,
    Event,
    FinalTranscript,
    Heard,
    MediaStalled,
    PlayoutFlushed,
    ReplyEnded,
    SpeechStarted,
    TranscriptSettled,
)
from backend.domain.conversation.machine import step
from backend.domain.conversation.state import State
from backend.domain.errors import UnexpectedEventError
from backend.domain.value_objects.instant import ms
from tests.unit.conversation.builders import Talk, agent_speaking, answering
from tests.unit.conversation.policies import POLICY

NOW = ms(9_000)


def refused(state: State, event: Event) -> None:
    before = repr(state)
    with pytest.raises(UnexpectedEventError):
        step(state, event, POLICY)
    assert repr(state) == before


@pytest.mark.parametrize(
    "event",
    [SpeechStarted(NOW, NOW), FinalTranscript(NOW, "Hello?"), MediaStalled(NOW), DeadlineReached(NOW)],
    ids=lambda event: event.type,
)
def test_before_the_call_has_started(event: Event) -> None:
    refused(State(), event)


def test_a_call_that_starts_twice() -> None:
    refused(Talk().state, CallStarted(NOW))


def test_speech_that_starts_twice() -> None:
    talk = Talk()
    talk.speaks(1_000)
    refused(talk.state, SpeechStarted(NOW, NOW))


@pytest.mark.parametrize(
    "event",
    [
        ClauseGenerated(NOW, 8, "Hello."),
        Heard(NOW, 8, "Hello."),
        PlayoutFlushed(NOW, 8, ""),
        ReplyEnded(NOW, 8),
    ],
    ids=lambda event: event.type,
)
def test_a_reply_that_was_never_started(event: Event) -> None:
    refused(agent_speaking(reply_id=7), event)


@pytest.mark.parametrize("text", ["We open at ten.", "We open at nine and close at five. Or six."])
def test_hearing_what_was_not_generated(text: str) -> None:
    refused(agent_speaking(reply_id=7), Heard(NOW, 7, text))


def test_settling_an_utterance_that_was_not_spoken() -> None:
    refused(answering().state, TranscriptSettled(NOW, 2))


def test_a_deadline_that_has_not_come_is_no_news() -> None:
    state = agent_speaking()
    assert step(state, DeadlineReached(ms(2_100)), POLICY) == (state, ())
