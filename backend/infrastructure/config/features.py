"""Feature flags: parts of Victoria that an owner may switch off.

All are on unless ``VICTORIA_DISABLED_FEATURES`` names them. A flag decides in ``bootstrap.py`` whether a
part is built at all; nothing asks for it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Feature(StrEnum):
    """A part that can be left out."""

    RECORDING = "recording"  # the audio of calls is kept; transcripts are kept either way
    METRICS = "metrics"  # /metrics answers
    CONSOLE = "console"  # the web console is served at /


@dataclass(frozen=True, slots=True)
class Features:
    """What is switched off."""

    disabled: frozenset[Feature] = frozenset()

    def is_enabled(self, feature: Feature) -> bool:
        """Whether the part is to be built."""
        return feature not in self.disabled

    @classmethod
    def without(cls, names: Iterable[str]) -> Features:
        """Return all features but the named ones. Raises ``ValueError`` on a name that is none."""
        try:
            return cls(frozenset(Feature(name) for name in names))
        except ValueError as error:
            raise ValueError(f"{error}; there are {', '.join(Feature)}") from None
