"""Events and effects as plain data and back.

The timeline in the database, on the wire and in the history is this one representation: a ``type``,
then the fields by name; instants are integers of nanoseconds, enums their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from backend.domain.conversation import effects, events
from backend.domain.conversation.effects import Effect
from backend.domain.conversation.events import Event

EVENT_TYPES: Mapping[str, type] = {cls.type: cls for cls in get_args(events.Event)}
EFFECT_TYPES: Mapping[str, type] = {cls.type: cls for cls in get_args(effects.Effect)}


def encode(fact: Event | Effect) -> dict[str, Any]:
    """Return ``fact`` as JSON-ready data."""
    return {"type": fact.type, **_encode_fields(fact)}


def decode_event(data: Mapping[str, Any]) -> Event:
    """Return the event that ``encode`` wrote. Raises ``ValueError`` on anything else."""
    return cast("Event", _decode(EVENT_TYPES, data))


def decode_effect(data: Mapping[str, Any]) -> Effect:
    """Return the effect that ``encode`` wrote. Raises ``ValueError`` on anything else."""
    return cast("Effect", _decode(EFFECT_TYPES, data))


def _encode_fields(value: Any) -> dict[str, Any]:
    return {field.name: _encode_value(getattr(value, field.name)) for field in fields(value)}


def _encode_value(value: Any) -> Any:
    if is_dataclass(value):
        return _encode_fields(value)
    if isinstance(value, Enum):
        return value.value
    return value


def _decode(types: Mapping[str, type], data: Mapping[str, Any]) -> object:
    cls = types.get(data.get("type", ""))
    if cls is None:
        raise ValueError(f"unknown type {data.get('type')!r}")
    try:
        return _build(cls, {name: value for name, value in data.items() if name != "type"})
    except (TypeError, AttributeError) as error:
        raise ValueError(f"{data['type']}: {error}") from error


@cache
def _hints(cls: type) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {field.name: _plain(hints[field.name]) for field in fields(cls)}


def _plain(hint: Any) -> Any:
    """Strip ``| None`` and ``NewType`` from a field's type."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (arg for arg in get_args(hint) if arg is not type(None))
    return getattr(hint, "__supertype__", hint)


def _build(cls: type, values: Mapping[str, Any]) -> object:
    hints = _hints(cls)
    if unknown := values.keys() - hints.keys():
        raise ValueError(f"unknown fields {sorted(unknown)}")
    return cls(**{name: _decode_value(hints[name], value) for name, value in values.items()})


def _decode_value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if is_dataclass(hint):
        return _build(cast("type", hint), value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value
