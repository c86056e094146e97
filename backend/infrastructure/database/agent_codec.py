"""Agents as JSON documents, in their own row and in the snapshot that each call keeps.

Written field by field, because these documents outlive the code: a field that an old document lacks takes
its default, one that a newer version wrote is passed over. ``v`` grows only when the meaning of a field
changes; reading then converts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Final, TypeVar

from backend.domain.entities.agent import Agent, EngineChoice, TurnTaking
from backend.domain.errors import StorageError
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.policies import BargeIn, Endpointing, FirstSpeaker, Limits, Silence
from backend.domain.value_objects.voice_config import VoiceConfig

VERSION: Final = 1

_SETS: Final = frozenset({"backchannels", "connectives"})

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
        "voice": asdict(agent.voice),
        "engines": asdict(agent.engines),
        "turn_taking": _encode_turn_taking(agent.turn_taking),
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
            "voice": _flat(VoiceConfig, data.get("voice", {})),
            "engines": _flat(EngineChoice, data.get("engines", {})),
            "turn_taking": _decode_turn_taking(data.get("turn_taking", {})),
        }
        return Agent(**(_known(Agent, data) | parts))
    except (TypeError, ValueError, AttributeError) as error:
        raise StorageError("A stored agent cannot be read.", code="unreadable", retryable=False) from error


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


def _plain(policy: Endpointing | BargeIn | Silence | Limits) -> dict[str, Any]:
    return {name: sorted(value) if name in _SETS else value for name, value in asdict(policy).items()}


def _flat(cls: type[_T], data: Mapping[str, Any]) -> _T:
    """Return ``cls`` from the fields of ``data`` that it knows: plain JSON values, and lists for sets."""
    known = _known(cls, data)
    return cls(**{name: frozenset(value) if name in _SETS else value for name, value in known.items()})


def _known(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: data[field.name] for field in fields(cls) if field.name in data}
