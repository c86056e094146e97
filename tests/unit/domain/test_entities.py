"""Calls, agents, conversations and timelines."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from backend.domain.conversation.effects import CommitTurn, HangUp
from backend.domain.conversation.events import CallerLeft, CallStarted
from backend.domain.entities.agent import Agent, EngineChoice, ModelChoice
from backend.domain.entities.call import Call, CallStatus, Direction, EndCause
from backend.domain.entities.conversation import Conversation, Message, MessageRole
from backend.domain.entities.timeline import TimelineEntry, committed_turns
from backend.domain.errors import ConflictError
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.voice_config import VoiceConfig

AGENT = Agent(id="a" * 32, tenant="bakery", name="Ada", prompt="Be brief.")
CALL = Call(CallId("c" * 32), AGENT, Direction.BROWSER, started_at=1_700_000_000_000)


def turn(number: int, role: Role, content: str, heard: str | None = None) -> ConversationTurn:
    return ConversationTurn(
        number, role, content, content if heard is None else heard, ms(number), ms(number + 1)
    )


# --- calls ----------------------------------------------------------------------------------------


def test_a_call_belongs_to_its_agents_tenant() -> None:
    assert CALL.tenant == "bakery"


@pytest.mark.parametrize("cause", list(EndCause))
def test_every_cause_ends_a_call(cause: EndCause) -> None:
    ended = CALL.end(cause, at=1_700_000_060_000, duration_ms=60_000)
    expected = {
        EndCause.ENGINES_FAILED: CallStatus.FAILED,
        EndCause.INTERNAL_ERROR: CallStatus.FAILED,
        EndCause.PROCESS_DIED: CallStatus.INTERRUPTED,
    }.get(cause, CallStatus.COMPLETED)
    assert (ended.status, ended.end_cause, ended.duration_ms) == (expected, cause, 60_000)
    assert CALL.status is CallStatus.LIVE


def test_a_call_ends_once() -> None:
    ended = CALL.end(EndCause.IDLE, at=1_700_000_060_000, duration_ms=60_000)
    with pytest.raises(ConflictError) as refusal:
        ended.end(EndCause.CALLER_HUNG_UP, at=1_700_000_061_000, duration_ms=61_000)
    assert refusal.value.code == "call-ended"


def test_a_wall_clock_that_jumped_back_makes_no_negative_call() -> None:
    ended = CALL.end(EndCause.IDLE, at=CALL.started_at - 3_600_000, duration_ms=-5)
    assert ended.duration_ms == 0


# --- agents ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "   "])
def test_an_agent_has_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        replace(AGENT, name=name)


@pytest.mark.parametrize(
    ("field", "limit"),
    [("name", 80), ("prompt", 32_000), ("first_message", 1_000), ("knowledge", 200_000)],
)
def test_an_agents_texts_have_limits(field: str, limit: int) -> None:
    assert getattr(replace(AGENT, **{field: "x" * limit}), field) == "x" * limit  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=f"{field} is longer than {limit}"):
        replace(AGENT, **{field: "x" * (limit + 1)})  # type: ignore[arg-type]


@pytest.mark.parametrize("names", [(), ("a", "b", "a"), ("a", "b", "c", "d", "e")])
def test_engines_are_asked_in_turn_and_none_twice(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="stt"):
        EngineChoice(stt=names)
    with pytest.raises(ValueError, match="llm"):
        EngineChoice(llm=tuple(map(ModelChoice, names)))


@pytest.mark.parametrize("stand_ins", [["azure"], ["a", "a"], ["a", "b", "c", "d", "e"]])
def test_each_voice_that_stands_in_is_of_another_engine(stand_ins: list[str]) -> None:
    with pytest.raises(ValueError, match="stand_in_voices"):
        replace(AGENT, voice=VoiceConfig("azure"), stand_in_voices=tuple(map(VoiceConfig, stand_ins)))


@pytest.mark.parametrize("wrong", [("auto", "gpt"), ("groq", "x" * 121), ("groq", "", 2.1), ("groq", "", -1)])
def test_a_model_is_one_of_an_engine_that_is_named(wrong: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"model|temperature"):
        ModelChoice(*wrong)


# --- conversations --------------------------------------------------------------------------------


def test_the_model_is_shown_what_the_caller_heard() -> None:
    conversation = Conversation(
        [
            turn(1, Role.AGENT, "Hello. How can I help?"),
            turn(2, Role.CALLER, "When do you open?"),
            turn(3, Role.AGENT, "We open at nine. We close at five.", heard="We open at"),
        ]
    )
    assert conversation.messages(system="Be brief.", caller_text="And on Sunday?") == [
        Message(MessageRole.SYSTEM, "Be brief."),
        Message(MessageRole.ASSISTANT, "Hello. How can I help?"),
        Message(MessageRole.USER, "When do you open?"),
        Message(MessageRole.ASSISTANT, "We open at"),
        Message(MessageRole.USER, "And on Sunday?"),
    ]


def test_neighbours_of_one_role_are_one_message() -> None:
    conversation = Conversation([turn(1, Role.CALLER, "Hello?"), turn(2, Role.CALLER, "Anyone?")])
    assert conversation.messages(system="s", caller_text="Hello?")[1:] == [
        Message(MessageRole.USER, "Hello? Anyone? Hello?")
    ]


def test_a_turn_of_which_nothing_was_heard_does_not_exist_for_the_model() -> None:
    conversation = Conversation([turn(1, Role.AGENT, " Hello.", heard=" "), turn(2, Role.CALLER, "Hi.")])
    assert [message.content for message in conversation.messages(system="s")] == ["s", "Hi."]


def shown(turns: int) -> list[str]:
    """Return what the model is shown after so many turns."""
    conversation = Conversation(
        turn(number, Role.CALLER if number % 2 else Role.AGENT, str(number)) for number in range(1, turns + 1)
    )
    return [message.content for message in conversation.messages(system="s")]


@pytest.mark.parametrize(
    ("turns", "first"), [(1, 1), (60, 1), (61, 21), (80, 21), (81, 41), (100, 41), (101, 61)]
)
def test_the_model_is_shown_only_recent_turns(turns: int, first: int) -> None:
    assert shown(turns) == ["s", *map(str, range(first, turns + 1))]


def test_a_prompt_nearly_always_begins_with_the_one_before() -> None:
    """Only then can a service's cache of prompts be of use."""
    prompts = [shown(turns) for turns in range(1, 201)]
    fresh = [len(now) for before, now in pairwise(prompts) if now[: len(before)] != before]
    assert len(fresh) == 7  # one in twenty of the 140 behind the first sixty


def test_people_see_what_was_not_heard_in_brackets() -> None:
    conversation = Conversation()
    conversation.append(turn(1, Role.CALLER, "When do you open?"))
    conversation.append(turn(2, Role.AGENT, "We open at nine. ", heard="We open"))
    assert conversation.transcript() == "caller: When do you open?\nagent: We open [at nine.]"
    assert [spoken.number for spoken in conversation.turns] == [1, 2]


@pytest.mark.parametrize("number", [0, 1, 3])
def test_turns_come_one_after_the_other(number: int) -> None:
    conversation = Conversation([turn(1, Role.CALLER, "Hello?")])
    with pytest.raises(ValueError, match="expected turn 2"):
        conversation.append(turn(number, Role.AGENT, "Hello."))


# --- timelines ------------------------------------------------------------------------------------


def test_the_turns_of_a_timeline_are_those_it_commits() -> None:
    hello, goodbye = turn(1, Role.CALLER, "Hello?"), turn(2, Role.CALLER, "Goodbye.")
    entries = [
        TimelineEntry(1, CallStarted(ms(0)), ()),
        TimelineEntry(
            2,
            CallerLeft(ms(1), EndCause.IDLE),
            (CommitTurn(hello), CommitTurn(goodbye), HangUp(EndCause.IDLE)),
        ),
    ]
    assert list(committed_turns(entries)) == [hello, goodbye]
