"""What a log may not hold: secrets never, words and numbers of people only if the owner asks.

Two nets, because one has holes. Fields are judged by name; whatever text is left is searched for things
that look like one of our keys, a credential in a header or address, or a telephone number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

REDACTED: Final = "[redacted]"

SECRET_FIELDS: Final = frozenset({"key", "ticket", "token", "authorization", "cookie", "password", "secret"})
_SECRET_ENDINGS: Final = ("_key", "_ticket", "_token", "_password", "_secret")  # as in "groq_api_key"
_PUBLIC_FIELDS: Final = frozenset({"public_key", "primary_key", "foreign_key"})
PERSONAL_FIELDS: Final = frozenset(
    {
        "text",
        "speech",
        "transcript",
        "content",
        "heard",
        "prompt",
        "first_message",
        "knowledge",
        "messages",
        "phone",
        "phone_number",
        "from_number",
        "to_number",
        "email",
    }
)

_SECRET_TEXT: Final = re.compile(
    r"vk_[A-Za-z0-9_-]{16,}"  # our own keys
    r"|\bg?sk[-_][A-Za-z0-9_-]{16,}"  # OpenAI's and its imitators', and Groq's
    r"|(?<=[Bb]earer )[A-Za-z0-9._~+/=-]{8,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user:password in an address
)
# ITU-T E.164 as it is written in messages; at least eight digits, so that offsets (+0100) survive.
_PHONE_TEXT: Final = re.compile(r"\+[1-9][0-9]{7,14}\b")


class Redactor:
    """A structlog processor that replaces what may not be written."""

    def __init__(self, *, show_personal: bool) -> None:
        self._hidden = SECRET_FIELDS if show_personal else SECRET_FIELDS | PERSONAL_FIELDS
        self._show_personal = show_personal

    def __call__(self, _logger: object, _method: str, event: Mapping[str, object]) -> dict[str, object]:
        """Return the event without secrets and, unless they are wanted, personal words and numbers."""
        return self._clean_fields(event)

    def _clean_fields(self, fields: Mapping[str, object]) -> dict[str, object]:
        return {str(name): self._clean_field(str(name), value) for name, value in fields.items()}

    def _clean_field(self, name: str, value: object) -> object:
        plain = name.lower().replace("-", "_")
        if plain in self._hidden and value is not None:
            return REDACTED
        if _names_a_secret(plain) and not isinstance(value, bool | int | float | None):
            return REDACTED  # a number is a count or a time, such as that of the first token
        return self._clean(value)

    def _clean(self, value: object) -> object:
        match value:
            case str():
                text = _SECRET_TEXT.sub(REDACTED, value)
                return text if self._show_personal else _PHONE_TEXT.sub(REDACTED, text)
            case Mapping():
                return self._clean_fields(value)
            case list() | tuple() | set() | frozenset():
                return [self._clean(item) for item in value]
            case None | bool() | int() | float():
                return value
            case _:
                return self._clean(repr(value))


def _names_a_secret(name: str) -> bool:
    return name.endswith(_SECRET_ENDINGS) and name not in _PUBLIC_FIELDS
