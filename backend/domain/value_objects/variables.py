"""Variables: what is filled into an agent's texts when a call begins.

In a text, ``{{name}}`` stands for the variable ``name``. The console marks the blanks that an owner has yet
to fill in the same way ("{{opening hours}}"): what is no variable's name is left as it stands, so the two
live side by side. Values are inert: what looks like a variable in one is not filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from backend.domain.value_objects.language import Language

MOST_VARIABLES: Final = 50
MOST_VALUE: Final = 1_000  # characters
NAME_PATTERN: Final = r"[a-z][a-z0-9_]{0,39}"

_NAME: Final = re.compile(NAME_PATTERN)
_PLACE: Final = re.compile(r"\{\{([^{}\n]{1,60})\}\}")  # as in the console's blanks.ts

_WEEKDAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_MONTHS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
}
_DATES: Final[Mapping[str, str]] = {"en": "{month} {day}, {year}", "es": "{day} de {month} de {year}"}


def check_variables(variables: Mapping[str, str]) -> None:
    """Raise ``ValueError`` if these cannot be variables: too many, a name that is none, a value too long."""
    if len(variables) > MOST_VARIABLES:
        raise ValueError(f"there are at most {MOST_VARIABLES} variables")
    for name, value in variables.items():
        if not _NAME.fullmatch(name):
            raise ValueError("a variable is named with a lower-case letter, then letters, digits and _")
        if len(value) > MOST_VALUE:
            raise ValueError(f"the variable {name} is longer than {MOST_VALUE} characters")


def filled(text: str, variables: Mapping[str, str]) -> str:
    """Return ``text`` with its variables filled in; names that are not there stay as they are."""
    return _PLACE.sub(lambda place: variables.get(place[1].strip(), place[0]), text)


def moment_variables(moment: datetime, language: Language) -> dict[str, str]:
    """Return what tells the time in words of ``language``, English if it is neither that nor Spanish:
    ``date`` ("November 22, 2026"), ``time`` ("09:30") and ``weekday`` ("Sunday")."""
    base = language.base if language.base in _DATES else "en"
    month = _MONTHS[base][moment.month - 1]
    return {
        "date": _DATES[base].format(day=moment.day, month=month, year=moment.year),
        "time": f"{moment:%H:%M}",
        "weekday": _WEEKDAYS[base][moment.weekday()],
    }
