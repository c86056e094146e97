"""Which voices ElevenLabs offers.

Every voice speaks every language of the multilingual models; the catalogue says in which it was found to be
good, and a voice is on offer once for each of these that Victoria speaks. Until the account's own catalogue
has come, and if it never does, there are some of those that every account has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from backend.domain.ports.tts_port import Voice
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language

LANGUAGES: Final = frozenset({"en", "es"})
_MOST: Final = 300  # entries that a person still finds something in

# Names and ids as in the service's catalogue of default voices.
_DEFAULT: Final = (
    ("EXAVITQu4vr4xnSDxMaL", "Sarah", "female"),
    ("JBFqnCBsd6RMkjVDRZzb", "George", "male"),
    ("cgSgspJ2msm6clMCkdW9", "Jessica", "female"),
    ("cjVigY5qzO86Huf0OWal", "Eric", "male"),
)
DEFAULT_VOICES: Final = tuple(
    Voice(voice_id, name, language, gender)
    for language in (SPANISH, ENGLISH)
    for voice_id, name, gender in _DEFAULT
)


def catalogue(answer: Any) -> tuple[Voice, ...]:
    """Return the voices in the answer to ``GET /v1/voices``; empty if it is something else."""
    entries = answer.get("voices") if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        return ()
    voices = [voice for entry in entries if isinstance(entry, dict) for voice in _voices(entry)]
    return tuple(voices[:_MOST])


def choose(voices: Iterable[Voice], language: Language) -> str:
    """Return the best of ``voices`` for ``language``, any if there is none for it."""
    offered = tuple(voices) or DEFAULT_VOICES
    exact = (voice.id for voice in offered if voice.language == language)
    related = (voice.id for voice in offered if voice.language.base == language.base)
    return next(exact, None) or next(related, None) or offered[0].id


def _voices(entry: dict[str, Any]) -> Iterator[Voice]:
    voice_id, name = entry.get("voice_id"), entry.get("name")
    if not isinstance(voice_id, str) or not voice_id:
        return
    labels = entry.get("labels")
    gender = labels.get("gender") if isinstance(labels, dict) else ""
    for language in _languages(entry, labels):
        yield Voice(
            voice_id,
            name if isinstance(name, str) and name else voice_id,
            language,
            gender if gender in ("female", "male") else "",
        )


def _languages(entry: dict[str, Any], labels: Any) -> list[Language]:
    """Return where the voice is good, one of each language; English if the catalogue does not tell."""
    found: dict[str, Language] = {}
    verified = entry.get("verified_languages")
    for one in verified if isinstance(verified, list) else ():
        if isinstance(one, dict):
            for tag in (one.get("locale"), one.get("language")):
                _note(found, tag)
    if isinstance(labels, dict):
        _note(found, labels.get("language"))
    return list(found.values()) or [ENGLISH]


def _note(found: dict[str, Language], tag: Any) -> None:
    try:
        language = Language(tag)
    except (ValueError, TypeError):
        return
    if language.base in LANGUAGES:
        found.setdefault(language.base, language)
