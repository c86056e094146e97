"""What only chat-completions servers do wrong, in the words of the domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backend.domain.errors import ProviderError
from backend.infrastructure.adapters import service_errors

_OUT_OF_CREDIT: Final = "insufficient_quota"  # OpenAI says 429, but waiting does not help


def refusal(
    provider: str, status: int, provider_code: str | None, headers: Mapping[str, str]
) -> ProviderError:
    """Return what to raise when a server answers ``status`` with an error that it calls ``provider_code``."""
    if provider_code == _OUT_OF_CREDIT:
        return service_errors.out_of_credit(provider)
    return service_errors.refusal(provider, status, headers)


def answer_failed(provider: str) -> ProviderError:
    """Return what to raise when the server gives up within an answer."""
    return ProviderError(provider, "the server reported an error in mid-answer", code="answer-failed")
