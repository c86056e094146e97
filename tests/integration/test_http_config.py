"""Agents are made, read, changed and removed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backend.domain.entities import agent as domain
from backend.domain.entities import telephone as telephones
from backend.domain.value_objects import keypad, policies, voice_config
from backend.interfaces.http.schemas import agents, engines, telephone, turn_taking
from tests.support.http import Site, a_site
from tests.support.storage_builders import a_call, new_id

MINIMAL = {"name": "Ana", "prompt": "You are Ana."}


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


async def made(site: Site, **changes: Any) -> dict[str, Any]:
    response = await site.client.post("/api/config/agents", json=MINIMAL | changes)
    assert response.status_code == 201, response.text
    agent: dict[str, Any] = response.json()
    return agent


async def test_what_is_left_out_takes_the_domains_defaults(site: Site) -> None:
    agent = await made(site)
    default = domain.Agent(id="a", tenant="t", name="n", prompt="p")
    stored = await site.services.agents.get("home", agent["id"])
    assert stored.turn_taking == default.turn_taking
    assert (stored.voice, stored.engines, stored.language) == (
        default.voice,
        default.engines,
        default.language,
    )
    assert (agent["version"], agent["created_at"]) == (1, site.clock.wall_ms())


async def test_an_agent_comes_back_as_it_was_written(site: Site) -> None:
    draft = {
        "name": "Ana María 🙂",
        "prompt": "Eres Ana.\n¿Sí?",
        "first_message": "¡Hola!",
        "knowledge": "Abrimos a las 9:30.",
        "language": "es-419",
        "voice": {"engine": "espeak", "voice": "es-la", "speed": 1.25, "pitch": -2.5, "style": "sad"},
        "other_languages": ["en"],
        "stand_in_voices": [{"engine": "azure", "voice": "", "speed": 1.0, "pitch": 0.0, "style": ""}],
        "engines": {
            "vad": "silero",
            "stt": ["moonshine", "auto"],
            "llm": [
                {"engine": "groq", "model": "llama", "temperature": 0.5},
                {"engine": "auto", "model": "", "temperature": None},
            ],
        },
        "latency": {
            "speculative_replies": False,
            "early_first_clause": False,
            "warm_up": False,
            "cached_phrases": False,
        },
        "turn_taking": {
            "first_speaker": "caller",
            "endpointing": {
                "min_pause_ms": 300,
                "max_pause_ms": 300,
                "finished_above": 0.25,
                "final_transcript_timeout_ms": 1_000,
                "max_utterance_ms": 30_000,
                "connectives": ["porque", "y"],
                "adaptive": False,
                "closings": ["muchas gracias"],
                "numerals": ["medio"],
            },
            "barge_in": {"enabled": False, "min_words": 3, "max_hold_ms": 900, "backchannels": ["ajá"]},
            "silence": {
                "idle_prompt_after_ms": 5_000,
                "max_idle_prompts": 1,
                "filler_after_ms": 900,
                "give_up_after_ms": 3_000,
                "max_failures": 2,
                "reprompt_after_voiced_ms": 700,
                "hold_ms": 30_000,
            },
            "limits": {
                "max_call_ms": 60_000,
                "goodbye_ms": 4_000,
                "settle_ms": 500,
                "transfer_ms": 20_000,
                "max_turns": 50,
            },
        },
        "telephone": {
            "announcement": "Esta llamada se graba.",
            "destinations": [
                {"name": "Taller", "number": "+34911234567", "description": "Averías", "warm": True}
            ],
            "on_machine": "leave_message",
            "voicemail": "Llámenos, por favor.",
            "keypad": {"end_key": "*", "pause_ms": 1_500},
        },
    }
    agent = await made(site, **draft)
    read = (await site.client.get(f"/api/config/agents/{agent['id']}")).json()
    assert read == agent
    assert {name: read[name] for name in draft} == draft
    assert (await site.client.get("/api/config/agents")).json() == {"items": [agent]}


async def test_a_change_replaces_everything_and_counts_the_version(site: Site) -> None:
    agent = await made(site, knowledge="old")
    site.clock.advance(5)
    response = await site.client.put(
        f"/api/config/agents/{agent['id']}", json=MINIMAL | {"name": "Eva", "version": 1}
    )
    assert response.status_code == 200
    changed = response.json()
    assert (changed["name"], changed["knowledge"], changed["version"]) == ("Eva", "", 2)
    assert changed["created_at"] == agent["created_at"]
    assert changed["updated_at"] == agent["updated_at"] + 5_000


async def test_who_saves_second_is_told_and_overwrites_nothing(site: Site) -> None:
    agent = await made(site)
    place = f"/api/config/agents/{agent['id']}"
    first = await site.client.put(place, json=MINIMAL | {"name": "First", "version": 1})
    second = await site.client.put(place, json=MINIMAL | {"name": "Second", "version": 1})
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["code"] == "stale-version"
    assert (await site.client.get(place)).json()["name"] == "First"


async def test_a_removed_agent_is_gone_and_its_calls_keep_it(site: Site) -> None:
    agent = await made(site)
    call = a_call(await site.services.agents.get("home", agent["id"]))
    await site.log.open(call)
    place = f"/api/config/agents/{agent['id']}"
    assert (await site.client.delete(place)).status_code == 204
    for method in ("GET", "DELETE"):
        assert (await site.client.request(method, place)).status_code == 404
    assert (await site.client.put(place, json=MINIMAL | {"version": 1})).status_code == 404
    kept = (await site.client.get(f"/api/history/calls/{call.id}")).json()["agent"]
    assert kept == agent


async def test_options_are_what_the_server_offers(site: Site) -> None:
    options = (await site.client.get("/api/config/options")).json()
    assert options == (await site.services.options("home")).model_dump(mode="json")
    assert set(options["engines"]) == {"vad", "stt", "llm", "tts"}


async def test_the_session_tells_whose_key_it_is_and_not_the_key(site: Site) -> None:
    response = await site.client.get("/api/session")
    (key,) = await site.keys.all("home")
    assert response.json() == {
        "tenant": "home",
        "key": {"id": key.id, "name": key.name, "created_at": key.created_at},
    }


@pytest.mark.parametrize(
    ("model", "mirrored"),
    [
        (turn_taking.Endpointing, policies.Endpointing),
        (turn_taking.BargeIn, policies.BargeIn),
        (turn_taking.Silence, policies.Silence),
        (turn_taking.Limits, policies.Limits),
        (turn_taking.TurnTaking, domain.TurnTaking),
        (engines.Engines, domain.EngineChoice),
        (engines.Model, domain.ModelChoice),
        (agents.Latency, domain.LatencyOptions),
        (engines.Voice, voice_config.VoiceConfig),
        (telephone.Telephone, telephones.Telephone),
        (telephone.Keypad, keypad.Keypad),
    ],
)
def test_nothing_that_the_domain_can_be_told_is_missing(model: Any, mirrored: Any) -> None:
    assert set(model.model_fields) == {field.name for field in fields(mirrored)}
    assert model().to_domain() == mirrored()
    assert model.of(mirrored()) == model()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"engines": {"stt": "azure"}}, "engines.stt"),
        ({"engines": {"llm": "groq"}}, "engines.llm"),
        ({"engines": {"stt": []}}, "engines.stt"),
        ({"engines": {"stt": ["a", "b", "c", "d", "e"]}}, "engines.stt"),
        ({"engines": {"stt": ["azure", "azure"]}}, "engines"),
        ({"engines": {"llm": [{"engine": "groq"}, {"engine": "groq", "model": "b"}]}}, "engines"),
        ({"engines": {"llm": [{"engine": "auto", "model": "b"}]}}, "engines.llm.0"),
        ({"engines": {"llm": [{"engine": "groq", "temperature": 2.5}]}}, "engines.llm.0.temperature"),
        ({"language": "es", "other_languages": ["es-419"]}, "other_languages"),
        ({"other_languages": ["de", "fr", "it", "pt"]}, "other_languages"),
        ({"other_languages": ["Spanish"]}, "other_languages.0"),
        ({"voice": {"engine": "azure"}, "stand_in_voices": [{"engine": "azure"}]}, "stand_in_voices"),
        ({"stand_in_voices": [{"engine": "a", "speed": 9}]}, "stand_in_voices.0.speed"),
    ],
)
async def test_engines_that_cannot_be_asked_in_turn_are_refused(
    site: Site, changes: dict[str, Any], field: str
) -> None:
    response = await site.client.post("/api/config/agents", json=MINIMAL | changes)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


TAKES_CALLS = {"name": "Workshop", "number": "+34911234567"}


@pytest.mark.parametrize(
    ("telephone", "field"),
    [
        ({"announcement": "a" * 501}, "telephone.announcement"),
        ({"voicemail": "v" * 1_001}, "telephone.voicemail"),
        ({"on_machine": "leave_message", "voicemail": " "}, "telephone"),
        ({"on_machine": "shout"}, "telephone.on_machine"),
        ({"destinations": [TAKES_CALLS, TAKES_CALLS | {"name": "workSHOP "}]}, "telephone"),
        ({"destinations": [TAKES_CALLS | {"name": str(n)} for n in range(21)]}, "telephone.destinations"),
        ({"destinations": [TAKES_CALLS | {"number": "0911234567"}]}, "telephone.destinations.0.number"),
        ({"destinations": [TAKES_CALLS | {"name": " "}]}, "telephone.destinations.0.name"),
        ({"keypad": {"end_key": "E"}}, "telephone.keypad.end_key"),
        ({"keypad": {"pause_ms": 499}}, "telephone.keypad.pause_ms"),
    ],
)
async def test_a_telephone_that_nobody_could_use_is_refused(
    site: Site, telephone: dict[str, Any], field: str
) -> None:
    response = await site.client.post("/api/config/agents", json=MINIMAL | {"telephone": telephone})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


pauses = st.integers(0, 600_000)


@given(pauses, pauses)
def test_the_door_refuses_exactly_what_the_domain_refuses(shortest: int, longest: int) -> None:
    try:
        expected: object = policies.Endpointing(min_pause_ms=shortest, max_pause_ms=longest)
    except ValueError:
        expected = ValueError
    try:
        actual: object = turn_taking.Endpointing(min_pause_ms=shortest, max_pause_ms=longest).to_domain()
    except ValidationError:
        actual = ValueError
    assert actual == expected


def test_texts_may_be_as_long_as_the_domain_allows() -> None:
    draft = agents.AgentDraft(
        name="n" * domain.Agent.MAX_NAME,
        prompt="p" * domain.Agent.MAX_PROMPT,
        first_message="f" * domain.Agent.MAX_FIRST_MESSAGE,
        knowledge="k" * domain.Agent.MAX_KNOWLEDGE,
    )
    agent = draft.to_domain(agent_id=new_id(), tenant="t", version=1, created_at=0, updated_at=0)
    assert agents.Agent.of(agent).prompt == draft.prompt
