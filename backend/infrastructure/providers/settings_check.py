"""Whether an account's settings can be used, one field at a time."""

from __future__ import annotations

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import FieldError
from backend.domain.ports.provider_kind_port import FieldType, ProviderField, ProviderKind
from backend.infrastructure.config.addresses import checked_url


def check_settings(account: ProviderAccount, kind: ProviderKind) -> None:
    """Raise ``FieldError`` for the first setting that ``kind`` does not know, needs, or cannot use."""
    known = {field.name for field in kind.fields}
    for name in account.settings:
        if name not in known:
            raise complaint(name, "this field is not known")
    for field in kind.fields:
        value = account.settings.get(field.name, "")
        if value:
            _check_value(field, value)
        elif field.required:
            raise complaint(field.name, "this field is required")


def complaint(name: str, message: str) -> FieldError:
    """Return the error that says what is wrong with the setting ``name``."""
    return FieldError(f"settings.{name}", message)


def _check_value(field: ProviderField, value: str) -> None:
    if not value.isprintable() or value != value.strip():
        raise complaint(field.name, "this must be one line without spaces around it")
    if field.type is FieldType.CHOICE and value not in field.choices:
        raise complaint(field.name, f"this must be one of {', '.join(field.choices)}")
    if field.type is FieldType.URL:
        try:
            checked_url(value, example=field.default or "https://api.example.com")
        except ValueError as error:
            raise complaint(field.name, str(error)) from None
