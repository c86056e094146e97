"""Deepgram's streaming recognition (``/v1/listen``), as text and JSON; no I/O.

Source: https://developers.deepgram.com/reference/speech-to-text/listen-streaming and the pages "Finalize",
"Audio Keep Alive", "Close Stream", "Keyterm Prompting", "Multilingual Codeswitching" and "Nova-3 Language
Prompting" of https://developers.deepgram.com/docs, as of November 2026.

Positions are milliseconds of the audio sent over one connection.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from backend.domain.ports.stt_port import SttRequest
from backend.domain.value_objects.audio import Encoding
from backend.domain.value_objects.language import Language

FINALIZE: Final = '{"type":"Finalize"}'
KEEP_ALIVE: Final = '{"type":"KeepAlive"}'
CLOSE_STREAM: Final = '{"type":"CloseStream"}'

_PATH: Final = "/v1/listen"
_ENCODINGS: Final = {Encoding.PCM16: "linear16", Encoding.MULAW: "mulaw"}
_ENGLISH: Final = frozenset({"en", "en-US", "en-AU", "en-GB", "en-IN", "en-NZ"})
_IBERIAN: Final = frozenset({"es", "es-ES"})
# A connection whose key terms exceed 500 tokens is refused. The tokens are not ours to count: there are at
# most 100 terms, and a token has two letters at the least in names that no vocabulary knows.
_MOST_TERMS: Final = 100
_MOST_TERM_LETTERS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What has been understood of ``[begin_ms, end_ms)``. ``is_flushed`` if it answers a Finalize;
    ``language`` is the service's tag of what most words are in, None if it does not tell."""

    text: str
    begin_ms: float
    end_ms: float
    is_final: bool
    is_flushed: bool = False
    language: str | None = None


class NotUnderstoodError(ValueError):
    """A message that is not what the service is known to send."""


class ServiceError(Exception):
    """The service says that it cannot go on."""


def listen_uri(base_url: str, model: str, request: SttRequest) -> str:
    """Return the address of a stream for ``request``, at a ``base_url`` of ws(s) or http(s).

    The service's own endpointing is off: where an utterance ends is decided here, and said by Finalize.
    """
    query = [
        ("model", model),
        ("encoding", _ENCODINGS[request.format.encoding]),
        ("sample_rate", str(request.format.rate)),
        ("channels", "1"),
        ("interim_results", "true"),
        ("punctuate", "true"),
        ("endpointing", "false"),
        *_languages(model, request),
        *_terms(model, request.hints),
    ]
    base = base_url.rstrip("/")
    if base.startswith("http"):
        base = f"ws{base.removeprefix('http')}"
    return f"{base}{_PATH}?{urlencode(query)}"


def parse(message: str | bytes) -> Heard | None:
    """Return what ``message`` says was heard, None if it says something else.

    Raises ``NotUnderstoodError`` and ``ServiceError``.
    """
    try:
        body = json.loads(message)
        kind = body["type"]
        if kind == "Error":
            raise ServiceError
        return _heard(body) if kind == "Results" else None
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise NotUnderstoodError("a message of the service is not what it should be") from error


def _heard(body: dict[str, Any]) -> Heard:
    best = body["channel"]["alternatives"][0]
    text, begin_s, duration_s = best["transcript"], body["start"], body["duration"]
    if not isinstance(text, str):
        raise TypeError(text)
    return Heard(
        text=text.strip(),
        begin_ms=float(begin_s) * 1_000,
        end_ms=(float(begin_s) + float(duration_s)) * 1_000,
        is_final=body.get("is_final") is True,
        is_flushed=body.get("from_finalize") is True,
        language=_language_of(best),
    )


def _language_of(alternative: dict[str, Any]) -> str | None:
    """Either field may be missing, even where languages are told apart."""
    of_words = [word["language"] for word in alternative.get("words") or () if word.get("language")]
    tags = of_words or alternative.get("languages") or ()
    return next((str(tag) for tag, _ in Counter(tags).most_common(1)), None)


def _languages(model: str, request: SttRequest) -> Iterator[tuple[str, str]]:
    spoken = (request.language, *request.alternatives)
    bases = list(dict.fromkeys(language.base for language in spoken))
    if len(bases) == 1:
        yield "language", _tag(request.language)
        return
    yield "language", "multi"
    if model == "nova-3":  # the only model that takes hints
        for base in bases:
            yield "language_hint", base


def _tag(language: Language) -> str:
    """The service knows few regions; the nearest stands for the others."""
    if language.base == "en":
        return language.tag if language.tag in _ENGLISH else "en"
    return "es" if language.tag in _IBERIAN else "es-419"


def _terms(model: str, hints: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Terms of several words are for the third generation of models; the older ones take single words."""
    takes_phrases = model.startswith("nova-3")
    letters = 0
    for hint in list(dict.fromkeys(hints))[:_MOST_TERMS]:
        letters += len(hint)
        if letters > _MOST_TERM_LETTERS:
            return
        if takes_phrases:
            yield "keyterm", hint
        elif " " not in hint:
            yield "keywords", hint
