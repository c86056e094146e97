"""What only chat-completions servers do wrong, in the domain's words; ``service_errors`` has the rest."""

from __future__ import annotations

from backend.domain.errors import ProviderError


def answer_failed(provider: str) -> ProviderError:
    """Return what to raise when the server gives up within an answer."""
    return ProviderError(provider, "the server reported an error in mid-answer", code="answer-failed")
