"""Errors say whose fault it is, which one, and whether to try again."""

from __future__ import annotations

import pytest

from backend.domain.errors import (
    CallerError,
    ConflictError,
    NotFoundError,
    ProviderError,
    ProviderTimeoutError,
    StorageError,
    UnexpectedEventError,
    VictoriaError,
)


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (CallerError("no"), "bad-request", False),
        (NotFoundError("no"), "not-found", False),
        (ConflictError("no", code="stale-version"), "stale-version", False),
        (ProviderError("groq", "no"), "provider-failed", True),
        (ProviderError("groq", "no", code="bad-key", retryable=False), "bad-key", False),
        (ProviderTimeoutError("groq", "silent"), "provider-timeout", True),
        (StorageError("full"), "storage", True),
        (UnexpectedEventError("no"), "unexpected-event", False),
    ],
)
def test_what_programs_are_told(error: VictoriaError, code: str, retryable: bool) -> None:
    assert (error.code, error.retryable) == (code, retryable)


def test_a_providers_error_names_the_provider() -> None:
    error = ProviderError("groq", "no answer")
    assert (error.provider, str(error)) == ("groq", "groq: no answer")


def test_a_provider_may_say_when_to_come_back() -> None:
    assert ProviderTimeoutError("groq", "busy", retry_after_ms=2_000).retry_after_ms == 2_000
    assert ProviderError("groq", "busy").retry_after_ms is None


def test_one_errors_code_does_not_rub_off_on_others() -> None:
    ConflictError("no", code="stale-version")
    assert ConflictError("no").code == "conflict"
