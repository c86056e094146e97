"""Events and effects survive the trip through the database and the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_type_hints

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.conversation.codec import (
    EFFECT_TYPES,
    EVENT_TYPES,
    decode_effect,
    decode_event,
    encode,
)
from backend.domain.conversation.effects import CommitTurn, Effect, HangUp
from backend.domain.conversation.events import CallStarted, ClauseGenerated, Event
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.latency import TurnLatency

LATENCY = TurnLatency(480, 120.5, 300, 200, 50, 40)
turns = st.builds(
    lambda heard, rest, **fields: ConversationTurn(content=heard + rest, heard=heard, **fields),
    heard=st.text(),
    rest=st.text(),
    number=st.integers(1, 999),
    role=st.sampled_from(Role),
    started_at=st.integers(0, 5).map(ms),
    ended_at=st.integers(5, 9).map(ms),
    interrupted=st.booleans(),
    reply_id=st.none() | st.integers(1, 9),
    latency=st.none() | st.just(LATENCY),
)
by_type: Mapping[object, st.SearchStrategy[Any]] = {
    int: st.integers(0, 2**53),
    float: st.floats(0, 1e9),
    TurnLatency: st.just(LATENCY),
    ConversationTurn: turns,
}


def any_of(types: Mapping[str, type]) -> st.SearchStrategy[Any]:
    built = []
    for cls in types.values():
        given_ = {
            name: by_type[plain]
            for name, hint in get_type_hints(cls).items()
            if (plain := getattr(hint, "__supertype__", hint)) in by_type
        }
        built.append(st.builds(cls, **given_))
    return st.one_of(built)


def travelled(fact: Event | Effect) -> dict[str, Any]:
    return cast("dict[str, Any]", orjson.loads(orjson.dumps(encode(fact))))


@given(any_of(EVENT_TYPES))
def test_every_event_comes_back(event: Event) -> None:
    assert decode_event(travelled(event)) == event


@given(any_of(EFFECT_TYPES))
def test_every_effect_comes_back(effect: Effect) -> None:
    assert decode_effect(travelled(effect)) == effect


def test_every_type_has_its_own_name() -> None:
    assert len(EVENT_TYPES) == 30
    assert len(EFFECT_TYPES) == 12
    assert not EVENT_TYPES.keys() & EFFECT_TYPES.keys()


def test_the_representation_is_that_of_the_protocol() -> None:
    turn = ConversationTurn(2, Role.AGENT, "At nine.", "At", ms(1), ms(2), True, 7, LATENCY)
    assert encode(ClauseGenerated(ms(1.5), 7, "At nine.")) == {
        "type": "clause_generated",
        "at": 1_500_000,
        "reply_id": 7,
        "text": "At nine.",
    }
    assert encode(HangUp(EndCause.IDLE)) == {"type": "hang_up", "cause": "idle"}
    assert encode(CommitTurn(turn)) == {
        "type": "commit_turn",
        "turn": {
            "number": 2,
            "role": "agent",
            "content": "At nine.",
            "heard": "At",
            "started_at": 1_000_000,
            "ended_at": 2_000_000,
            "interrupted": True,
            "reply_id": 7,
            "latency": {
                "pause_ms": 480,
                "transcript_ms": 120.5,
                "first_token_ms": 300,
                "first_clause_ms": 200,
                "first_audio_ms": 50,
                "playout_ms": 40,
            },
        },
    }


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": "unheard_of", "at": 1},
        {"type": "hang_up", "cause": "idle"},  # an effect is no event
        {"type": "call_started"},
        {"type": "call_started", "at": 1, "by": "whom"},
        {"type": "caller_left", "at": 1, "cause": "boredom"},
    ],
)
def test_what_is_no_event_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decode_event(data)


@pytest.mark.parametrize("turn", ["Hello.", {"number": 1}, 7])
def test_what_is_no_effect_is_refused(turn: object) -> None:
    with pytest.raises(ValueError, match="commit_turn"):
        decode_effect({"type": "commit_turn", "turn": turn})


def test_an_event_is_known_by_its_type() -> None:
    assert decode_event({"type": "call_started", "at": 5}) == CallStarted(ms(5e-6))
