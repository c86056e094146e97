"""Words, as the rules of turn-taking compare them: case, accents and punctuation do not matter."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


@lru_cache(maxsize=1_024)
def words(text: str) -> tuple[str, ...]:
    """Return the words of ``text``, lower case and without accents: "¿Sí, señor?" is (si, senor)."""
    folded = unicodedata.normalize("NFD", text.lower())
    return tuple(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))
