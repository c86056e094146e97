"""Languages, as far as the domain needs to know them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_BCP47: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2}|-[0-9]{3})?")


@dataclass(frozen=True, slots=True)
class Language:
    """A BCP 47 tag of language and optional region, such as ``es``, ``es-419`` or ``en-GB``."""

    tag: str

    def __post_init__(self) -> None:
        if not _BCP47.fullmatch(self.tag):
            raise ValueError(f"{self.tag!r} is not a language tag such as 'es' or 'en-GB'")

    @property
    def base(self) -> str:
        """The language without its region."""
        return self.tag.partition("-")[0]

    def __str__(self) -> str:
        return self.tag


ENGLISH: Final = Language("en")
SPANISH: Final = Language("es")
