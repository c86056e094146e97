"""How long a pause is granted when the agent listens to how the caller speaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.conversation.effects import ReplyKind, StartReply
from backend.domain.conversation.endpointing import completeness
from backend.domain.conversation.manners import policy_for
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.policies import Endpointing, Speculation
from tests.unit.conversation.builders import Talk
from tests.unit.conversation.policies import AGENT, EAGER

# Without drafts, so that only the pauses differ from the plain ones.
ADAPTIVE = replace(EAGER, speculation=Speculation(enabled=False))


def pause_after(text: str, talk: Talk | None = None) -> float:
    """Return the milliseconds from the end of ``text`` to the endpoint."""
    talk = talk or Talk(ADAPTIVE)
    begun = talk.now / 1e6 + 1_000
    talk.says(text, begun, begun + 1_000)
    while not isinstance((effects := talk.timeline[-1].effects) and effects[-1], StartReply):
        talk.wait(talk.now / 1e6 + 10)
    assert talk.last_reply.kind is ReplyKind.ANSWER
    return talk.now / 1e6 - begun - 1_000


@pytest.mark.parametrize(
    ("text", "granted_ms"),
    [
        ("Do you have pizza?", 360),
        ("I want a pizza.", 360),
        ("a pizza please", 360),
        ("I want a pizza", 480),
        ("I want a pizza and", 1_200),
        ("I want a pizza,", 1_200),
        ("my number is five five five", 1_200),
        ("My number is 555.", 1_200),
        ("At nine thirty.", 360),
    ],
)
def test_the_pause_depends_on_how_finished_the_sentence_sounds(text: str, granted_ms: float) -> None:
    assert pause_after(text) == pytest.approx(granted_ms, abs=10)


def test_no_full_stop_means_more_where_the_recogniser_has_written_one() -> None:
    talk = Talk(ADAPTIVE)
    talk.says("Good morning.", 1_000, 2_000)
    talk.wait(2_400)
    talk.agent_says("Good morning.", at=2_500)
    talk.ended(3_000)
    assert pause_after("I want a pizza", talk) == pytest.approx(840, abs=10)


def cut_off(talk: Talk) -> None:
    """The caller asks, and goes on as soon as the agent thinks that they have finished."""
    pause_after("I want a pizza.", talk)
    goes_on = talk.now / 1e6 + 100
    talk.speaks(goes_on)
    talk.final("With olives.")
    talk.stops(goes_on + 300)
    talk.settled()
    talk.wait(goes_on + 1_500)
    talk.agent_says("Coming.", at=goes_on + 1_600)


def test_who_was_cut_off_is_granted_more_until_they_have_been_patient_for_a_while() -> None:
    talk = Talk(ADAPTIVE)
    cut_off(talk)
    talk.ended()
    granted = []
    for _ in range(3):
        granted.append(pause_after("Do you have pizza?", talk))
        talk.agent_says("We have.", at=talk.now / 1e6 + 100)
        talk.ended()
    assert granted == pytest.approx([360 + 200, 360 + 100, 360], abs=10)


def test_patience_has_an_end() -> None:
    talk = Talk(ADAPTIVE)
    for _ in range(5):
        cut_off(talk)
        talk.ended()
    assert talk.state.patience_ms == 500  # 600 at most, less what one answer in peace costs


def test_who_interrupts_an_answer_later_was_not_cut_off() -> None:
    talk = Talk(ADAPTIVE)
    talk.says("Do you have pizza?", 1_000, 2_000)
    talk.wait(2_400)
    talk.agent_says("We have many kinds of pizza.", at=2_600)
    talk.speaks(4_000)
    talk.final("Stop it.", 4_300)
    assert talk.state.reply is None
    assert talk.state.patience_ms == 0


def test_without_it_nothing_is_learned_or_doubted() -> None:
    talk = Talk(replace(ADAPTIVE, endpointing=replace(ADAPTIVE.endpointing, adaptive=False)))
    cut_off(talk)
    talk.ended()
    assert pause_after("Do you have pizza?", talk) == pytest.approx(480, abs=10)
    talk.agent_says("We have.", at=talk.now / 1e6 + 100)
    talk.ended()
    assert pause_after("I want a pizza", talk) == pytest.approx(480, abs=10)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("mesa para dos por favor", SPANISH, True),
        ("No, gracias", SPANISH, True),
        ("¿Abren mañana?", SPANISH, True),
        ("seis uno dos", SPANISH, False),
        ("mi número es el 612", SPANISH, False),
        ("quiero una mesa para", SPANISH, False),
        ("yes", ENGLISH, True),
        ("that's all", ENGLISH, True),
        ("six one two", ENGLISH, False),
        ("and then twenty", ENGLISH, False),
    ],
)
def test_some_words_are_clearly_an_end_and_some_clearly_not(
    text: str, language: Language, expected: bool
) -> None:
    policy = policy_for(replace(AGENT, language=language)).endpointing
    is_clear = completeness(text, policy, is_bare=True) >= 0.9
    assert is_clear is expected


def test_numbers_and_closings_mean_nothing_to_plain_endpointing() -> None:
    policy = Endpointing(
        adaptive=False, closings=frozenset({"please"}), numerals=frozenset({"one", "two", "three"})
    )
    assert completeness("one two three", policy) == completeness("please", policy) == 0.6
