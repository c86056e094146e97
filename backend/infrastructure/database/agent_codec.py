"""Agents as JSON documents, in their own row and in the snapshot that each call keeps.

Written field by field, because these documents outlive the code: a field that an old document lacks takes
its default, one that a newer version wrote is passed over. ``v`` grows only when the meaning of a field
changes; reading then converts. Version 1 had one name where ``engines.stt`` and ``engines.llm`` are lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Final, TypeVar

from backend.domain.entities.agent import Agent, EngineChoice, LatencyOptions, ModelChoice, TurnTaking
from backend.domain.entities.telephone import Destination, Telephone
from backend.domain.errors import StorageError
from backend.domain.value_objects.answerer import OnMachine
from backend.domain.value_objects.keypad import Keypad
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.policies import BargeIn, Endpointing, FirstSpeaker, Limits, Silence
from backend.domain.value_objects.voice_config import VoiceConfig

VERSION: Final = 2

_SETS: Final = frozenset({"backchannels", "closings", "connectives", "numerals"})

_T = TypeVar("_T")


def encode_agent(agent: Agent) -> dict[str, Any]:
    """Return ``agent`` as JSON-ready data."""
    return {
        "v": VERSION,
        "id": agent.id,
        "tenant": agent.tenant,
        "name": agent.name,
        "prompt": agent.prompt,
        "first_message": agent.first_message,
        "knowledge": agent.knowledge,
        "language": agent.language.tag,
        "other_languages": [language.tag for language in agent.other_languages],
        "voice": asdict(agent.voice),
        "stand_in_voices": [asdict(voice) for voice in agent.stand_in_voices],
        "engines": _encode_engines(agent.engines),
        "turn_taking": _encode_turn_taking(agent.turn_taking),
        "latency": asdict(agent.latency),
        "telephone": _encode_telephone(agent.telephone),
        "version": agent.version,
        "created_at": agent.created_at,
        "updated_at": agent.updated_at,
    }


def decode_agent(data: Mapping[str, Any]) -> Agent:
    """Return the agent that ``encode_agent`` wrote, in this or another version of Victoria.

    Raises ``StorageError`` (``unreadable``) when id, tenant, name or prompt is missing, or a value is one
    that the domain refuses.
    """
    try:
        parts = {
            "language": Language(data.get("language", ENGLISH.tag)),
            "other_languages": tuple(Language(tag) for tag in data.get("other_languages", ())),
            "voice": _flat(VoiceConfig, data.get("voice", {})),
            "stand_in_voices": tuple(_flat(VoiceConfig, voice) for voice in data.get("stand_in_voices", ())),
            "engines": _decode_engines(data.get("engines", {})),
            "turn_taking": _decode_turn_taking(data.get("turn_taking", {})),
            "latency": _flat(LatencyOptions, data.get("latency", {})),
            "telephone": _decode_telephone(data.get("telephone", {})),
        }
        return Agent(**(_known(Agent, data) | parts))
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise StorageError("A stored agent cannot be read.", code="unreadable", retryable=False) from error


def _encode_engines(engines: EngineChoice) -> dict[str, Any]:
    return {
        "vad": engines.vad,
        "stt": list(engines.stt),
        "llm": [asdict(choice) for choice in engines.llm],
    }


def _decode_engines(data: Mapping[str, Any]) -> EngineChoice:
    known = _known(EngineChoice, data)
    match known.get("stt"):
        case str(name):
            known["stt"] = (name,)
        case list(names):
            known["stt"] = tuple(names)
    match known.get("llm"):
        case str(name):
            known["llm"] = (ModelChoice(name),)
        case list(choices):
            known["llm"] = tuple(_flat(ModelChoice, choice) for choice in choices)
    return EngineChoice(**known)


def _encode_turn_taking(manners: TurnTaking) -> dict[str, Any]:
    return {
        "first_speaker": manners.first_speaker.value,
        "endpointing": _plain(manners.endpointing),
        "barge_in": _plain(manners.barge_in),
        "silence": _plain(manners.silence),
        "limits": _plain(manners.limits),
    }


def _decode_turn_taking(data: Mapping[str, Any]) -> TurnTaking:
    return TurnTaking(
        first_speaker=FirstSpeaker(data.get("first_speaker", FirstSpeaker.AGENT)),
        endpointing=_flat(Endpointing, data.get("endpointing", {})),
        barge_in=_flat(BargeIn, data.get("barge_in", {})),
        silence=_flat(Silence, data.get("silence", {})),
        limits=_flat(Limits, data.get("limits", {})),
    )


def _encode_telephone(telephone: Telephone) -> dict[str, Any]:
    return {
        "announcement": telephone.announcement,
        "destinations": [{**asdict(each), "number": each.number.value} for each in telephone.destinations],
        "on_machine": telephone.on_machine.value,
        "voicemail": telephone.voicemail,
        "keypad": asdict(telephone.keypad),
    }


def _decode_telephone(data: Mapping[str, Any]) -> Telephone:
    parts = {
        "destinations": tuple(
            Destination(**(_known(Destination, each) | {"number": PhoneNumber(each["number"])}))
            for each in data.get("destinations", ())
        ),
        "on_machine": OnMachine(data.get("on_machine", OnMachine.HANG_UP)),
        "keypad": _flat(Keypad, data.get("keypad", {})),
    }
    return Telephone(**(_known(Telephone, data) | parts))


def _plain(policy: Endpointing | BargeIn | Silence | Limits) -> dict[str, Any]:
    return {name: sorted(value) if name in _SETS else value for name, value in asdict(policy).items()}


def _flat(cls: type[_T], data: Mapping[str, Any]) -> _T:
    """Return ``cls`` from the fields of ``data`` that it knows: plain JSON values, and lists for sets."""
    known = _known(cls, data)
    return cls(**{name: frozenset(value) if name in _SETS else value for name, value in known.items()})


def _known(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: data[field.name] for field in fields(cls) if field.name in data}
