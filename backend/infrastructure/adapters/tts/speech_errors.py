"""What only speech servers do wrong, in the words of the domain; ``service_errors`` has the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.domain.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is not 200; ``headers`` ignore case, ``body`` is its beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object, empty if it is something else."""
        try:
            parsed = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return parsed if isinstance(parsed, dict) else {}


def no_such_voice(provider: str, voice: str) -> ProviderError:
    """Return what to raise when the service does not know the voice."""
    return ProviderError(provider, f"has no voice for {voice!r}", code="unknown-voice", retryable=False)


def broke_off(provider: str) -> ProviderError:
    """Return what to raise when the speech ended before the text did."""
    return ProviderError(provider, "the speech broke off", code="incomplete-answer")


def nothing_said(provider: str) -> ProviderError:
    """Return what to raise when there was text to speak and no audio came of it."""
    return ProviderError(provider, "no audio came", code="empty-answer")
