"""Agents survive being stored, and documents of other versions can be read."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.entities.agent import Agent, EngineChoice, LatencyOptions, ModelChoice, TurnTaking
from backend.domain.entities.telephone import Destination, Telephone
from backend.domain.errors import StorageError
from backend.domain.value_objects.answerer import OnMachine
from backend.domain.value_objects.keypad import Keypad
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.policies import BargeIn, Endpointing, FirstSpeaker, Limits, Silence
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.database.agent_codec import decode_agent, encode_agent
from backend.infrastructure.database.text import dump_line, storable

WORDS = st.frozensets(st.text(st.characters(codec="utf-8"), max_size=8), max_size=4)
LENGTH = st.integers(1, 9_999)
AGENTS = st.builds(
    Agent,
    id=st.text("abc", min_size=1),
    tenant=st.just("home"),
    name=st.text("abcñ🙂", min_size=1, max_size=80),
    prompt=st.text(st.characters(codec="utf-8")),
    language=st.sampled_from([Language("es"), Language("en-GB")]),
    voice=st.builds(
        VoiceConfig, speed=st.floats(0.5, 2), pitch=st.floats(-12, 12), style=st.sampled_from(["", "sad"])
    ),
    other_languages=st.sampled_from([(), (Language("fr"), Language("pt-BR"))]),
    stand_in_voices=st.sampled_from([(), (VoiceConfig("azure"), VoiceConfig("espeak", "es", 1.5))]),
    engines=st.builds(
        EngineChoice,
        stt=st.sampled_from([("auto",), ("azure", "auto")]),
        llm=st.tuples(
            st.builds(
                ModelChoice,
                engine=st.just("groq"),
                model=st.text("ab-", max_size=9),
                temperature=st.none() | st.floats(0, 2),
            ),
            st.just(ModelChoice()),
        ),
    ),
    latency=st.builds(LatencyOptions, st.booleans(), st.booleans(), st.booleans(), st.booleans()),
    turn_taking=st.builds(
        TurnTaking,
        first_speaker=st.sampled_from(FirstSpeaker),
        endpointing=st.builds(
            Endpointing,
            min_pause_ms=LENGTH,
            max_pause_ms=st.just(10_000),
            connectives=WORDS,
            adaptive=st.booleans(),
            closings=WORDS,
            numerals=WORDS,
        ),
        barge_in=st.builds(BargeIn, enabled=st.booleans(), min_words=LENGTH, backchannels=WORDS),
        silence=st.builds(Silence, filler_after_ms=LENGTH, max_failures=LENGTH, hold_ms=LENGTH),
        limits=st.builds(Limits, max_call_ms=LENGTH, transfer_ms=LENGTH, max_turns=LENGTH),
    ),
    telephone=st.builds(
        Telephone,
        announcement=st.text(st.characters(codec="utf-8"), max_size=20),
        destinations=st.sampled_from(
            [
                (),
                (
                    Destination("Sales", PhoneNumber("+15550100")),
                    Destination("Taller", PhoneNumber("+34911234567"), "Averías", is_warm=True),
                ),
            ]
        ),
        on_machine=st.sampled_from(OnMachine),
        voicemail=st.just("Call back, please."),
        keypad=st.builds(Keypad, end_key=st.sampled_from(["", "*", "#"]), pause_ms=st.integers(500, 10_000)),
    ),
    version=LENGTH,
)


@given(AGENTS)
@settings(deadline=None)
def test_an_agent_comes_back_as_it_was(agent: Agent) -> None:
    assert decode_agent(orjson.loads(dump_line(encode_agent(agent)))) == agent


def test_fields_that_an_old_document_lacks_take_their_defaults() -> None:
    old = {"v": 1, "id": "a", "tenant": "home", "name": "Ana", "prompt": "Hi."}
    assert decode_agent(old) == Agent("a", "home", "Ana", "Hi.")
    assert decode_agent(old | {"turn_taking": {"barge_in": {"min_words": 3}}}).turn_taking == TurnTaking(
        barge_in=BargeIn(min_words=3)
    )


def test_an_engine_of_an_old_document_becomes_a_list_of_one() -> None:
    old = {"v": 1, "id": "a", "tenant": "home", "name": "Ana", "prompt": "Hi."}
    agent = decode_agent(old | {"engines": {"vad": "silero", "stt": "azure", "llm": "groq"}})
    assert agent.engines == EngineChoice("silero", ("azure",), (ModelChoice("groq"),))


def test_fields_of_a_newer_version_are_passed_over() -> None:
    agent = Agent("a", "home", "Ana", "Hi.")
    newer = encode_agent(agent) | {"mood": "cheerful"}
    newer["voice"] |= {"breath": 1}
    newer["engines"]["llm"][0] |= {"mood": 1}
    newer["turn_taking"]["silence"] |= {"hum": True}
    assert decode_agent(newer) == agent


@pytest.mark.parametrize(
    "damage",
    [
        {"name": ""},
        {"voice": {"speed": 99}},
        {"language": "??"},
        {"turn_taking": None},
        {"engines": {"stt": []}},
        {"engines": {"llm": [{"temperature": 3}]}},
    ],
)
def test_a_document_that_the_domain_refuses_is_a_storage_error(damage: dict[str, object]) -> None:
    with pytest.raises(StorageError) as caught:
        decode_agent(encode_agent(Agent("a", "home", "Ana", "Hi.")) | damage)
    assert caught.value.code == "unreadable"


def test_a_document_without_its_required_fields_is_a_storage_error() -> None:
    with pytest.raises(StorageError):
        decode_agent({"v": 1, "id": "a"})


@given(st.text(st.characters()))
def test_storable_text_has_the_same_length_and_can_be_stored(text: str) -> None:
    stored = storable(text)
    assert len(stored) == len(text)
    assert "\0" not in stored
    assert storable(stored) == stored.encode().decode()
