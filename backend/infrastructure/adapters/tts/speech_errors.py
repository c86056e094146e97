"""What goes wrong between us and a speech server, in the words of the domain.

The server's own messages are not passed on: they quote keys and texts. Status and code say enough.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from backend.domain.errors import ProviderError
from backend.infrastructure.adapters.retry_after import retry_after_ms

# HTTP status -> stable code, whether the same request may succeed a moment later
_BY_STATUS: Final = {
    400: ("request-rejected", False),
    401: ("auth-failed", False),
    402: ("quota-exceeded", False),
    403: ("auth-failed", False),
    404: ("model-not-found", False),
    405: ("request-rejected", False),
    413: ("request-rejected", False),
    422: ("request-rejected", False),
    429: ("rate-limited", True),
}


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


def refused(provider: str, refusal: Refusal) -> ProviderError:
    """Return what to raise when nothing but the status tells the reason."""
    status = refusal.status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        detail = f"HTTP {status}: it is elsewhere, and redirects are not followed"
        return ProviderError(provider, detail, code="request-rejected", retryable=False)
    code, retryable = _BY_STATUS.get(status, ("provider-unavailable", True))
    wait_ms = retry_after_ms(refusal.headers) if retryable else None
    return ProviderError(provider, f"HTTP {status}", code=code, retryable=retryable, retry_after_ms=wait_ms)


def out_of_credit(provider: str) -> ProviderError:
    """Return what to raise when there is nothing left to pay with."""
    return ProviderError(provider, "out of credit", code="quota-exceeded", retryable=False)


def no_such_voice(provider: str, voice: str) -> ProviderError:
    """Return what to raise when the service does not know the voice."""
    return ProviderError(provider, f"has no voice for {voice!r}", code="unknown-voice", retryable=False)


def no_such_model(provider: str) -> ProviderError:
    """Return what to raise when the service does not know the model."""
    return ProviderError(provider, "has no such model", code="model-not-found", retryable=False)


def connection_failed(provider: str) -> ProviderError:
    """Return what to raise when the connection could not be made, or broke."""
    return ProviderError(provider, "the connection failed", code="connection-failed")


def not_understood(provider: str) -> ProviderError:
    """Return what to raise when the server talks nonsense."""
    return ProviderError(provider, "the answer could not be understood", code="bad-response")


def broke_off(provider: str) -> ProviderError:
    """Return what to raise when the speech ended before the text did."""
    return ProviderError(provider, "the speech broke off", code="incomplete-answer")


def nothing_said(provider: str) -> ProviderError:
    """Return what to raise when there was text to speak and no audio came of it."""
    return ProviderError(provider, "no audio came", code="empty-answer")


def closed(provider: str) -> ProviderError:
    """Return what to raise when the adapter is asked for something after its end."""
    return ProviderError(provider, "has been closed", code="closed", retryable=False)
