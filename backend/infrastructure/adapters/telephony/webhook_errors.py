"""What is wrong with a carrier's request that was signed and still cannot be used."""

from __future__ import annotations

from backend.domain.errors import CallerError


def bad_webhook(what: str) -> CallerError:
    """Return what to raise when a request lacks ``what``, or has it wrong. Never with its contents."""
    return CallerError(f"the carrier's request has no usable {what}", code="bad-webhook")


def foreign_account() -> CallerError:
    """Return what to raise when a request is of another account than ours."""
    return CallerError("the carrier's request is of another account", code="foreign-account")
