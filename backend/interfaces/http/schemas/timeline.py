"""The timeline, described for clients from the domain's own events and effects.

Nothing is written twice: every class that the codec knows becomes one variant of a union that ``type``
tells apart, so a new event is in the OpenAPI document the moment it exists. The models only describe;
responses are what the codec writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Final, Literal, Union, get_type_hints

from pydantic import BaseModel, Field, create_model

from backend.domain.conversation.codec import EFFECT_TYPES, EVENT_TYPES, encode
from backend.domain.entities.timeline import TimelineEntry as Entry


def _variant(name: str, cls: type) -> type[BaseModel]:
    hints = get_type_hints(cls)
    members: dict[str, Any] = {field.name: (hints[field.name], ...) for field in fields(cls)}
    members["type"] = (Literal[name], ...)
    return create_model(cls.__name__, __doc__=cls.__doc__, **members)


def _union(types: Mapping[str, type]) -> Any:
    variants = tuple(_variant(name, cls) for name, cls in types.items())
    return Annotated[Union[variants], Field(discriminator="type")]  # noqa: UP007 - made at run time


_EVENT: Final = _union(EVENT_TYPES)
_EFFECTS: Final[Any] = list[_union(EFFECT_TYPES)]  # type: ignore[misc]  # made at run time

TimelineEntry: Final = create_model(
    "TimelineEntry",
    __doc__="The `seq`-th event of a call and the effects that answered it. Instants are nanoseconds.",
    seq=(Annotated[int, Field(ge=1)], ...),
    event=(_EVENT, ...),
    effects=(_EFFECTS, ...),
)
TimelinePage: Final = create_model(
    "TimelinePage",
    __doc__="Entries in order; `next_after_seq` is null when there are no more yet.",
    items=(list[TimelineEntry], ...),
    next_after_seq=(int | None, ...),
)


def encode_page(entries: list[Entry], *, more: bool) -> dict[str, Any]:
    """Return a ``TimelinePage`` as JSON-ready data."""
    return {
        "items": [
            {
                "seq": entry.seq,
                "event": encode(entry.event),
                "effects": [encode(effect) for effect in entry.effects],
            }
            for entry in entries
        ],
        "next_after_seq": entries[-1].seq if more else None,
    }
