"""What Whisper writes when nothing was said.

It has learnt from subtitles: of noise and silence it makes their credits and thanks. Silence is not sent
to it in the first place; this is for what was loud enough and still no speech.

Source of the phrases: openai/whisper, discussion 679; the lists of Vexa-ai/vexa (issue 617) and of
zachlatta/freeflow (issue 111).
"""

from __future__ import annotations

import re
from typing import Final

# [BLANK_AUDIO], (music), *coughs*, ♪ … and nothing else
_NO_WORDS: Final = re.compile(r"(\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[^\w\[\](*])*")
_CREDITS: Final = (
    "amara.org",
    "subtítulos realizados por",
    "subtítulos por la comunidad",
    "subtitles by the",
)
# Nobody says these to an agent on the telephone …
_TO_AN_AUDIENCE: Final = frozenset(
    {
        "thanks for watching",
        "thank you for watching",
        "thank you so much for watching",
        "please subscribe",
        "gracias por ver el video",
        "gracias por ver el vídeo",
        "suscríbete",
        "suscríbete al canal",
    }
)
# … and these take their time: said by a person, they are longer than a click or a cough.
_POLITE: Final = frozenset({"thank you", "thanks", "you", "bye", "gracias", "muchas gracias", "adiós"})
_POLITE_MS: Final = 200


def spoken_words(text: str, voiced_ms: int) -> str:
    """Return ``text`` in one line, or nothing if ``voiced_ms`` of voice cannot have been that."""
    line = " ".join(text.split())
    plain = re.sub(r"[^\w\s]", "", line).strip().lower()
    is_invented = (
        _NO_WORDS.fullmatch(line) is not None
        or any(credit in line.lower() for credit in _CREDITS)
        or plain in _TO_AN_AUDIENCE
        or (plain in _POLITE and voiced_ms < _POLITE_MS)
    )
    return "" if is_invented else line
