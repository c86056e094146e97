"""What can go wrong, and whose fault it is.

    VictoriaError
    ├── CallerError            the other side sent something it should not have
    │   ├── NotFoundError      … or asked for something that is not there
    │   └── FieldError         … or filled in one field of it wrongly
    ├── ConflictError          the request was right, the state it met was not
    ├── LimitError             the request was right and is one too many for now
    ├── ConfigurationError     the owner must change a setting
    ├── ProviderError          an engine or carrier failed
    │   └── ProviderTimeoutError  … by saying nothing for too long
    ├── StorageError           the database or the disk refused
    └── UnexpectedEventError   a bug: the conversation machine was told something impossible

Every error has a stable ``code`` (kebab-case, for programs), a message (for people) and ``retryable``.
"""

from __future__ import annotations


class VictoriaError(Exception):
    """Base of all errors that Victoria raises on purpose."""

    code: str = "error"
    retryable: bool = False

    def __init__(self, message: str, *, code: str | None = None, retryable: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable


class CallerError(VictoriaError):
    """The other side of a connection or request broke the contract."""

    code = "bad-request"


class NotFoundError(CallerError):
    """The thing asked for does not exist for this tenant."""

    code = "not-found"


class FieldError(CallerError):
    """A value in a request cannot be used; ``field`` is its path there ("settings.base_url")."""

    code = "bad-field"

    def __init__(self, field: str, message: str, *, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


class ConflictError(VictoriaError):
    """A valid request met a state that forbids it."""

    code = "conflict"


class LimitError(VictoriaError):
    """One more would be too many; after ``retry_after_ms`` it may not be."""

    code = "limit"
    retryable = True

    def __init__(self, message: str, *, code: str, retry_after_ms: int) -> None:
        super().__init__(message, code=code)
        self.retry_after_ms = retry_after_ms


class ConfigurationError(VictoriaError):
    """A setting or prerequisite is missing or contradictory; the message says what to do."""

    code = "configuration"


class ProviderError(VictoriaError):
    """An engine failed; ``provider`` names it. Retryable unless the provider said otherwise.

    ``retry_after_ms`` is how long the provider asks to be left alone, None if it does not say.
    """

    code = "provider-failed"
    retryable = True

    def __init__(
        self,
        provider: str,
        message: str,
        *,
        code: str | None = None,
        retryable: bool | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        super().__init__(f"{provider}: {message}", code=code, retryable=retryable)
        self.provider = provider
        self.retry_after_ms = retry_after_ms


class ProviderTimeoutError(ProviderError):
    """An engine made no progress within its deadline."""

    code = "provider-timeout"


class StorageError(VictoriaError):
    """The database or the disk refused; nothing was half-written."""

    code = "storage"
    retryable = True


class UnexpectedEventError(VictoriaError):
    """An event that the conversation cannot have reached; the state is unchanged."""

    code = "unexpected-event"
