"""Which voices OpenAI offers, and those who speak its wire.

OpenAI's voices speak every language, so each is on offer in both of ours. Other servers list theirs at
``/audio/voices``, by name only; the first letter of Kokoro's names tells the language, the second the gender.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from backend.domain.ports.tts_port import Voice
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language

LANGUAGES: Final = frozenset({"en", "es"})
# Every server knows it, or takes it for its own default: it is in all of OpenAI's examples.
COMMON_VOICE: Final = "alloy"
_MOST: Final = 300  # entries that a person still finds something in
# Tones that the models which take instructions are good at.
STYLES: Final = ("calm", "cheerful", "empathetic", "friendly", "serious")
# In the order of OpenAI's own list; its documentation advises the first two.
_EVERYWHERE: Final = (
    ("coral", "female"),
    ("ash", "male"),
    ("alloy", ""),
    ("echo", "male"),
    ("fable", ""),
    ("nova", "female"),
    ("onyx", "male"),
    ("sage", "female"),
    ("shimmer", "female"),
)
_INSTRUCTED_ONLY: Final = (
    ("marin", "female"),
    ("cedar", "male"),
    ("ballad", "male"),
    ("verse", "male"),
)
_KOKORO: Final = re.compile(r"([a-z])([fm])_\w+")
_KOKORO_LANGUAGES: Final = {"a": Language("en-US"), "b": Language("en-GB"), "e": SPANISH}
_GENDERS: Final = {"f": "female", "m": "male"}


def takes_instructions(model: str) -> bool:
    """Whether ``model`` can be told how to speak; the older ones cannot."""
    return model.startswith("gpt-")


def openai_voices(model: str) -> tuple[Voice, ...]:
    """Return OpenAI's own voices."""
    is_instructed = takes_instructions(model)
    known = _INSTRUCTED_ONLY + _EVERYWHERE if is_instructed else _EVERYWHERE
    return tuple(
        Voice(name, name.capitalize(), language, gender, STYLES if is_instructed else ())
        for language in (SPANISH, ENGLISH)
        for name, gender in known
    )


def named_voice(name: str) -> tuple[Voice, ...]:
    """Return a voice of which only the name is known, once for each language that it may speak."""
    match = _KOKORO.fullmatch(name)
    if match is None:
        return tuple(Voice(name, name, language) for language in (SPANISH, ENGLISH))
    language = _KOKORO_LANGUAGES.get(match[1])
    return () if language is None else (Voice(name, name, language, _GENDERS[match[2]]),)


def listed_voices(answer: Any) -> tuple[Voice, ...]:
    """Return the voices in the answer to ``GET /audio/voices``; empty if it is something else."""
    entries = answer.get("voices") if isinstance(answer, dict) else answer
    if not isinstance(entries, list):
        return ()
    voices = [voice for name in _names(entries) for voice in named_voice(name)]
    return tuple(voices[:_MOST])


def choose(voices: Iterable[Voice], language: Language) -> str:
    """Return the best of ``voices`` for ``language``, or one that every server has."""
    offered = tuple(voices)
    exact = (voice.id for voice in offered if voice.language == language)
    related = (voice.id for voice in offered if voice.language.base == language.base)
    return next(exact, None) or next(related, None) or COMMON_VOICE


def _names(entries: Iterable[Any]) -> Iterator[str]:
    for entry in entries:
        name = (entry.get("id") or entry.get("name")) if isinstance(entry, dict) else entry
        if isinstance(name, str) and name:
            yield name
